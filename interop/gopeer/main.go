// gopeer is a libp2p peer on the newest go-libp2p, for interop tests and side-by-side measurements.
// interop/README.md describes its commands, its JSON lines and the bytes of its protocols.
package main

import (
	"errors"
	"flag"
	"fmt"
	"os"
)

const usage = `gopeer listen [flags]                        serve until stdin closes or says {"cmd":"quit"}
gopeer dial [flags] MULTIADDR TEST [args]    run one test against a listener, print one JSON line

tests:
  identify                    what the listener says about itself
  ping N                      N round trips
  bulk up|down BYTES          one stream, content and hash checked on both sides
  streams N MAXOPEN           N echo streams of varying size, at most MAXOPEN open at once
  perf up|down BYTES          throughput over /perf/1.0.0
  perf latency N              N one-byte round trips on one echo stream
  perf setups N               N connections, each dialled, identified and closed (--in-flight J)
  idle N                      hold N connections of N identities until stdin closes

"gopeer listen -h" and "gopeer dial -h" list the flags.
`

// errUsage marks a mistake on the command line: exit code 2.
var errUsage = errors.New("usage")

func main() {
	if len(os.Args) < 2 {
		fmt.Fprint(os.Stderr, usage)
		os.Exit(2)
	}
	var err error
	switch os.Args[1] {
	case "listen":
		err = runListen(os.Args[2:])
	case "dial":
		err = runDial(os.Args[2:])
	case "help", "-h", "--help":
		fmt.Print(usage)
	default:
		err = fmt.Errorf("%w: unknown command %q", errUsage, os.Args[1])
	}
	switch {
	case err == nil || errors.Is(err, flag.ErrHelp):
	case errors.Is(err, errUsage):
		fmt.Fprintf(os.Stderr, "gopeer: %v\n\n%s", err, usage)
		os.Exit(2)
	default:
		fmt.Fprintf(os.Stderr, "gopeer: %v\n", err)
		os.Exit(1)
	}
}

// parseMixed parses flags that may stand before, between and after the positional arguments, which it returns.
func parseMixed(flags *flag.FlagSet, args []string) ([]string, error) {
	var positional []string
	for {
		if err := flags.Parse(args); err != nil {
			if errors.Is(err, flag.ErrHelp) {
				return nil, err
			}
			return nil, fmt.Errorf("%w: %v", errUsage, err)
		}
		if flags.NArg() == 0 {
			return positional, nil
		}
		positional = append(positional, flags.Arg(0))
		args = flags.Args()[1:]
	}
}
