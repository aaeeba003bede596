#include "opwire/node/api/endpoints.hpp"

#include "opwire/metrics/metrics_server.hpp"

namespace opwire::node {
namespace {

constexpr log::Logger kLog{"rpc"};

NodeApiOptions api_options(const EndpointsConfig& config) {
  NodeApiOptions options;
  options.publishing = config.publishing;
  return options;
}

rpc::ServerOptions server_options(const EndpointsConfig& config, const std::string& version) {
  rpc::ServerOptions options;
  options.http.endpoint = config.rpc;
  if (config.admin || config.publishing) options.http.max_body = rpc::kBlockBody;
  options.access.vhosts = config.vhosts;
  options.access.cors = config.cors;
  options.access.jwt = config.jwt;
  options.version = version;
  return options;
}

std::string cannot_listen(const char* flag, const net::Endpoint& endpoint, const Error& why) {
  return std::string(flag) + " " + endpoint.to_string() + ": " + why.message();
}

}  // namespace

Endpoints::Endpoints(ApiParts parts, const EndpointsConfig& config)
    : loop_(parts.network.loop()),
      methods_(config.admin),
      api_(std::move(parts), api_options(config)),
      metrics_(registry_, api_.parts()) {
  api_.add_methods(methods_);
}

Task<Result<std::unique_ptr<Endpoints>, std::string>> Endpoints::start(ApiParts parts, EndpointsConfig config) {
  std::unique_ptr<Endpoints> endpoints(new Endpoints(std::move(parts), config));
  const Result<void, std::string> listening = endpoints->listen(config);
  if (listening) co_return std::move(endpoints);
  co_await endpoints->close();
  co_return listening.error();
}

Result<void, std::string> Endpoints::listen(const EndpointsConfig& config) {
  if (config.rpc) {
    auto server = rpc::RpcServer::make(loop_, methods_, server_options(config, api_.parts().version));
    if (!server) return cannot_listen("--rpc.addr, --rpc.port", *config.rpc, server.error());
    rpc_server_ = std::move(*server);
    metrics_.add_rpc(*rpc_server_);
    const net::Endpoint at = *rpc_endpoint();
    kLog.info("RPC listens", {{"at", at.to_string()}, {"admin", config.admin}, {"jwt", config.jwt.has_value()}});
    if (!config.jwt && !multiformats::is_loopback_ip(at.ip())) {
      kLog.warn("the RPC is open to other machines, and who reaches it can block and disconnect peers",
                {{"at", at.to_string()}, {"to_close_it", "--rpc.addr 127.0.0.1 or --rpc.jwt-secret FILE"}});
    }
  }
  if (config.metrics) {
    auto server = metrics::serve_metrics(loop_, registry_, *config.metrics);
    if (!server) return cannot_listen("--metrics.addr, --metrics.port", *config.metrics, server.error());
    metrics_server_ = std::move(*server);
    kLog.info("metrics listen", {{"at", metrics_endpoint()->to_string()}});
  }
  return {};
}

void Endpoints::on_block(const opstack::AcceptedBlock& block) {
  metrics_.on_block(block);
  api_.on_block(block);
}

void Endpoints::on_driver_event(const opstack::ControllerEvent& event) {
  metrics_.on_driver_event(event);
  api_.on_driver_event(event);
}

std::optional<net::Endpoint> Endpoints::rpc_endpoint() const {
  return rpc_server_ ? rpc_server_->local_endpoint() : std::nullopt;
}

std::optional<net::Endpoint> Endpoints::metrics_endpoint() const {
  return metrics_server_ ? metrics_server_->local_endpoint() : std::nullopt;
}

Task<void> Endpoints::close() {
  const TimePoint deadline = loop_.now() + std::chrono::seconds(1);
  if (metrics_server_) co_await metrics_server_->close(deadline);
  if (rpc_server_) co_await rpc_server_->close(deadline);
  co_await api_.close();
}

}  // namespace opwire::node
