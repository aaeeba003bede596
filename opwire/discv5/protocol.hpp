// The core of discv5.1: datagrams and times in, datagrams out. No socket, no clock, no coroutine.
//
// It answers others, keeps sessions, checks the table's nodes, refreshes the table, votes on our address, and makes the
// requests and lookups that it is asked for. Whoever owns it calls on_datagram() with what arrives and on_time() at
// next_wake().
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "opwire/base/result.hpp"
#include "opwire/base/rng.hpp"
#include "opwire/discv5/address_vote.hpp"
#include "opwire/discv5/message.hpp"
#include "opwire/discv5/table.hpp"

namespace opwire::discv5 {

/// How much others may make us do.
struct Limits {
  Limits() = default;
  std::size_t sessions = 1000;         ///< with nodes that came to us; as many again with those that we went to
  std::size_t challenges = 1000;       ///< WHOAREYOUs that wait for their answer, a second at the most
  double handshakes_per_second = 200;  ///< of nodes that come to us, in all: each costs us 0.2 ms
  double answers_per_second = 50;      ///< to one address: PONG, NODES, TALKRESP and WHOAREYOU; loopback is free
  std::size_t requests = 4096;         ///< of our own at once
};

struct ProtocolOptions {
  explicit ProtocolOptions(Bytes private_key) : key(std::move(private_key)) {}

  Bytes key;                             ///< 32 bytes, secp256k1
  std::map<std::string, Bytes> entries;  ///< further ones of our record: byte strings, which are not RLP yet
  IpFamilies families;
  // What our record says where we are. The addresses that are not given are found by vote, and then the UDP port of the
  // vote wins over udp.
  std::optional<ByteArray<4>> ip4;
  std::optional<ByteArray<16>> ip6;
  std::uint16_t udp = 0;
  std::optional<std::uint16_t> tcp;
  std::vector<Contact> bootnodes;
  /// Nodes that are not to be known: outside --p2p.netrestrict. Null: all may.
  std::function<bool(const net::Endpoint&)> admits;
  bool find_nodes = true;  ///< keep the table full by lookups; false: answer only, and know who comes
  TableOptions table;
  VoteOptions vote;
  Limits limits;
  Duration request_timeout = std::chrono::milliseconds(700);  ///< geth's
  Duration refresh_interval = std::chrono::minutes(30);       ///< geth's
};

/// Told as things happen. Not to call back into the protocol.
class ProtocolObserver {
 public:
  virtual ~ProtocolObserver() = default;
  /// A record that we had not seen, or a newer one of a node: from an answer, a handshake, a bootnode.
  virtual void on_record(const RecordPtr& record) { (void)record; }
  /// The node answered at its record's endpoint.
  virtual void on_live(const RecordPtr& record) { (void)record; }
  /// A node of the table was given up.
  virtual void on_gone(const NodeId& id) { (void)id; }
  /// Our own record was signed anew. why: "start", "address by vote", ...
  virtual void on_local_record(const NodeRecord& record, std::string_view why) { (void)record, (void)why; }
};

}  // namespace opwire::discv5
