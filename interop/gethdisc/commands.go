package main

import (
	"bufio"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"log"
	"os"
	"strings"
	"time"

	"github.com/ethereum/go-ethereum/p2p/discover"
	"github.com/ethereum/go-ethereum/p2p/enode"
)

const longestCommand = 1 << 20

// command is one line on stdin.
type command struct {
	Cmd       string  `json:"cmd"`
	Enr       string  `json:"enr"`       // ping, findnode, talk
	Distances []uint  `json:"distances"` // findnode
	Protocol  string  `json:"protocol"`  // talk
	Hex       string  `json:"hex"`       // talk
	Target    string  `json:"target"`    // lookup; default: a random one
	Seconds   float64 `json:"seconds"`   // random_walk
	Chain     uint64  `json:"chain"`     // random_walk; default: all nodes
}

// followCommands obeys stdin until it ends or says quit. A command that fails is answered with an error event.
func followCommands(node *discover.UDPv5) {
	input := bufio.NewScanner(os.Stdin)
	input.Buffer(nil, longestCommand)
	for input.Scan() {
		if len(input.Bytes()) == 0 {
			continue
		}
		var c command
		err := json.Unmarshal(input.Bytes(), &c)
		if err == nil && c.Cmd == "quit" {
			return
		}
		if err == nil {
			err = obey(node, c)
		}
		if err != nil {
			emit("error", fields{"cmd": c.Cmd, "error": err.Error()})
		}
	}
	if err := input.Err(); err != nil {
		log.Printf("stdin: %v", err)
	}
}

func obey(node *discover.UDPv5, c command) error {
	switch c.Cmd {
	case "ping":
		return ping(node, c)
	case "findnode":
		return findNode(node, c)
	case "talk":
		return talk(node, c)
	case "lookup":
		return lookUp(node, c)
	case "random_walk":
		emit("walk", fields{"enrs": texts(randomWalk(node, c))})
	case "table":
		emit("table", fields{"enrs": texts(node.AllNodes())})
	case "self":
		emit("self", fields{"enr": node.Self().String()})
	case "stats":
		emit("stats", fields{"cpu_seconds": cpuTime().Seconds(), "rss_bytes": residentBytes()})
	default:
		return fmt.Errorf("unknown command %q", c.Cmd)
	}
	return nil
}

func ping(node *discover.UDPv5, c command) error {
	peer, err := parseRecord(c.Enr)
	if err != nil {
		return err
	}
	start := time.Now()
	pong, err := node.Ping(peer)
	if err != nil {
		return err
	}
	emit("pong", fields{"seq": pong.ENRSeq, "ip": pong.ToIP.String(), "port": pong.ToPort, "ms": milliseconds(start)})
	return nil
}

func findNode(node *discover.UDPv5, c command) error {
	peer, err := parseRecord(c.Enr)
	if err != nil {
		return err
	}
	nodes, err := node.Findnode(peer, c.Distances)
	if err != nil {
		return err
	}
	emit("nodes", fields{"enrs": texts(nodes)})
	return nil
}

func talk(node *discover.UDPv5, c command) error {
	peer, err := parseRecord(c.Enr)
	if err != nil {
		return err
	}
	request, err := hex.DecodeString(c.Hex)
	if err != nil {
		return err
	}
	answer, err := node.TalkRequest(peer, c.Protocol, request)
	if err != nil {
		return err
	}
	emit("talk", fields{"hex": hex.EncodeToString(answer)})
	return nil
}

func lookUp(node *discover.UDPv5, c command) error {
	var target enode.ID
	if c.Target == "" {
		rand.Read(target[:])
	} else if err := target.UnmarshalText([]byte(strings.TrimPrefix(c.Target, "0x"))); err != nil {
		return err
	}
	start := time.Now()
	nodes := node.Lookup(target)
	emit("lookup", fields{"enrs": texts(nodes), "ms": milliseconds(start)})
	return nil
}

// randomWalk collects for so long what the library's own iterator over random lookups finds.
func randomWalk(node *discover.UDPv5, c command) []*enode.Node {
	walk := node.RandomNodes()
	defer time.AfterFunc(time.Duration(c.Seconds*float64(time.Second)), walk.Close).Stop()
	defer walk.Close()
	var found []*enode.Node
	seen := map[enode.ID]bool{}
	for walk.Next() {
		next := walk.Node()
		if !seen[next.ID()] && (c.Chain == 0 || onChain(next.Record(), c.Chain)) {
			seen[next.ID()] = true
			found = append(found, next)
		}
	}
	return found
}

func milliseconds(since time.Time) float64 { return float64(time.Since(since).Microseconds()) / 1e3 }
