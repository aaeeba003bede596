package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"runtime"
	"time"

	pubsub "github.com/libp2p/go-libp2p-pubsub"
	pb "github.com/libp2p/go-libp2p-pubsub/pb"

	gethcrypto "github.com/ethereum/go-ethereum/crypto"
	"github.com/ethereum/go-ethereum/log"

	"github.com/ethereum-optimism/optimism/op-core/forks"
	"github.com/ethereum-optimism/optimism/op-node/p2p"
	"github.com/ethereum-optimism/optimism/op-node/rollup"
	"github.com/ethereum-optimism/optimism/op-service/eth"
	opsigner "github.com/ethereum-optimism/optimism/op-service/signer"
)

const (
	benchWarmUp = 20
	benchAge    = time.Hour // a slow machine may take longer than the usual 60 s to build and check all blocks
)

// benchValidate times op-node's V4 validator, message id included as in its gossip, over distinct valid messages.
// CPU time is that of the process with GOMAXPROCS 1, so what the garbage collector does for it is in it.
func benchValidate(args []string) error {
	flags := flag.NewFlagSet("opnodepeer bench-validate", flag.ContinueOnError)
	txs := flags.Int("txs", 100, "transactions of each block")
	size := flags.Int("size", 1280, "bytes of each transaction")
	count := flags.Int("count", 500, "messages")
	if err := parseFlags(flags, args); err != nil {
		return err
	}
	if *txs < 0 || *size < 0 || *count < 1 {
		return fmt.Errorf("%w: --txs, --size and --count must be positive", errUsage)
	}
	key, err := gethcrypto.GenerateKey()
	if err != nil {
		return err
	}
	cfg := makeRollupConfig(901, forks.Isthmus)
	setup := &p2p.Config{GossipTimestampThreshold: benchAge}
	runCfg := &runtimeConfig{signer: gethcrypto.PubkeyToAddress(key.PublicKey)}
	quiet := log.NewLogger(log.NewTerminalHandlerWithLevel(io.Discard, slog.LevelError, false))
	validator := p2p.BuildBlocksValidator(quiet, cfg, runCfg, eth.BlockV4, setup, nil)
	messages, plainBytes, err := benchMessages(cfg, opsigner.NewLocalSigner(key), benchWarmUp+*count, *txs, *size)
	if err != nil {
		return err
	}
	messageID := p2p.BuildMsgIdFn(cfg)

	runtime.GOMAXPROCS(1)
	validate := func(m *pb.Message) error {
		if id := messageID(m); len(id) != 20 {
			return fmt.Errorf("a message id of %d bytes", len(id))
		}
		if verdict := validator(context.Background(), "", &pubsub.Message{Message: m}); verdict != pubsub.ValidationAccept {
			return fmt.Errorf("the verdict on a valid message is %s", verdictName(verdict))
		}
		return nil
	}
	for _, m := range messages[:benchWarmUp] {
		if err := validate(m); err != nil {
			return err
		}
	}
	runtime.GC()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	wall, cpu := time.Now(), cpuTime()
	for _, m := range messages[benchWarmUp:] {
		if err := validate(m); err != nil {
			return err
		}
	}
	wallSeconds, cpuSeconds := time.Since(wall).Seconds(), (cpuTime() - cpu).Seconds()
	runtime.ReadMemStats(&after)
	n := float64(*count)
	emit("bench", fields{
		"txs": *txs, "tx_size": *size, "count": *count,
		"plain_bytes": plainBytes, "wire_bytes": len(messages[0].Data),
		"cpu_us_per_message": cpuSeconds / n * 1e6, "wall_us_per_message": wallSeconds / n * 1e6,
		"messages_per_cpu_second": n / cpuSeconds,
		"allocations_per_message": float64(after.Mallocs-before.Mallocs) / n,
		"bytes_per_message":       float64(after.TotalAlloc-before.TotalAlloc) / n,
	})
	return nil
}

// benchMessages builds a chain of V4 blocks of the present, signed and encoded.
func benchMessages(cfg *rollup.Config, signer p2p.Signer, count, txs, size int) ([]*pb.Message, int, error) {
	chain, topic := newBlockChain(cfg), blocksTopic(cfg, eth.BlockV4)
	messages, plainBytes := make([]*pb.Message, count), 0
	for i := range messages {
		wire, plain, err := gossipWire(cfg, signer, chain.next(eth.BlockV4, uint64(time.Now().Unix()), txs, size))
		if err != nil {
			return nil, 0, err
		}
		messages[i], plainBytes = &pb.Message{Data: wire, Topic: &topic}, len(plain)
	}
	return messages, plainBytes, nil
}
