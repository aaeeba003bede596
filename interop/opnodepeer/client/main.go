// opnodeclient is what op-node's neighbours ask it with, of v1.19.0: op-node's own RPC clients, and op-conductor's health
// check. interop/README.md describes its commands and its JSON lines.
package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"strings"
	"time"
)

const usage = `opnodeclient ask --rpc URL     call a node as stdin says, until it closes or says {"cmd":"quit"}
opnodeclient flags             print op-node's own flags as JSON

Each with -h lists its flags.
`

// errUsage marks a mistake on the command line: exit code 2.
var errUsage = errors.New("usage")

const longestCommand = 64 << 20 // a block in JSON, and room

func main() {
	name, args := "help", os.Args[1:]
	if len(args) > 0 && !strings.HasPrefix(args[0], "-") {
		name, args = args[0], args[1:]
	}
	var err error
	switch name {
	case "ask":
		err = ask(args)
	case "flags":
		printFlags()
	case "help":
		fmt.Print(usage)
	default:
		err = fmt.Errorf("%w: unknown command %q", errUsage, name)
	}
	switch {
	case err == nil || errors.Is(err, flag.ErrHelp):
	case errors.Is(err, errUsage):
		fmt.Fprintf(os.Stderr, "opnodeclient: %v\n\n%s", err, usage)
		os.Exit(2)
	default:
		fmt.Fprintf(os.Stderr, "opnodeclient: %v\n", err)
		os.Exit(1)
	}
}

// command is one line on stdin.
type command struct {
	Cmd    string            `json:"cmd"`
	Method string            `json:"method"` // call, raw
	Params []json.RawMessage `json:"params"` // call, raw
	Checks []healthCheck     `json:"checks"` // health
}

func ask(args []string) error {
	flags := flag.NewFlagSet("opnodeclient ask", flag.ContinueOnError)
	url := flags.String("rpc", "", "the node's RPC, http:// or ws://")
	engine := flags.String("engine", "", "RPC of its execution engine, for op-conductor's question about the newest block")
	secret := flags.String("engine-secret", "", "file with the secret of the engine's tokens")
	timeout := flags.Duration("timeout", 20*time.Second, "of each call")
	if err := flags.Parse(args); err != nil {
		if errors.Is(err, flag.ErrHelp) {
			return err
		}
		return fmt.Errorf("%w: %v", errUsage, err)
	}
	if *url == "" || flags.NArg() > 0 {
		return fmt.Errorf("%w: --rpc is needed, and nothing else", errUsage)
	}
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	made, err := dialNode(ctx, *url, *engine, *secret)
	if err != nil {
		return err
	}
	defer made.rpc.Close()
	emit("ready", fields{})
	return made.followCommands(ctx, *timeout)
}

// followCommands obeys stdin until it ends or says quit. A command that fails is answered with an error event; a call
// that the node refuses is none of these.
func (c *clients) followCommands(ctx context.Context, timeout time.Duration) error {
	input := bufio.NewScanner(os.Stdin)
	input.Buffer(nil, longestCommand)
	for input.Scan() {
		var line command
		err := json.Unmarshal(input.Bytes(), &line)
		if err == nil && line.Cmd == "quit" {
			return nil
		}
		if err == nil {
			err = c.obey(ctx, timeout, line)
		}
		if err != nil {
			emit("error", fields{"cmd": line.Cmd, "error": err.Error()})
		}
	}
	return input.Err()
}

func (c *clients) obey(ctx context.Context, timeout time.Duration, line command) error {
	switch line.Cmd {
	case "call", "raw":
		ctx, stop := context.WithTimeout(ctx, timeout)
		defer stop()
		if line.Cmd == "raw" {
			return c.callRaw(ctx, line.Method, line.Params)
		}
		return c.callTyped(ctx, line.Method, line.Params)
	case "methods":
		emit("methods", fields{"methods": methodNames()})
		return nil
	case "latest":
		return c.latest(ctx)
	case "health":
		return c.checkHealth(ctx, line.Checks)
	}
	return fmt.Errorf("unknown command %q", line.Cmd)
}
