// What op-node calls category 5, PEER-TO-PEER.
#include <array>

#include "cli/flag_table.hpp"

namespace opwire::cli {
namespace {

using enum FlagType;
using enum FlagEffect;
using enum FlagOrigin;

constexpr auto kFlags = std::to_array<FlagSpec>({
    // Who we are and where we listen.
    {"p2p.disable", "P2P_DISABLE", kBool, "false", kUsed, kShown, "",
     "Turn P2P off: no key file, no listener, no peers; the rest runs"},
    {"p2p.priv.path", "P2P_PRIV_PATH", kPath, "opnode_p2p_priv.txt", kUsed, kShown, "",
     "Private key file of this peer, made when missing"},
    {"p2p.priv.raw", "P2P_PRIV_RAW", kText, "", kUsed, kHidden, "",
     "The private key itself, in hex; wins over the path"},
    {"p2p.listen.ip", "P2P_LISTEN_IP", kText, "0.0.0.0", kUsed, kShown, "", "IP to listen on"},
    {"p2p.listen.tcp", "P2P_LISTEN_TCP_PORT", kPort, "9222", kUsed, kShown, "", "TCP port; 0: any free one"},
    {"p2p.useragent", "P2P_AGENT", kText, "optimism", kUsed, kHidden, "", "Agent that identify tells other peers"},

    // Whom we know and keep.
    {"p2p.static", "P2P_STATIC", kList, "", kUsed, kShown, "",
     "Peers to stay connected to: multiaddrs that end in /p2p/ID, comma-separated or repeated"},
    {"p2p.static.direct", "P2P_STATIC_DIRECT", kBool, "false", kUsed, kOwn, "",
     "Exchange every message with static peers, outside the mesh; set it on both sides"},
    {"p2p.block", "P2P_BLOCK", kList, "", kUsed, kOwn, "",
     "Peers, IP addresses and subnets to keep out: IDs, 192.0.2.1, 203.0.113.0/24, comma-separated or repeated"},
    {"p2p.peers.lo", "P2P_PEERS_LO", kUint, "20", kUsed, kShown, "", "Peers that are kept when there are too many"},
    {"p2p.peers.hi", "P2P_PEERS_HI", kUint, "30", kUsed, kShown, "", "Peers from which on there are too many"},
    {"p2p.peers.grace", "P2P_PEERS_GRACE", kDuration, "30s", kUsed, kShown, "",
     "How long a new connection is kept whatever the number of peers"},
    {"p2p.limits.connections", "P2P_LIMITS_CONNECTIONS", kUint, "0", kUsed, kOwn, "",
     "Connections in all, beyond which none is let in but static peers'; 0: 768 or twice p2p.peers.hi"},
    {"p2p.limits.inbound", "P2P_LIMITS_INBOUND", kUint, "0", kUsed, kOwn, "",
     "Of these, connections of others; 0: 512 or twice p2p.peers.hi"},
    {"p2p.limits.streams-per-peer", "P2P_LIMITS_STREAMS_PER_PEER", kUint, "0", kUsed, kOwn, "",
     "Streams of a peer; 0: 512"},
    {"p2p.limits.stream-memory", "P2P_LIMITS_STREAM_MEMORY", kText, "", kUsed, kOwn, "",
     "Receive windows of all streams; default: 1GiB"},
    {"p2p.limits.memory", "P2P_LIMITS_MEMORY", kText, "", kUsed, kOwn, "",
     "Memory of the process beyond which the least valuable peers go: 2GiB; default: no limit"},
    {"p2p.timeout.dial", "P2P_TIMEOUT_DIAL", kDuration, "10s", kUsed, kHidden, "", "Limit of one dial"},
    {"p2p.timeout.negotiation", "P2P_TIMEOUT_NEGOTIATION", kDuration, "10s", kNothing, kHidden, "", "Never used"},
    {"p2p.timeout.accept", "P2P_TIMEOUT_ACCEPT", kDuration, "10s", kNothing, kHidden, "", "Never used"},
    {"p2p.ping", "P2P_PING", kBool, "true", kUsed, kHidden, "", "Ping connected peers in the background"},

    // Blocks.
    {"p2p.unsafe.block.signer", "P2P_UNSAFE_BLOCK_SIGNER", kText, "", kUsed, kOwn, "",
     "Address that must have signed a block; default: the registry's for this chain"},
    {"p2p.sequencer.key", "P2P_SEQUENCER_KEY", kText, "", kUsed, kShown, "",
     "Private key in hex that signs the blocks this node publishes"},
    {"p2p.scoring", "P2P_PEER_SCORING", kText, "light", kUsed, kShown, "", "Scoring of peers: light or none"},
    {"p2p.gossip.timestamp.threshold", "P2P_GOSSIP_TIMESTAMP_THRESHOLD", kDuration, "60s", kUsed, kShown, "",
     "Oldest block that is accepted"},
    {"p2p.gossip.mesh.d", "P2P_GOSSIP_MESH_D", kUint, "8", kUsed, kHidden, "", "Mesh peers wanted"},
    {"p2p.gossip.mesh.lo", "P2P_GOSSIP_MESH_DLO", kUint, "6", kUsed, kHidden, "",
     "Mesh peers below which more are sought"},
    {"p2p.gossip.mesh.dhi", "P2P_GOSSIP_MESH_DHI", kUint, "12", kUsed, kHidden, "", "Mesh peers above which some go"},
    {"p2p.gossip.mesh.dlazy", "P2P_GOSSIP_MESH_DLAZY", kUint, "6", kUsed, kHidden, "",
     "Peers told of messages they may want"},
    {"p2p.gossip.mesh.floodpublish", "P2P_GOSSIP_FLOOD_PUBLISH", kBool, "false", kUsed, kHidden, "",
     "Publish own blocks to all peers of the topic"},

    // Discovery.
    {"p2p.no-discovery", "P2P_NO_DISCOVERY", kBool, "false", kUsed, kShown, "",
     "No discovery of peers: only static ones, and those that come"},
    {"p2p.listen.udp", "P2P_LISTEN_UDP_PORT", kPort, "0", kUsed, kShown, "",
     "UDP port of discovery; 0: the number of the TCP port"},
    {"p2p.bootnodes", "P2P_BOOTNODES", kList, "", kUsed, kShown, "",
     "Nodes to begin with instead of the built-in ones: enr:… or enode://…, comma-separated or repeated"},
    {"p2p.dns-tree", "P2P_DNS_TREE", kList, "", kUsed, kOwn, "",
     "Signed lists of nodes in DNS (EIP-1459), in addition: enrtree://KEY@DOMAIN"},
    {"p2p.advertise.ip", "P2P_ADVERTISE_IP", kText, "", kUsed, kShown, "",
     "IP or name that others reach us at; default: what others see"},
    {"p2p.advertise.tcp", "P2P_ADVERTISE_TCP", kPort, "0", kUsed, kShown, "",
     "TCP port that others reach us at; 0: the one we listen on"},
    {"p2p.advertise.udp", "P2P_ADVERTISE_UDP", kPort, "0", kUsed, kShown, "",
     "UDP port that others reach us at; 0: the one we listen on"},
    {"p2p.netrestrict", "P2P_NETRESTRICT", kText, "", kUsed, kShown, "",
     "Networks outside of which nobody is sought nor dialled, but static peers: 10.0.0.0/8,fd00::/8"},
    {"p2p.discovery.path", "P2P_DISCOVERY_PATH", kPath, "opnode_discovery_db", kUsed, kShown, "",
     "Database of known nodes, or memory. What op-node keeps there is left alone: ours is PATH.opwire"},
    {"p2p.discovery.reset-damaged", "P2P_DISCOVERY_RESET_DAMAGED", kBool, "false", kUsed, kOwn, "",
     "Set a damaged database aside and begin anew"},

    // What peers do is remembered.
    {"p2p.peerstore.path", "P2P_PEERSTORE_PATH", kPath, "opnode_peerstore_db", kUsed, kShown, "",
     "Scores and bans of peers, or memory. What op-node keeps there is left alone: ours is PATH.opwire"},
    {"p2p.peerstore.reset-damaged", "P2P_PEERSTORE_RESET_DAMAGED", kBool, "false", kUsed, kOwn, "",
     "Set a damaged database of peers aside and begin anew"},
    {"p2p.ban.peers", "P2P_PEER_BANNING", kBool, "true", kUsed, kShown, "", "Ban peers by their score"},
    {"p2p.ban.threshold", "P2P_PEER_BANNING_THRESHOLD", kFloat, "-100", kUsed, kShown, "",
     "Score below which a peer is banned"},
    {"p2p.ban.duration", "P2P_PEER_BANNING_DURATION", kDuration, "1h", kUsed, kShown, "", "How long a ban lasts"},
    {"p2p.ban.invalid-blocks", "P2P_BAN_INVALID_BLOCKS", kBool, "true", kUsed, kOwn, "",
     "Ban who sends three invalid blocks within ten minutes"},

    // Parts that come later.
    {"p2p.nat", "P2P_NAT", kBool, "false", kLater, kShown, "false", "Have the router forward our port"},
    {"p2p.sync.req-resp", "P2P_SYNC_REQ_RESP", kBool, "true", kUsed, kShown, "",
     "Serve recent blocks to peers that missed them"},
    {"p2p.sync.onlyreqtostatic", "P2P_SYNC_ONLYREQTOSTATIC", kBool, "false", kUsed, kShown, "",
     "Ask static peers only for blocks"},
    {"p2p.mux", "P2P_MUX", kText, "yamux,mplex", kLater, kHidden, "yamux", "Multiplexers in order of preference"},
    {"p2p.security", "P2P_SECURITY", kText, "noise", kLater, kHidden, "noise",
     "Security protocols in order of preference"},
    {"signer.endpoint", "SIGNER_ENDPOINT", kText, "", kUsed, kShown, "", "Remote signer"},
    {"signer.address", "SIGNER_ADDRESS", kText, "", kUsed, kShown, "", "Address that the remote signer signs for"},
    {"signer.header", "SIGNER_HEADER", kList, "", kUsed, kShown, "", "Headers for the remote signer, key=value"},
    {"signer.tls.enabled", "SIGNER_TLS_ENABLED", kBool, "true", kUsed, kShown, "", "TLS to the remote signer"},
    {"signer.tls.ca", "SIGNER_TLS_CA", kPath, "tls/ca.crt", kUsed, kShown, "", "Its certificate authority"},
    {"signer.tls.cert", "SIGNER_TLS_CERT", kPath, "tls/tls.crt", kUsed, kShown, "", "Client certificate"},
    {"signer.tls.key", "SIGNER_TLS_KEY", kPath, "tls/tls.key", kUsed, kShown, "", "Client key"},

    // Deprecated in op-node. The first two stand in where p2p.scoring is empty.
    {"p2p.scoring.peers", "", kText, "", kUsed, kHidden, "", "Old name of p2p.scoring"},
    {"p2p.scoring.topics", "", kText, "", kUsed, kHidden, "", "Old name of p2p.scoring"},
    {"p2p.score.bands", "", kText, "", kNothing, kHidden, "", "Without effect"},
});

}  // namespace

std::span<const FlagSpec> p2p_flags() {
  return kFlags;
}

}  // namespace opwire::cli
