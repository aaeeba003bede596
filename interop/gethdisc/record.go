package main

import (
	"encoding/binary"
	"fmt"
	"strings"

	"github.com/ethereum/go-ethereum/p2p/enode"
	"github.com/ethereum/go-ethereum/p2p/enr"
)

const chainKey = "opstack"

// chainEntry is what op-node puts into its record: chain id and version 0, each as an unsigned LEB128.
func chainEntry(chain uint64) enr.Entry {
	value := binary.AppendUvarint(binary.AppendUvarint(nil, chain), 0)
	return enr.WithEntry(chainKey, &value)
}

// onChain tells whether a record is of an OP Stack node of that chain, by op-node's rules: version exactly 0, and
// bytes after it do not matter.
func onChain(record *enr.Record, chain uint64) bool {
	var value []byte
	if record.Load(enr.WithEntry(chainKey, &value)) != nil {
		return false
	}
	found, size := binary.Uvarint(value)
	if size <= 0 || found != chain {
		return false
	}
	version, size := binary.Uvarint(value[size:])
	return size > 0 && version == 0
}

func parseRecord(text string) (*enode.Node, error) {
	node, err := enode.Parse(enode.ValidSchemes, text)
	if err != nil {
		return nil, fmt.Errorf("%q is no node record: %w", text, err)
	}
	return node, nil
}

func parseRecords(list string) ([]*enode.Node, error) {
	var nodes []*enode.Node
	for _, text := range strings.FieldsFunc(list, func(r rune) bool { return r == ',' }) {
		node, err := parseRecord(text)
		if err != nil {
			return nil, err
		}
		nodes = append(nodes, node)
	}
	return nodes, nil
}

func texts(nodes []*enode.Node) []string {
	all := []string{}
	for _, node := range nodes {
		all = append(all, node.String())
	}
	return all
}
