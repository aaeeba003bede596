// discv5 at work: a socket, the protocol's core, and what keeps the table full.
//
//   OPW_TRY(auto socket, net::bind_udp(loop, endpoint, discv5::kMaxPacket));
//   discv5::Service service(loop, rng, std::move(socket), options);
//   service.start();
//   auto found = co_await service.lookup(target);
//   co_await service.close();
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "opwire/discv5/protocol.hpp"
#include "opwire/net/udp.hpp"
#include "opwire/runtime/scope.hpp"

namespace opwire::discv5 {

class Service {
 public:
  /// loop, rng and observer outlive it. Everything is called on the loop.
  Service(Loop& loop, Rng& rng, std::unique_ptr<net::DatagramSocket> socket, ProtocolOptions options,
          ProtocolObserver* observer = nullptr);
  ~Service();

  /// Begins to answer and to look for nodes.
  void start();

  /// What we tell of ourselves now.
  const NodeRecord& local_record() const noexcept;
  const net::Endpoint& local_endpoint() const noexcept;
  Protocol& protocol() noexcept;

  /// Asks a node once, and once more when it does not answer. Errors: kTimeout; kLimit (too many questions at once);
  /// kClosed; what makes the handshake fail.
  Task<Result<Pong>> ping(Contact node);
  /// Records at these log distances (0: its own) from the node. Errors: the same.
  Task<Result<std::vector<RecordPtr>>> find_node(Contact node, std::vector<std::uint16_t> distances);
  Task<Result<Bytes>> talk(Contact node, std::string protocol, Bytes message);
  /// Those nearest to the target of all that could be found, nearest first, at most 16. Empty when nobody is known.
  Task<std::vector<RecordPtr>> lookup(NodeId target);

  /// Ends what is under way with kClosed, and the socket.
  Task<void> close();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace opwire::discv5
