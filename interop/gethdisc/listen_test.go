package main

import (
	"bytes"
	"testing"

	"github.com/ethereum/go-ethereum/p2p/discover"
)

func listening(t *testing.T, options listenOptions) *discover.UDPv5 {
	t.Helper()
	options.ip = "127.0.0.1"
	node, err := startNode(options)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(node.Close)
	return node
}

func TestKeyIsTheIdentity(t *testing.T) {
	// Key and node id are those of the test vectors of the discv5 specification.
	node := listening(t, listenOptions{key: "66fb62bfbd66b9177a138c1e5cddbe4f7c30c343e94e68df8769459cb1cde628"})
	const want = "bbbb9d047f0488c0b5a93c1c3f2d8bafc7c8ff337024a55434a0d0555de64db9"
	if got := node.Self().ID().String(); got != want {
		t.Fatal(got)
	}
}

func TestEchoAnswersTheSameBytesReversed(t *testing.T) {
	from, to := listening(t, listenOptions{}), listening(t, listenOptions{chain: 901})
	answer, err := from.TalkRequest(to.Self(), "echo", []byte{1, 2, 3})
	if err != nil || !bytes.Equal(answer, []byte{3, 2, 1}) {
		t.Fatalf("%x, %v", answer, err)
	}
}

func TestHandshakesAndPingsAreMeasured(t *testing.T) {
	target := listening(t, listenOptions{}).Self()
	for name, bench := range map[string]func() (fields, int, error){
		"handshakes": func() (fields, int, error) {
			result, samples, err := benchHandshakes(target, benchOptions{count: 5, inFlight: 2})
			return result, len(samples), err
		},
		"pings": func() (fields, int, error) {
			result, samples, err := benchPings(target, benchOptions{count: 50, inFlight: 4})
			return result, len(samples), err
		},
	} {
		result, ok, err := bench()
		want := map[string]int{"handshakes": 5, "pings": 50}[name]
		if err != nil || ok != want || result["seconds"].(float64) <= 0 {
			t.Errorf("%s: %d of %d, %v", name, ok, want, err)
		}
	}
}
