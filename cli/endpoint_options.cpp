#include "cli/endpoint_options.hpp"

namespace opwire::cli {
namespace {

constexpr std::uint64_t kMaxPort = 65'535;

Result<net::Endpoint, std::string> endpoint(const FlagValues& flags, const char* address, const char* port) {
  const std::uint64_t number = flags.number(port);
  if (number > kMaxPort) return flags.source(port) + ": " + std::to_string(number) + " is no port";
  const std::string text = flags.text(address) == "localhost" ? "127.0.0.1" : flags.text(address);
  const auto parsed = net::Endpoint::parse_ip(text, static_cast<std::uint16_t>(number));
  if (!parsed) return flags.source(address) + ": '" + text + "' is not an IP address";
  return *parsed;
}

}  // namespace

Result<node::EndpointsConfig, std::string> endpoints_config(const FlagValues& flags) {
  node::EndpointsConfig config;
  OPW_TRY(config.rpc, endpoint(flags, "rpc.addr", "rpc.port"));
  config.admin = flags.boolean("rpc.enable-admin");
  config.vhosts = flags.list("rpc.vhosts");
  config.cors = flags.list("rpc.cors");
  config.publishing = flags.boolean("experimental.sequencer-api");
  if (flags.boolean("metrics.enabled")) {
    OPW_TRY(config.metrics, endpoint(flags, "metrics.addr", "metrics.port"));
  }
  return config;
}

}  // namespace opwire::cli
