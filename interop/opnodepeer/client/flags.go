package main

import (
	"fmt"
	"strconv"

	"github.com/urfave/cli/v2"

	opflags "github.com/ethereum-optimism/optimism/op-node/flags"
)

// printFlags prints all flags of op-node's command line as one JSON array: what its own definitions say.
func printFlags() {
	all := []fields{}
	for _, flag := range opflags.Flags {
		documented, ok := flag.(cli.DocGenerationFlag)
		if !ok {
			panic(fmt.Sprintf("flag %v says nothing of itself", flag.Names()))
		}
		visible, hides := flag.(cli.VisibleFlag)
		env := documented.GetEnvVars()
		if env == nil {
			env = []string{}
		}
		all = append(all, fields{
			"names": flag.Names(), "env": env, "type": fmt.Sprintf("%T", flag), "default": defaultOf(flag, documented),
			"hidden": hides && !visible.IsVisible(),
		})
	}
	writeLine(all)
}

// defaultOf is a flag's default in the form in which it would be given.
func defaultOf(flag cli.Flag, documented cli.DocGenerationFlag) string {
	if truth, ok := flag.(*cli.BoolFlag); ok {
		return strconv.FormatBool(truth.Value) // it does not tell it itself
	}
	return documented.GetValue()
}
