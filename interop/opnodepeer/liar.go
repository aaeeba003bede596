package main

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"time"

	"github.com/golang/snappy"
	"github.com/libp2p/go-libp2p/core/network"
	"github.com/libp2p/go-libp2p/core/peer"

	"github.com/ethereum-optimism/optimism/op-node/p2p"
	"github.com/ethereum-optimism/optimism/op-service/eth"
)

const (
	liarDeadline  = 10 * time.Second // to connect
	oversizedBody = 11 << 20
	anotherSeed   = 255
)

// answerForms are the ways in which a liar answers a request for a block that the node has stored. nil: it says nothing.
var answerForms = map[string]func(n *opNode, number uint64) ([]byte, error){
	"honest":          func(n *opNode, number uint64) ([]byte, error) { return answerWith(n.stored.at(number)) },
	"wrong_hash":      answerWrongHash,
	"wrong_number":    func(n *opNode, number uint64) ([]byte, error) { return answerWith(n.stored.at(number + 1)) },
	"other_chain":     answerOtherChain,
	"truncated":       changedAnswer(func(answer []byte) []byte { return answer[:len(answer)/2] }),
	"junk":            changedAnswer(func(answer []byte) []byte { return append(answer, "junk"...) }),
	"version":         changedAnswer(func(answer []byte) []byte { answer[1] ^= 1; return answer }),
	"unknown_version": changedAnswer(func(answer []byte) []byte { answer[1] = 7; return answer }),
	"oversized": func(*opNode, uint64) ([]byte, error) {
		return frameAnswer(true, make([]byte, oversizedBody))
	},
	"stall": nil,
}

// lie starts a peer of its own identity that speaks payload_by_number, and answers in the form that is asked for.
func (n *opNode) lie(ctx context.Context, c command) error {
	answer, known := answerForms[c.Form]
	if !known {
		return fmt.Errorf("form %q is unknown", c.Form)
	}
	liar, err := newRawHost()
	if err != nil {
		return err
	}
	n.liars = append(n.liars, liar)
	liar.SetStreamHandler(p2p.PayloadByNumberProtocolID(n.cfg.L2ChainID), func(stream network.Stream) {
		defer stream.Close()
		var request [8]byte
		if _, err := io.ReadFull(stream, request[:]); err != nil {
			return
		}
		number := binary.LittleEndian.Uint64(request[:])
		emit("lied", fields{"number": number, "id": liar.ID().String()})
		if answer == nil {
			<-ctx.Done()
			return
		}
		time.Sleep(time.Duration(c.DelayMs) * time.Millisecond)
		if bytes, err := answer(n, number); err == nil {
			stream.Write(bytes)
		}
	})
	limited, cancel := context.WithTimeout(ctx, liarDeadline)
	defer cancel()
	for _, text := range c.To {
		target, err := peer.AddrInfoFromString(text)
		if err == nil {
			err = liar.Connect(limited, *target)
		}
		if err != nil {
			return err
		}
	}
	emit("lying", fields{"id": liar.ID().String(), "form": c.Form})
	return nil
}

// answerWith is a whole answer: code, version word, body.
func answerWith(envelope *eth.ExecutionPayloadEnvelope) ([]byte, error) {
	if envelope == nil {
		return []byte{p2p.ResultCodeNotFoundErr}, nil
	}
	ssz, err := encodeSSZ(envelope)
	if err != nil {
		return nil, err
	}
	return frameAnswer(envelope.ParentBeaconBlockRoot != nil, ssz)
}

func frameAnswer(isEnvelope bool, body []byte) ([]byte, error) {
	answer := bytes.NewBuffer([]byte{p2p.ResultCodeSuccess, 0, 0, 0, 0})
	if isEnvelope {
		answer.Bytes()[1] = 1
	}
	framed := snappy.NewBufferedWriter(answer)
	if _, err := framed.Write(body); err != nil {
		return nil, err
	}
	err := framed.Close()
	return answer.Bytes(), err
}

func changedAnswer(change func([]byte) []byte) func(*opNode, uint64) ([]byte, error) {
	return func(n *opNode, number uint64) ([]byte, error) {
		answer, err := answerWith(n.stored.at(number))
		if err != nil {
			return nil, err
		}
		return change(answer), nil
	}
}

func answerWrongHash(n *opNode, number uint64) ([]byte, error) {
	stored := n.stored.at(number)
	if stored == nil {
		return answerWith(nil)
	}
	envelope, payload := *stored, *stored.ExecutionPayload
	payload.BlockHash[0] ^= 1
	envelope.ExecutionPayload = &payload
	return answerWith(&envelope)
}

// answerOtherChain gives a block that is right in itself.
func answerOtherChain(n *opNode, number uint64) ([]byte, error) {
	chain := newSeededChain(n.cfg, [32]byte{anotherSeed})
	chain.number = number - 1
	return answerWith(chain.nextInTime(1, 100))
}
