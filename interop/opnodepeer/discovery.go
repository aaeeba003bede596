package main

import (
	"context"
	"flag"
	"fmt"
	"net"
	"strings"

	"github.com/ethereum/go-ethereum/log"
	"github.com/ethereum/go-ethereum/p2p/enode"

	"github.com/ethereum-optimism/optimism/op-node/p2p"
)

type discoveryOptions struct {
	on          bool
	bootnodes   string
	listenUDP   uint
	advertiseIP string
}

func (o *discoveryOptions) register(flags *flag.FlagSet) {
	flags.BoolVar(&o.on, "discovery", false, "find peers by discv5")
	flags.StringVar(&o.bootnodes, "bootnodes", "", "records to start from, separated by commas")
	flags.UintVar(&o.listenUDP, "listen-udp", 0, "UDP port on 127.0.0.1, 0 for any")
	flags.StringVar(&o.advertiseIP, "advertise-ip", "", "IP address for the record (default: what others see)")
}

// apply sets what op-node's command line would, with the database of nodes in memory.
func (o *discoveryOptions) apply(setup *p2p.Config) (err error) {
	if setup.NoDiscovery = !o.on; setup.NoDiscovery {
		return nil
	}
	if o.listenUDP > 65535 {
		return fmt.Errorf("%w: --listen-udp %d is no port", errUsage, o.listenUDP)
	}
	setup.ListenUDPPort = uint16(o.listenUDP)
	if o.advertiseIP != "" {
		if setup.AdvertiseIP = net.ParseIP(o.advertiseIP).To4(); setup.AdvertiseIP == nil {
			return fmt.Errorf("%w: --advertise-ip %q is no IPv4 address", errUsage, o.advertiseIP)
		}
	}
	for _, text := range strings.FieldsFunc(o.bootnodes, func(r rune) bool { return r == ',' }) {
		node, err := enode.Parse(enode.ValidSchemes, text)
		if err != nil {
			return fmt.Errorf("%w: --bootnodes: %q: %v", errUsage, text, err)
		}
		setup.Bootnodes = append(setup.Bootnodes, node)
	}
	setup.DiscoveryDB, err = enode.OpenDB("")
	return err
}

// discover finds peers until the context ends, as op-node does it.
func (n *opNode) discover(ctx context.Context, logger log.Logger, goal uint) {
	if n.Dv5Udp() != nil {
		go n.DiscoveryProcess(ctx, logger, n.cfg, goal)
	}
}

// record is what the node announces of itself; nothing where discovery is off.
func (n *opNode) record() string {
	if n.Dv5Local() == nil {
		return ""
	}
	return n.Dv5Local().Node().String()
}
