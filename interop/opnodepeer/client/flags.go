package main

import (
	"fmt"

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
			"names": flag.Names(), "env": env, "type": fmt.Sprintf("%T", flag), "default": documented.GetValue(),
			"hidden": hides && !visible.IsVisible(),
		})
	}
	writeLine(all)
}
