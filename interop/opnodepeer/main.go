// opnodepeer is op-node's own P2P package, v1.19.0, as a peer for interop tests and measurements.
// interop/README.md describes its commands and its JSON lines.
package main

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"strings"
)

const usage = `opnodepeer [run] [flags]            start op-node's P2P node, obey stdin until it closes or says {"cmd":"quit"}
opnodepeer rollup-config [flags]    print a rollup config whose forks fit a test
opnodepeer bench-validate [flags]   time op-node's block validator on one thread

Each with -h lists its flags.
`

// errUsage marks a mistake on the command line: exit code 2.
var errUsage = errors.New("usage")

func main() {
	name, args := "run", os.Args[1:]
	if len(args) > 0 && !strings.HasPrefix(args[0], "-") {
		name, args = args[0], args[1:]
	}
	var err error
	switch name {
	case "run":
		err = run(args)
	case "rollup-config":
		err = printRollupConfig(args)
	case "bench-validate":
		err = benchValidate(args)
	case "help":
		fmt.Print(usage)
	default:
		err = fmt.Errorf("%w: unknown command %q", errUsage, name)
	}
	switch {
	case err == nil || errors.Is(err, flag.ErrHelp):
	case errors.Is(err, errUsage):
		fmt.Fprintf(os.Stderr, "opnodepeer: %v\n\n%s", err, usage)
		os.Exit(2)
	default:
		fmt.Fprintf(os.Stderr, "opnodepeer: %v\n", err)
		os.Exit(1)
	}
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
