// A node's RPC and metrics servers, as op-node's flags set them up: all that a program needs beside the node.
//
//   ApiParts parts = parts_of(node, version);
//   parts.router = ...                              // and what else there is
//   auto endpoints = co_await Endpoints::start(std::move(parts), config);
//   node.add_sink(**endpoints);
//   node.chain().add_observer(**endpoints);
//   ...
//   co_await (*endpoints)->close();                 // then the node's close(), and only then it may go
#pragma once

#include <memory>

#include "opwire/node/api/node_api.hpp"
#include "opwire/node/api/node_metrics.hpp"

namespace opwire::node {

struct EndpointsConfig {
  EndpointsConfig() = default;

  std::optional<net::Endpoint> rpc;              ///< --rpc.addr, --rpc.port; none: no RPC
  bool admin = false;                            ///< --rpc.enable-admin
  std::vector<std::string> vhosts{"localhost"};  ///< --rpc.vhosts; "*": any
  std::vector<std::string> cors;                 ///< --rpc.cors; "*": any
  bool publishing = false;                       ///< --experimental.sequencer-api
  std::optional<rpc::Jwt> jwt;                   ///< --rpc.jwt-secret; none: who reaches the RPC may ask
  std::optional<net::Endpoint> metrics;  ///< --metrics.enabled, --metrics.addr, --metrics.port; none: no metrics
};

class Endpoints final : public opstack::BlockSink, public opstack::DriverObserver {
 public:
  /// Listens. Errors: a line for the user that names the flag. What parts refer to outlives it.
  static Task<Result<std::unique_ptr<Endpoints>, std::string>> start(ApiParts parts, EndpointsConfig config);

  void on_block(const opstack::AcceptedBlock& block) override;
  void on_driver_event(const opstack::ControllerEvent& event) override;

  /// Where they listen; none: they do not.
  std::optional<net::Endpoint> rpc_endpoint() const;
  std::optional<net::Endpoint> metrics_endpoint() const;
  /// For numbers of others.
  metrics::Registry& registry() noexcept { return registry_; }

  /// To be awaited before it is destroyed. Calls under way have a second.
  Task<void> close();

 private:
  Endpoints(ApiParts parts, const EndpointsConfig& config);
  Result<void, std::string> listen(const EndpointsConfig& config);

  Loop& loop_;
  rpc::MethodTable methods_;
  metrics::Registry registry_;
  NodeApi api_;
  NodeMetrics metrics_;
  std::unique_ptr<rpc::RpcServer> rpc_server_;
  std::unique_ptr<http::Server> metrics_server_;
};

}  // namespace opwire::node
