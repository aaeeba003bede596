package main

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"github.com/ethereum/go-ethereum/log"
	gethnode "github.com/ethereum/go-ethereum/node"
	"github.com/ethereum/go-ethereum/rpc"

	conductor "github.com/ethereum-optimism/optimism/op-conductor/client"
	"github.com/ethereum-optimism/optimism/op-node/rollup"
	"github.com/ethereum-optimism/optimism/op-service/client"
	oprpc "github.com/ethereum-optimism/optimism/op-service/rpc"
	"github.com/ethereum-optimism/optimism/op-service/sources"
)

// clients are op-node's and op-conductor's own, on one connection.
type clients struct {
	rpc     *recorder
	p2p     *sources.P2PClient
	rollup  *sources.RollupClient
	control conductor.SequencerControl
	log     log.Logger
	config  *rollup.Config // nil until it is needed

	hasEngine bool
}

func dialNode(ctx context.Context, url, engine, secretFile string) (*clients, error) {
	logger := log.NewLogger(log.DiscardHandler())
	connection, err := client.NewRPC(ctx, logger, url, client.WithDialAttempts(1))
	if err != nil {
		return nil, err
	}
	recorded := &recorder{RPC: connection}
	node := sources.NewRollupClient(recorded)
	executor, err := dialEngine(ctx, logger, engine, secretFile)
	if err != nil {
		return nil, err
	}
	return &clients{
		rpc: recorded, p2p: sources.NewP2PClient(recorded), rollup: node,
		control: conductor.NewSequencerControl(executor, node), log: logger, hasEngine: executor != nil,
	}, nil
}

// dialEngine is how op-conductor reaches the execution engine, with the secret that the engine's other port would not
// ask for. Nil without a URL.
func dialEngine(ctx context.Context, logger log.Logger, url, secretFile string) (*sources.EthClient, error) {
	if url == "" {
		return nil, nil
	}
	secret, err := oprpc.ObtainJWTSecret(logger, secretFile, false)
	if err != nil {
		return nil, err
	}
	auth := client.WithGethRPCOptions(rpc.WithHTTPAuth(gethnode.NewJWTAuth(secret)))
	connection, err := client.NewRPC(ctx, logger, url, auth, client.WithDialAttempts(1))
	if err != nil {
		return nil, err
	}
	return sources.NewEthClient(connection, logger, nil, sources.DefaultEthClientConfig(10))
}

// method asks by op-node's client, with the parameters and the result in the client's own types.
type method func(ctx context.Context, c *clients, params []json.RawMessage) (any, error)

func plain(call func(*clients, context.Context) (any, error)) method {
	return func(ctx context.Context, c *clients, _ []json.RawMessage) (any, error) { return call(c, ctx) }
}

func withOne[P any](call func(*clients, context.Context, P) (any, error)) method {
	return func(ctx context.Context, c *clients, params []json.RawMessage) (any, error) {
		var param P
		if len(params) != 1 {
			return nil, fmt.Errorf("op-node's client takes one parameter here, not %d", len(params))
		}
		if err := json.Unmarshal(params[0], &param); err != nil {
			return nil, err
		}
		return call(c, ctx, param)
	}
}

// act is withOne for a client's method that has no result but its error.
func act[P any](call func(*clients, context.Context, P) error) method {
	return withOne(func(c *clients, ctx context.Context, param P) (any, error) { return nil, call(c, ctx, param) })
}

var methods = map[string]method{}

func init() {
	maps.Copy(methods, p2pMethods)
	maps.Copy(methods, rollupMethods)
	maps.Copy(methods, adminMethods)
}

func methodNames() []string { return slices.Sorted(maps.Keys(methods)) }

// callTyped lets op-node's client call. `decoded` is what the client made of the result, in JSON again, and `whole` tells
// whether that holds all that came, and nothing else: no key that the client does not know, none that it misses.
func (c *clients) callTyped(ctx context.Context, name string, params []json.RawMessage) error {
	call, known := methods[name]
	if !known {
		return fmt.Errorf("op-node's clients have no method %q", name)
	}
	c.rpc.failed, c.rpc.result, c.rpc.params = nil, nil, nil
	value, err := call(ctx, c, params)
	line := c.rpc.describe(name)
	if err != nil {
		line["error"] = err.Error() // what the caller of the client sees
	} else {
		decoded, err := json.Marshal(value)
		if err != nil {
			return err
		}
		line["decoded"], line["whole"] = json.RawMessage(decoded), sameJSON(decoded, c.rpc.result)
	}
	emit("answer", line)
	return nil
}

// callRaw sends parameters that op-node's client would not.
func (c *clients) callRaw(ctx context.Context, name string, params []json.RawMessage) error {
	args := make([]any, len(params))
	for i, param := range params {
		args[i] = param
	}
	_ = c.rpc.CallContext(ctx, nil, name, args...) // what it came to is in the recorder
	emit("answer", c.rpc.describe(name))
	return nil
}
