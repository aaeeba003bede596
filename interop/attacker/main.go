// attacker is a libp2p peer that keeps no rule: it speaks noise, yamux and multistream as they should be spoken, so
// that it is let in, and then does what it is told. interop/README.md describes its commands and its JSON lines.
package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"sync"
)

const longestCommand = 64 << 20 // a message of 10 MiB in hex, and room

// command is one line on stdin. What an attack needs beside it, it reads from the line itself.
type command struct {
	Cmd  string `json:"cmd"`
	As   string `json:"as"`   // which identity: any name, made when it is first used
	To   string `json:"to"`   // dial: address with /p2p/
	IP   string `json:"ip"`   // dial: where from, one of 127.0.0.0/8
	Name string `json:"name"` // attack
	Tag  string `json:"tag"`  // attack, stop: any word, to tell attacks apart
}

// program obeys commands and runs attacks beside each other.
type program struct {
	arena   *arena
	running sync.WaitGroup
	lock    sync.Mutex
	stops   map[string][]context.CancelFunc // by tag
}

func main() {
	ctx, stop := context.WithCancel(context.Background())
	p := &program{arena: newArena(), stops: map[string][]context.CancelFunc{}}
	emit("ready", fields{"attacks": attackNames()})
	p.followCommands(ctx)
	stop()
	p.running.Wait()
	p.arena.close()
}

// followCommands obeys stdin until it ends or says quit. A command that fails is answered with an error event.
func (p *program) followCommands(ctx context.Context) {
	input := bufio.NewScanner(os.Stdin)
	input.Buffer(nil, longestCommand)
	for input.Scan() {
		if len(input.Bytes()) == 0 {
			continue
		}
		var c command
		line := slices.Clone(input.Bytes())
		err := json.Unmarshal(line, &c)
		if err == nil && c.Cmd == "quit" {
			return
		}
		if err == nil {
			err = p.obey(ctx, c, line)
		}
		if err != nil {
			emit("error", fields{"cmd": c.Cmd, "error": err.Error()})
		}
	}
	if err := input.Err(); err != nil {
		fmt.Fprintf(os.Stderr, "stdin: %v\n", err)
	}
}

func (p *program) obey(ctx context.Context, c command, line []byte) error {
	switch c.Cmd {
	case "identity":
		id, err := p.arena.identity(c.As)
		if err == nil {
			emit("identity", fields{"as": c.As, "id": id.String()})
		}
		return err
	case "dial":
		return p.dial(ctx, c)
	case "hang_up":
		return p.arena.hangUp(c.As)
	case "attack":
		return p.attack(ctx, c, line)
	case "stop":
		p.stopAttacks(c.Tag)
		return nil
	}
	return fmt.Errorf("unknown command %q", c.Cmd)
}

// dial tells how it went; to be turned away is no error.
func (p *program) dial(ctx context.Context, c command) error {
	id, err := p.arena.identity(c.As)
	if err != nil {
		return err
	}
	said := fields{"as": c.As, "id": id.String(), "ok": true}
	if err := p.arena.dial(ctx, c.As, c.To, c.IP); err != nil {
		said["ok"], said["error"] = false, err.Error()
	}
	emit("dialled", said)
	return nil
}

// attack runs it beside others; its end is the event "attacked", with what it has to tell, or "error" and why.
func (p *program) attack(ctx context.Context, c command, line []byte) error {
	run, known := attacks[c.Name]
	if !known {
		return fmt.Errorf("attack %q is unknown", c.Name)
	}
	ctx, stop := context.WithCancel(ctx)
	p.lock.Lock()
	p.stops[c.Tag] = append(p.stops[c.Tag], stop)
	p.lock.Unlock()
	p.running.Go(func() {
		defer stop()
		told, err := run(ctx, args{arena: p.arena, As: c.As, To: c.To, IP: c.IP, line: line})
		if told == nil {
			told = fields{}
		}
		told["name"], told["tag"], told["as"], told["ok"] = c.Name, c.Tag, c.As, err == nil
		if err != nil {
			told["error"] = err.Error()
		}
		emit("attacked", told)
	})
	return nil
}

func (p *program) stopAttacks(tag string) {
	p.lock.Lock()
	defer p.lock.Unlock()
	for _, stop := range p.stops[tag] {
		stop()
	}
	delete(p.stops, tag)
}
