package main

import (
	"encoding/hex"
	"testing"

	"github.com/ethereum/go-ethereum/p2p/enr"
)

func recordWith(value []byte) *enr.Record {
	var record enr.Record
	record.Set(enr.WithEntry(chainKey, &value))
	return &record
}

func TestChainEntryHasOpNodesBytes(t *testing.T) {
	var record enr.Record
	record.Set(chainEntry(8453))
	var value []byte
	if err := record.Load(enr.WithEntry(chainKey, &value)); err != nil || hex.EncodeToString(value) != "854200" {
		t.Fatalf("%x, %v", value, err)
	}
}

func TestOnChainFollowsOpNodesRules(t *testing.T) {
	cases := map[string]bool{
		"850700": true, "85070000": true, "8507ff": false, // chain 901; more bytes; a version that does not end
		"850701": false, "8507": false, "": false, "0a00": false,
	}
	for value, want := range cases {
		data, _ := hex.DecodeString(value)
		if got := onChain(recordWith(data), 901); got != want {
			t.Errorf("%q: %v", value, got)
		}
	}
	if onChain(new(enr.Record), 901) {
		t.Error("a record without the entry")
	}
}
