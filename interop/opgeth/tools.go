//go:build tools

// Package opgeth names the program that interop/build.sh builds of this module: op-geth's own cmd/geth.
package opgeth

import _ "github.com/ethereum/go-ethereum/cmd/geth"
