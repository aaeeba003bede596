package main

import (
	"context"
	"encoding/json"
	"reflect"
	"strings"
	"testing"

	"github.com/ethereum/go-ethereum"
	"github.com/ethereum/go-ethereum/rpc"

	"github.com/ethereum-optimism/optimism/op-service/apis"
	"github.com/ethereum-optimism/optimism/op-service/sources"
)

// answering is a connection that has one answer to everything.
type answering struct{ text string }

func (answering) Close() {}

func (a answering) CallContext(_ context.Context, result any, _ string, _ ...any) error {
	return json.Unmarshal([]byte(a.text), result)
}

func (answering) BatchCallContext(context.Context, []rpc.BatchElem) error { return nil }

func (answering) Subscribe(context.Context, string, any, ...any) (ethereum.Subscription, error) {
	return nil, nil
}

func clientsOf(text string) *clients {
	recorded := &recorder{RPC: answering{text}}
	return &clients{rpc: recorded, p2p: sources.NewP2PClient(recorded), rollup: sources.NewRollupClient(recorded)}
}

func TestEveryMethodOfTheClientsIsThere(t *testing.T) {
	known := map[string]bool{}
	for name := range methods {
		known[strings.ToLower(strings.SplitN(name, "_", 2)[1])] = true
	}
	for _, of := range []reflect.Type{
		reflect.TypeFor[apis.P2PClient](), reflect.TypeFor[*sources.RollupClient](),
	} {
		for i := range of.NumMethod() {
			if name := of.Method(i).Name; name != "Close" && !known[strings.ToLower(name)] {
				t.Errorf("%s of %s cannot be asked", name, of)
			}
		}
	}
	if len(p2pMethods) != reflect.TypeFor[apis.P2PClient]().NumMethod() {
		t.Errorf("%d methods of opp2p", len(p2pMethods))
	}
}

func TestAMissingOrUnknownKeyShows(t *testing.T) {
	whole := `{"connected":1,"table":0,"blocksTopic":1,"blocksTopicV2":1,"blocksTopicV3":1,"blocksTopicV4":1,"banned":0,"known":2}`
	for text, same := range map[string]bool{
		whole: true,
		strings.Replace(whole, `"banned":0,`, ``, 1):               false,
		strings.Replace(whole, `"banned"`, `"bans":1,"banned"`, 1): false,
	} {
		c := clientsOf(text)
		stats, err := c.p2p.PeerStats(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		decoded, _ := json.Marshal(stats)
		if sameJSON(decoded, c.rpc.result) != same {
			t.Errorf("%s taken for %v", text, !same)
		}
	}
}
