#include "cli/upstream_options.hpp"

#include "opwire/codec/hex.hpp"

namespace opwire::cli {
namespace {

Result<http::Url, std::string> parse_server(const FlagValues& flags, const char* flag) {
  auto url = http::parse_url(flags.text(flag));
  if (!url) return flags.source(flag) + ": '" + flags.text(flag) + "' is " + url.error().message();
  return std::move(*url);
}

/// Key=value, split at the first "=".
Result<http::Headers, std::string> signer_headers(const FlagValues& flags) {
  http::Headers headers;
  for (const std::string& text : flags.list("signer.header")) {
    const std::size_t split = text.find('=');
    if (split == 0 || split == std::string::npos) {
      return flags.source("signer.header") + ": '" + text + "' is not KEY=VALUE";
    }
    headers.add(text.substr(0, split), text.substr(split + 1));
  }
  return headers;
}

Result<std::shared_ptr<tls::Context>, std::string> signer_tls(const FlagValues& flags) {
  tls::Options options(tls::Side::kClient);
  options.ca_file = flags.text("signer.tls.ca");
  options.certificate_file = flags.text("signer.tls.cert");
  options.key_file = flags.text("signer.tls.key");
  auto context = tls::Context::make(std::move(options));
  if (!context) return "--signer.tls.ca, .cert and .key: " + context.error().message();
  return std::move(*context);
}

}  // namespace

Result<std::optional<node::L1Config>, std::string> l1_config(const FlagValues& flags) {
  if (!flags.is_set("l1")) return std::optional<node::L1Config>();
  node::L1Config config;
  OPW_TRY(config.url, parse_server(flags, "l1"));
  config.trust_rpc = flags.boolean("l1.trustrpc");
  config.confirmations = flags.number("verifier.l1-confs");
  config.reload_interval = flags.duration("l1.runtime-config-reload-interval");
  return std::optional(std::move(config));
}

Result<std::optional<node::EngineConfig>, std::string> engine_config(const FlagValues& flags) {
  if (flags.text("l2").empty()) return std::optional<node::EngineConfig>();
  node::EngineConfig config;
  OPW_TRY(config.url, parse_server(flags, "l2"));
  if (flags.text("l2.jwt-secret").empty()) {
    return flags.source("l2") + ": needs --l2.jwt-secret, the file with the secret of the engine";
  }
  config.timeout = flags.duration("l2.engine-rpc-timeout");
  const std::string kind = flags.text("l2.enginekind");
  if (kind != "geth" && kind != "reth" && kind != "erigon") {
    return flags.source("l2.enginekind") + ": '" + kind + "' is not geth, reth or erigon";
  }
  config.syncs_after_finalization = kind != "geth";
  return std::optional(std::move(config));
}

Result<std::optional<node::ServerConfig>, std::string> follow_config(const FlagValues& flags) {
  if (flags.text("l2.follow.source").empty()) return std::optional<node::ServerConfig>();
  node::ServerConfig config;
  OPW_TRY(config.url, parse_server(flags, "l2.follow.source"));
  config.timeout = flags.duration("l2.follow.source.rpc-timeout");
  return std::optional(std::move(config));
}

// As op-node: an endpoint without an address, or an address without an endpoint, is no remote signer.
Result<std::optional<node::RemoteSignerConfig>, std::string> remote_signer_config(const FlagValues& flags) {
  if (flags.text("signer.endpoint").empty() || flags.text("signer.address").empty()) {
    return std::optional<node::RemoteSignerConfig>();
  }
  node::RemoteSignerConfig config;
  OPW_TRY(config.url, parse_server(flags, "signer.endpoint"));
  const auto address = codec::from_hex_as<Address>(flags.text("signer.address"));
  if (!address) return flags.source("signer.address") + ": '" + flags.text("signer.address") + "' is not an address";
  config.address = *address;
  config.timeout = std::chrono::seconds(5);
  OPW_TRY(config.headers, signer_headers(flags));
  if (flags.boolean("signer.tls.enabled")) {
    if (!config.url.is_tls()) {
      return flags.source("signer.endpoint") + ": not https; give --signer.tls.enabled=false for plain HTTP";
    }
    OPW_TRY(config.tls, signer_tls(flags));
  }
  return std::optional(std::move(config));
}

}  // namespace opwire::cli
