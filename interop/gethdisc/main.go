// gethdisc is a discv5 peer on op-node's own discovery, go-ethereum's p2p/discover as op-geth v1.101702.3-rc.2 has it,
// for interop tests and side-by-side measurements. interop/README.md describes its commands and its JSON lines.
package main

import (
	"errors"
	"flag"
	"fmt"
	"os"
)

const usage = `gethdisc listen [--ip 127.0.0.1] [--port 0] [--key HEX] [--chain N] [--bootnodes ENR,...]
                                     serve until stdin closes or says {"cmd":"quit"}
gethdisc bench handshakes|pings --to ENR --count N [--in-flight J]
                                     measure a listener, print one JSON line
`

// errUsage marks a mistake on the command line: exit code 2.
var errUsage = errors.New("usage")

func main() {
	err := run(os.Args[1:])
	switch {
	case err == nil || errors.Is(err, flag.ErrHelp):
	case errors.Is(err, errUsage):
		fmt.Fprintf(os.Stderr, "gethdisc: %v\n\n%s", err, usage)
		os.Exit(2)
	default:
		fmt.Fprintf(os.Stderr, "gethdisc: %v\n", err)
		os.Exit(1)
	}
}

func run(args []string) error {
	if len(args) == 0 {
		return fmt.Errorf("%w: no command", errUsage)
	}
	switch args[0] {
	case "listen":
		return runListen(args[1:])
	case "bench":
		return runBench(args[1:])
	case "help":
		fmt.Print(usage)
		return nil
	}
	return fmt.Errorf("%w: unknown command %q", errUsage, args[0])
}

// parseFlags refuses arguments that are no flags.
func parseFlags(flags *flag.FlagSet, args []string) error {
	if err := flags.Parse(args); err != nil {
		if errors.Is(err, flag.ErrHelp) {
			return err
		}
		return fmt.Errorf("%w: %v", errUsage, err)
	}
	if flags.NArg() > 0 {
		return fmt.Errorf("%w: unexpected argument %q", errUsage, flags.Arg(0))
	}
	return nil
}
