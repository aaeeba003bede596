#include "opwire/node/api/live_methods.hpp"

#include "opwire/node/api/go_json.hpp"
#include "opwire/node/reputation.hpp"
#include "opwire/rpc/params.hpp"

namespace opwire::node {
namespace {

namespace json = boost::json;
using rpc::Failure;
using rpc::MethodAnswer;

std::string texts_json(const std::vector<std::string>& texts) {
  GoJson out;
  out.open('[');
  for (const std::string& text : texts) out.text(text);
  return out.close(']').take();
}

MethodAnswer apply(const ApiParts& parts, LiveConfig next) {
  if (!parts.reconfigure) return rpc::failed("the configuration cannot be changed");
  const auto changed = parts.reconfigure(std::move(next));
  if (!changed) return rpc::failed(changed.error());
  return std::string(changed->empty() ? "false" : "true");
}

MethodAnswer static_peers(const ApiParts& parts, const json::array& params) {
  OPW_TRYV(rpc::check_count(params, 0, 0));
  std::vector<std::string> all;
  for (const Multiaddr& address : parts.config.static_peers) all.push_back(address.to_string());
  return texts_json(all);
}

MethodAnswer add_static_peer(const ApiParts& parts, const json::array& params) {
  OPW_TRYV(rpc::check_count(params, 1, 1));
  OPW_TRY(const std::string_view text, rpc::text_param(params, 0));
  auto address = Multiaddr::parse_text(text);
  if (!address) return rpc::failed("bad peer address: " + address.error().message());
  if (!address->peer_id()) return rpc::failed("bad peer address: it does not end in /p2p/ID");
  LiveConfig next = parts.config.live();
  if (std::ranges::find(next.static_peers, *address) != next.static_peers.end()) return std::string("false");
  if (next.static_peers.size() >= kMaxStaticPeers) return rpc::failed("there are 1000 static peers already");
  next.static_peers.push_back(std::move(*address));
  return apply(parts, std::move(next));
}

// By its id, or by one of its addresses alone.
MethodAnswer remove_static_peer(const ApiParts& parts, const json::array& params) {
  OPW_TRYV(rpc::check_count(params, 1, 1));
  OPW_TRY(const std::string_view text, rpc::text_param(params, 0));
  const auto peer = PeerId::parse_text(text);
  const auto address = Multiaddr::parse_text(text);
  if (!peer && !address) return rpc::failed("invalid request");
  LiveConfig next = parts.config.live();
  std::erase_if(next.static_peers,
                [&](const Multiaddr& known) { return peer ? known.peer_id().value() == *peer : known == *address; });
  return apply(parts, std::move(next));
}

MethodAnswer enforce_blocks(const ApiParts& parts, const json::array& params) {
  OPW_TRYV(rpc::check_count(params, 0, 0));
  if (parts.reputation == nullptr) return rpc::failed("no connection gater");
  return std::to_string(parts.reputation->enforce());
}

MethodAnswer reload(const ApiParts& parts, const json::array& params) {
  OPW_TRYV(rpc::check_count(params, 0, 0));
  if (!parts.reload) return rpc::failed("there is nothing to read again");
  const auto report = parts.reload();
  if (!report) return rpc::failed(report.error());
  GoJson out;
  out.open('{').key("changed").raw(texts_json(report->changed));
  return out.key("needsRestart").raw(texts_json(report->needs_restart)).close('}').take();
}

}  // namespace

void add_live_methods(rpc::MethodTable& methods, const ApiParts& parts) {
  using Action = MethodAnswer (*)(const ApiParts&, const json::array&);
  using enum rpc::MethodTable::Access;
  static constexpr std::tuple<const char*, Action, rpc::MethodTable::Access> kActions[] = {
      {"opwire_staticPeers", static_peers, kAll},
      {"opwire_addStaticPeer", add_static_peer, kAll},
      {"opwire_removeStaticPeer", remove_static_peer, kAll},
      {"opwire_enforceBlocks", enforce_blocks, kAll},
      {"opwire_reload", reload, kAdmin},
  };
  for (const auto& [name, action, access] : kActions) {
    methods.add_plain(name, [&parts, action](const json::array& params) { return action(parts, params); }, access);
  }
}

}  // namespace opwire::node
