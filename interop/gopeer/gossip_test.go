package main

import (
	"encoding/hex"
	"encoding/json"
	"os"
	"testing"

	pb "github.com/libp2p/go-libp2p-pubsub/pb"
)

func TestOpMessageID(t *testing.T) {
	text, err := os.ReadFile("../../testdata/opstack/message_id_vectors.json")
	if err != nil {
		t.Fatal(err)
	}
	var file struct {
		Vectors []struct {
			Topic   string `json:"topic"`
			WireHex string `json:"wire_hex"`
			ID      string `json:"message_id"`
		} `json:"vectors"`
	}
	if err := json.Unmarshal(text, &file); err != nil {
		t.Fatal(err)
	}
	for _, v := range file.Vectors {
		data, err := hex.DecodeString(v.WireHex)
		if err != nil {
			t.Fatal(err)
		}
		if got := hex.EncodeToString([]byte(opMessageID(&pb.Message{Data: data, Topic: &v.Topic}))); got != v.ID {
			t.Errorf("%s on %s: %s, not %s", v.WireHex, v.Topic, got, v.ID)
		}
	}
	if len(file.Vectors) == 0 {
		t.Error("no vectors")
	}
}
