package main

import (
	"crypto/rand"
	"errors"
	"net"
	"net/netip"
	"slices"
	"time"

	"github.com/ethereum/go-ethereum/common/mclock"
	"github.com/ethereum/go-ethereum/crypto"
	"github.com/ethereum/go-ethereum/p2p/discover/v5wire"
	"github.com/ethereum/go-ethereum/p2p/enode"
	"github.com/ethereum/go-ethereum/p2p/enr"
)

const (
	answerTimeout = time.Second
	largestPacket = 1280
)

var errNoAnswer = errors.New("no answer in time")

// dialler is one identity that talks to one target over go-ethereum's packet codec: without a table, and without the
// library's rule of one request at a time per node, so that what is measured is the target.
type dialler struct {
	local  *enode.LocalNode
	codec  *v5wire.Codec
	socket *net.UDPConn
	target *enode.Node
	to     netip.AddrPort
	buffer [largestPacket]byte
}

// newDialler makes a fresh identity. Its record is signed here, because that takes time.
func newDialler(db *enode.DB, socket *net.UDPConn, target *enode.Node) (*dialler, error) {
	key, err := crypto.GenerateKey()
	if err != nil {
		return nil, err
	}
	to, found := target.UDPEndpoint()
	if !found {
		return nil, errors.New("the target's record has no UDP endpoint")
	}
	from := socket.LocalAddr().(*net.UDPAddr)
	local := localNode(db, key, from.IP.String(), uint16(from.Port))
	local.Node()
	return &dialler{
		local: local, codec: v5wire.NewCodec(local, key, mclock.System{}, nil), socket: socket, target: target, to: to,
	}, nil
}

// newRequestID has no zero in front, which @chainsafe/discv5 would lose, and with it the answer.
func newRequestID() []byte {
	id := make([]byte, 8)
	rand.Read(id)
	id[0] |= 1
	return id
}

func (d *dialler) newPing() *v5wire.Ping {
	return &v5wire.Ping{ReqID: newRequestID(), ENRSeq: d.local.Node().Seq()}
}

// send encrypts with the session, or answers the challenge; without both it sends what asks for a challenge.
func (d *dialler) send(packet v5wire.Packet, challenge *v5wire.Whoareyou) (v5wire.Nonce, error) {
	if challenge != nil {
		challenge.Node = d.target
	}
	encoded, nonce, err := d.codec.Encode(d.target.ID(), d.to.String(), packet, challenge)
	if err != nil {
		return nonce, err
	}
	_, err = d.socket.WriteToUDPAddrPort(encoded, d.to)
	return nonce, err
}

// receive gives the next packet of the target that is an answer; its requests are answered on the way.
func (d *dialler) receive(deadline time.Time) (v5wire.Packet, error) {
	d.socket.SetReadDeadline(deadline)
	for {
		size, from, err := d.socket.ReadFromUDPAddrPort(d.buffer[:])
		if err != nil {
			return nil, errNoAnswer
		}
		if from != d.to {
			continue
		}
		_, _, packet, err := d.codec.Decode(d.buffer[:size], d.to.String())
		if err != nil {
			continue // late, for an identity that had the socket before
		}
		if answer := d.answer(packet); answer == nil {
			return packet, nil
		} else if _, err := d.send(answer, nil); err != nil {
			return nil, err
		}
	}
}

// answer keeps the target content: some end a session in which nobody answers. Nothing if it is no request.
func (d *dialler) answer(packet v5wire.Packet) v5wire.Packet {
	switch request := packet.(type) {
	case *v5wire.Ping:
		ip := d.to.Addr().As4()
		return &v5wire.Pong{ReqID: request.ReqID, ENRSeq: d.local.Node().Seq(), ToIP: ip[:], ToPort: d.to.Port()}
	case *v5wire.Findnode:
		nodes := &v5wire.Nodes{ReqID: request.ReqID, RespCount: 1}
		if slices.Contains(request.Distances, 0) {
			nodes.Nodes = []*enr.Record{d.local.Node().Record()}
		}
		return nodes
	case *v5wire.TalkRequest:
		return &v5wire.TalkResponse{ReqID: request.ReqID}
	}
	return nil
}

// handshake pings once without a session: request, challenge, request again, PONG.
func (d *dialler) handshake() error {
	ping, deadline := d.newPing(), time.Now().Add(answerTimeout)
	nonce, err := d.send(ping, nil)
	if err != nil {
		return err
	}
	for {
		packet, err := d.receive(deadline)
		if err != nil {
			return err
		}
		switch answer := packet.(type) {
		case *v5wire.Whoareyou:
			if answer.Nonce != nonce {
				continue
			}
			if _, err := d.send(ping, answer); err != nil {
				return err
			}
		case *v5wire.Pong:
			if slices.Equal(answer.ReqID, ping.ReqID) {
				return nil
			}
		}
	}
}
