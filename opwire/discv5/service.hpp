// discv5 at work: the core on a socket and a loop.
//
//   OPW_CO_TRY(auto socket, net::bind_udp(loop, endpoint, discv5::kMaxPacket));
//   discv5::ProtocolOptions options(key);
//   OPW_CO_TRY(auto service, discv5::Service::make(loop, rng, std::move(socket), std::move(options)));
//   service->start();
//   auto found = co_await service->lookup(target);
//   co_await service->close();
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "opwire/discv5/protocol.hpp"
#include "opwire/net/udp.hpp"
#include "opwire/runtime/loop.hpp"

namespace opwire::discv5 {

class Service {
 public:
  /// loop and rng outlive it, and the observer, which may be null. Everything is called on the loop. Errors:
  /// Protocol::make's.
  static Result<std::unique_ptr<Service>> make(Loop& loop, Rng& rng, std::unique_ptr<net::DatagramSocket> socket,
                                               ProtocolOptions options, ProtocolObserver* observer = nullptr);
  ~Service();

  /// Begins to answer and to look for nodes.
  void start();

  // Questions, each asked again once when no answer comes. Errors: kTimeout, kLimit (too many at once), kClosed,
  // kCancelled; crypto's kBadKey.
  Task<Result<Pong>> ping(Contact node);
  /// Records at these log distances (0: its own) from the node.
  Task<Result<std::vector<RecordPtr>>> find_node(Contact node, std::vector<std::uint16_t> distances);
  Task<Result<Bytes>> talk(Contact node, std::string protocol, Bytes message);
  /// Asks its way towards the target.
  Task<Result<LookupResult>> lookup(NodeId target);

  // See Protocol.
  void set_talk_handler(std::string protocol, TalkHandler handler);
  void add(const std::vector<RecordPtr>& records);
  std::size_t set_bootnodes(std::vector<Contact> bootnodes);
  void announce(const Announced& announced, std::string_view why);

  const Protocol& protocol() const noexcept;
  const NodeRecord& local_record() const noexcept { return protocol().local_record(); }
  /// What the socket was bound to.
  const net::Endpoint& local_endpoint() const noexcept;

  /// What is under way ends with kClosed. To be awaited before it is destroyed.
  Task<void> close();

 private:
  struct Impl;
  explicit Service(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace opwire::discv5
