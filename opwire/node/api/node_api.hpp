// A node's JSON-RPC methods: op-node's own (op-node v1.19.0, p2p and node) and opwire's, and what can be subscribed to.
//
//   optimism_   syncStatus, rollupConfig, version
//   opp2p_      self, peers, peerStats, discoveryTable, connectPeer, disconnectPeer, protectPeer, unprotectPeer;
//               block, unblock and listBlocked of Peer, Addr and Subnet (none of them without P2P)
//   opstack_    publishBlockV1 (with NodeApiOptions::publishing)
//   admin_      postUnsafePayload, setLogLevel, sequencerActive, conductorEnabled, and refusals of what a node that
//               derives nothing and builds no blocks cannot do (where the table has admin methods)
//   opwire_     status, syncProgress, lastBlocks, equivocations, limits, mesh, verdicts, gaps, archive, bans,
//               banPeer, unbanPeer, banIp, unbanIp, importPeers, subscribe, unsubscribe; staticPeers, addStaticPeer,
//               removeStaticPeer, enforceBlocks; reload (an admin's)
//   health_status, rpc_modules
//
// Kinds of opwire_subscribe: "unsafeBlocks" (the feed's line for each accepted block; with {"payload":true} as second
// parameter {"block":<line>,"envelope":<op-node's JSON>}), "heads" (when the engine's heads move), "syncProgress"
// (every second while blocks are fetched, and null when that ends).
//
// Wiring, in this order; the server is closed before the Api goes:
//
//   rpc::MethodTable methods(enable_admin);
//   ApiParts parts = parts_of(node, version);   // and what else there is
//   NodeApi api(std::move(parts));
//   api.add_methods(methods);
//   node.add_sink(api);
//   auto server = rpc::RpcServer::make(loop, methods, options);
//   ... co_await server->close(deadline); co_await api.close();
#pragma once

#include <deque>

#include "opwire/node/api/parts.hpp"
#include "opwire/opstack/driver/driver.hpp"
#include "opwire/opstack/gossip/block_sink.hpp"
#include "opwire/rpc/subscriptions.hpp"
#include "opwire/runtime/scope.hpp"

namespace opwire::node {

struct NodeApiOptions {
  NodeApiOptions() = default;
  bool publishing = false;  ///< op-node's --experimental.sequencer-api
  Duration progress_every = std::chrono::seconds(1);
};

class NodeApi final : public opstack::BlockSink, public opstack::DriverObserver {
 public:
  static constexpr std::size_t kLastBlocks = 32;  ///< of opwire_lastBlocks: the feed's lines, the newest first

  explicit NodeApi(ApiParts parts, const NodeApiOptions& options = NodeApiOptions());
  /// After close(), and after every server of its methods is closed.
  ~NodeApi() override;

  /// The Api outlives what answers from the table, and the table.
  void add_methods(rpc::MethodTable& methods);
  Task<void> close();

  /// Tells subscribers. To be added to the node's sinks.
  void on_block(const opstack::AcceptedBlock& block) override;
  /// The same of the driver's events; who has an observer of its own hands them on.
  void on_driver_event(const opstack::ControllerEvent& event) override;

  const ApiParts& parts() const noexcept { return parts_; }
  std::size_t subscribers() const noexcept;

 private:
  void add_node_methods(rpc::MethodTable& methods);
  void add_peer_methods(rpc::MethodTable& methods);
  void add_insight_methods(rpc::MethodTable& methods);
  void add_admin_methods(rpc::MethodTable& methods);
  Result<rpc::Channel*, rpc::Failure> choose_channel(const boost::json::array& params);
  std::string progress_json() const;
  std::string last_blocks_json() const;
  static Task<void> tell_progress(NodeApi& self);

  ApiParts parts_;
  const NodeApiOptions options_;
  rpc::Channel blocks_;
  rpc::Channel full_blocks_;
  rpc::Channel heads_;
  rpc::Channel progress_;
  std::deque<std::string> last_blocks_;  // lines of the feed, the newest in front
  Scope tasks_;
};

}  // namespace opwire::node
