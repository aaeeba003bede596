package main

import (
	"crypto/ecdsa"
	"flag"
	"fmt"
	"net"
	"net/netip"
	"slices"
	"strings"

	"github.com/ethereum/go-ethereum/crypto"
	"github.com/ethereum/go-ethereum/p2p/discover"
	"github.com/ethereum/go-ethereum/p2p/enode"
	"github.com/ethereum/go-ethereum/p2p/enr"
)

type listenOptions struct {
	ip        string
	port      uint
	key       string
	chain     uint64
	bootnodes string
}

func (o *listenOptions) register(flags *flag.FlagSet) {
	flags.StringVar(&o.ip, "ip", "127.0.0.1", "IPv4 address to listen on")
	flags.UintVar(&o.port, "port", 0, "UDP port; 0: any")
	flags.StringVar(&o.key, "key", "", "secp256k1 key, 32 bytes in hex; default: a fresh one")
	flags.Uint64Var(&o.chain, "chain", 0, "chain id for the record's opstack entry; default: no entry")
	flags.StringVar(&o.bootnodes, "bootnodes", "", "records to start from, separated by commas")
	flags.Bool("talk", true, "TALKREQ of protocol echo is answered in any case")
}

func runListen(args []string) error {
	var options listenOptions
	flags := flag.NewFlagSet("gethdisc listen", flag.ContinueOnError)
	options.register(flags)
	if err := parseFlags(flags, args); err != nil {
		return err
	}
	node, err := startNode(options)
	if err != nil {
		return err
	}
	defer node.Close()
	self := node.Self()
	emit("ready", fields{"enr": self.String(), "id": self.ID().String(), "port": self.UDP()})
	followCommands(node)
	return nil
}

func readKey(text string) (*ecdsa.PrivateKey, error) {
	if text == "" {
		return crypto.GenerateKey()
	}
	key, err := crypto.HexToECDSA(strings.TrimPrefix(text, "0x"))
	if err != nil {
		return nil, fmt.Errorf("%w: --key: %v", errUsage, err)
	}
	return key, nil
}

// listenUDP binds an IPv4 socket; the port that was chosen.
func listenUDP(ip string, port uint) (*net.UDPConn, uint16, error) {
	address, err := netip.ParseAddr(ip)
	if err != nil || !address.Is4() || port > 65535 {
		return nil, 0, fmt.Errorf("%w: %s:%d is no IPv4 endpoint", errUsage, ip, port)
	}
	socket, err := net.ListenUDP("udp4", net.UDPAddrFromAddrPort(netip.AddrPortFrom(address, uint16(port))))
	if err != nil {
		return nil, 0, err
	}
	return socket, uint16(socket.LocalAddr().(*net.UDPAddr).Port), nil
}

// localNode is the record of an identity, at a fixed endpoint.
func localNode(db *enode.DB, key *ecdsa.PrivateKey, ip string, port uint16) *enode.LocalNode {
	local := enode.NewLocalNode(db, key)
	local.SetStaticIP(net.ParseIP(ip))
	local.SetFallbackUDP(int(port))
	local.Set(enr.TCP(port))
	return local
}

// startNode leaves the library's own settings as they are: those that op-node has.
func startNode(options listenOptions) (*discover.UDPv5, error) {
	key, err := readKey(options.key)
	if err != nil {
		return nil, err
	}
	bootnodes, err := parseRecords(options.bootnodes)
	if err != nil {
		return nil, fmt.Errorf("%w: --bootnodes: %v", errUsage, err)
	}
	db, err := enode.OpenDB("") // in memory
	if err != nil {
		return nil, err
	}
	socket, port, err := listenUDP(options.ip, options.port)
	if err != nil {
		return nil, err
	}
	local := localNode(db, key, options.ip, port)
	if options.chain != 0 {
		local.Set(chainEntry(options.chain))
	}
	node, err := discover.ListenV5(socket, local, discover.Config{PrivateKey: key, Bootnodes: bootnodes})
	if err != nil {
		socket.Close()
		return nil, err
	}
	node.RegisterTalkHandler("echo", func(_ *enode.Node, _ *net.UDPAddr, request []byte) []byte {
		return reversed(request)
	})
	return node, nil
}

// reversed is what echo answers, so that bytes sent back by accident do not pass for an answer.
func reversed(data []byte) []byte {
	answer := slices.Clone(data)
	slices.Reverse(answer)
	return answer
}
