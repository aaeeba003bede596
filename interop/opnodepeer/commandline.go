package main

import (
	"fmt"
	"io"

	"github.com/urfave/cli/v2"

	opflags "github.com/ethereum-optimism/optimism/op-node/flags"
	"github.com/ethereum-optimism/optimism/op-node/p2p"
	p2pcli "github.com/ethereum-optimism/optimism/op-node/p2p/cli"
	"github.com/ethereum-optimism/optimism/op-service/cliapp"
)

// configFromCommandLine is what op-node makes of these words of its command line, or of its environment: its own flags
// with their own defaults, read by its own code.
func configFromCommandLine(words []string, blockTime uint64) (*p2p.Config, error) {
	var setup *p2p.Config
	app := cli.NewApp()
	app.Name = "op-node"
	app.Flags = cliapp.ProtectFlags(opflags.P2PFlags(opflags.EnvVarPrefix))
	app.Writer, app.ErrWriter = io.Discard, io.Discard
	app.Action = func(ctx *cli.Context) (err error) {
		setup, err = p2pcli.NewConfig(ctx, blockTime)
		return err
	}
	err := app.Run(append([]string{"op-node"}, words...))
	if err == nil && setup == nil {
		err = fmt.Errorf("op-node's command line asks for help or its version")
	}
	if err != nil {
		return nil, fmt.Errorf("%w: op-node's own flags: %v", errUsage, err)
	}
	return setup, setup.Check()
}
