#include "opwire/node/api/peer_methods.hpp"

#include "opwire/node/reputation.hpp"
#include "opwire/p2p/core/peer_store.hpp"
#include "opwire/p2p/core/peer_tags.hpp"
#include "opwire/rpc/params.hpp"

namespace opwire::node {
namespace {

namespace json = boost::json;
using rpc::Failure;
using rpc::MethodAnswer;

constexpr log::Logger kLog{"rpc"};

MethodAnswer protect(const ApiParts& parts, const json::array& params) {
  OPW_TRY(const PeerId peer, peer_param(params));
  parts.network.tags().protect(peer, kApiTag);
  return std::string("null");
}

MethodAnswer unprotect(const ApiParts& parts, const json::array& params) {
  OPW_TRY(const PeerId peer, peer_param(params));
  parts.network.tags().unprotect(peer, kApiTag);
  return std::string("null");
}

// op-node forgets the peer as well, and lifts what keeps it out.
MethodAnswer disconnect(const ApiParts& parts, const json::array& params) {
  OPW_TRY(const PeerId peer, peer_param(params));
  kLog.info("peer disconnected by RPC", {{"peer", peer.to_string()}});
  parts.network.disconnect(peer);
  parts.network.peerstore().remove(peer);
  if (parts.reputation != nullptr) parts.reputation->unblock(peer);
  return std::string("null");
}

Task<MethodAnswer> connect(const ApiParts& parts, json::array params) {
  OPW_CO_TRYV(rpc::check_count(params, 1, 1));
  OPW_CO_TRY(const std::string_view text, rpc::text_param(params, 0));
  const auto address = Multiaddr::parse_text(text);
  if (!address) co_return rpc::failed("bad peer address: " + address.error().message());
  const auto peer = address->peer_id();
  if (!peer) co_return rpc::failed("bad peer address: it must end in /p2p/ID");
  std::vector<Multiaddr> addresses{address->without_peer()};
  const auto connected = co_await parts.network.connect(*peer, std::move(addresses));
  if (!connected) co_return rpc::failed("failed to dial: " + connected.error().message());
  co_return std::string("null");
}

}  // namespace

Result<PeerId, Failure> peer_param(const json::array& params, std::size_t required, std::size_t most) {
  OPW_TRYV(rpc::check_count(params, required, most));
  OPW_TRY(const std::string_view text, rpc::text_param(params, 0));
  const auto peer = PeerId::parse_text(text);
  if (!peer) return rpc::invalid_argument(0, "failed to parse peer ID: " + peer.error().message());
  return *peer;
}

void add_peer_actions(rpc::MethodTable& methods, const ApiParts& parts) {
  methods.add_plain("opp2p_protectPeer", [&parts](const json::array& params) { return protect(parts, params); });
  methods.add_plain("opp2p_unprotectPeer", [&parts](const json::array& params) { return unprotect(parts, params); });
  methods.add_plain("opp2p_disconnectPeer", [&parts](const json::array& params) { return disconnect(parts, params); });
  methods.add("opp2p_connectPeer",
              [&parts](json::array params, const rpc::Context&) { return connect(parts, std::move(params)); });
}

}  // namespace opwire::node
