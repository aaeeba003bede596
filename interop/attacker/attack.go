package main

import (
	"context"
	"encoding/json"
	"maps"
	"slices"
)

// attack is one way to misbehave. It ends by itself or with ctx. What it returns is told with the event "attacked"; an
// error says that it could not be carried out, which being disconnected often means.
type attack func(ctx context.Context, a args) (fields, error)

var attacks = map[string]attack{}

// register is for the init function of the file with the attack.
func register(name string, run attack) {
	if attacks[name] != nil {
		panic("two attacks are named " + name)
	}
	attacks[name] = run
}

func attackNames() []string { return slices.Sorted(maps.Keys(attacks)) }

// args is what the command said. The rest of its fields are read with into().
type args struct {
	*arena
	As, To, IP string
	line       []byte
}

// into fills a struct with the command's fields.
func (a args) into(target any) error { return json.Unmarshal(a.line, target) }
