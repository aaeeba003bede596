#include "opwire/node/api/peer_book_methods.hpp"

#include "opwire/node/api/block_list_methods.hpp"
#include "opwire/node/api/go_json.hpp"
#include "opwire/node/api/peer_methods.hpp"
#include "opwire/node/peer_entry.hpp"
#include "opwire/node/reputation.hpp"
#include "opwire/rpc/params.hpp"

namespace opwire::node {
namespace {

namespace json = boost::json;
namespace reputation = opstack::reputation;
using rpc::Failure;
using rpc::MethodAnswer;

constexpr log::Logger kLog{"rpc"};
constexpr auto kLongestBan = std::chrono::duration_cast<std::chrono::seconds>(reputation::kBanRecordKept);

Result<Reputation*, Failure> reputation_of(const ApiParts& parts) {
  if (parts.reputation == nullptr) return rpc::failed("no connection gater");
  return parts.reputation;
}

Result<std::chrono::seconds, Failure> seconds_param(const json::array& params) {
  const json::value* const value = rpc::find_param(params, 1);
  const std::int64_t* const seconds = value == nullptr ? nullptr : value->if_int64();
  if (seconds == nullptr || *seconds < 1 || *seconds > kLongestBan.count()) {
    return rpc::invalid_argument(1, "expected seconds from 1 to " + std::to_string(kLongestBan.count()));
  }
  return std::chrono::seconds(*seconds);
}

Result<std::string_view, Failure> reason_param(const json::array& params) {
  if (rpc::find_param(params, 2) == nullptr) return std::string_view();
  return rpc::text_param(params, 2);
}

MethodAnswer ban_json(const std::optional<reputation::Ban>& banned) {
  if (!banned) return rpc::failed("there are as many bans as are kept, and all end later");
  GoJson out;
  out.open('{').key("until").number(unix_seconds(banned->expiry)).key("reason").text(banned->reason);
  return out.close('}').take();
}

MethodAnswer ban(const ApiParts& parts, const json::array& params) {
  OPW_TRY(Reputation* const books, reputation_of(parts));
  OPW_TRY(const PeerId peer, peer_param(params, 2, 3));
  OPW_TRY(const std::chrono::seconds seconds, seconds_param(params));
  OPW_TRY(const std::string_view reason, reason_param(params));
  if (books->is_static(peer)) return rpc::failed("it is a static peer of this node, and never banned");
  const WallTime now = parts.network.loop().wall_now();
  books->ban(peer, now + seconds, reason);
  return ban_json(books->books().bans().peers.find(peer, now));
}

MethodAnswer ban_ip(const ApiParts& parts, const json::array& params) {
  OPW_TRY(Reputation* const books, reputation_of(parts));
  OPW_TRY(const reputation::Ip ip, ip_param(params, 2, 3));
  OPW_TRY(const std::chrono::seconds seconds, seconds_param(params));
  OPW_TRY(const std::string_view reason, reason_param(params));
  const WallTime now = parts.network.loop().wall_now();
  books->ban(ip, now + seconds, reason);
  return ban_json(books->books().bans().ips.find(ip, now));
}

MethodAnswer unban_ip(const ApiParts& parts, const json::array& params) {
  OPW_TRY(Reputation* const books, reputation_of(parts));
  OPW_TRY(const reputation::Ip ip, ip_param(params));
  const bool lifted = books->lift_ban(ip);
  if (lifted) kLog.info("ban lifted by RPC", {{"ip", ip.to_string()}});
  return std::string(lifted ? "true" : "false");
}

MethodAnswer unban(const ApiParts& parts, const json::array& params) {
  OPW_TRY(Reputation* const books, reputation_of(parts));
  OPW_TRY(const PeerId peer, peer_param(params));
  const bool lifted = books->lift_ban(peer);
  if (lifted) kLog.info("ban lifted by RPC", {{"peer", peer.to_string()}});
  return std::string(lifted ? "true" : "false");
}

struct Imported {
  std::uint64_t taken = 0;
  std::uint64_t foreign = 0;
  GoJson refused;
};

void refuse(Imported& so_far, std::size_t index, std::string_view why) {
  so_far.refused.open('{').key("entry").number(std::uint64_t{index}).key("why").text(why).close('}');
}

void import(const ApiParts& parts, std::size_t index, const json::value& value, Imported& so_far) {
  auto entry = parse_peer_entry(value, parts.network.loop().wall_now());
  if (!entry) return refuse(so_far, index, entry.error());
  if (entry->metadata && entry->metadata->chain != parts.config.rollup.l2_chain_id) {
    ++so_far.foreign;
    return;
  }
  Reputation& books = *parts.reputation;
  if (books.is_static(entry->peer)) entry->ban.reset();
  const bool is_banned = entry->ban.has_value();
  const auto taken = books.books().import(*entry);
  if (!taken) return refuse(so_far, index, taken.error().message());
  ++so_far.taken;
  const auto in_force = books.books().bans().peers.find(entry->peer, parts.network.loop().wall_now());
  if (is_banned && in_force) parts.network.disconnect(entry->peer);
}

MethodAnswer import_peers(const ApiParts& parts, const json::array& params) {
  OPW_TRYV(reputation_of(parts));
  OPW_TRYV(rpc::check_count(params, 1, 1));
  const json::value* const value = rpc::find_param(params, 0);
  const json::array* const entries = value == nullptr ? nullptr : value->if_array();
  if (entries == nullptr || entries->size() > kMaxImported) {
    return rpc::invalid_argument(0, "expected an array of " + std::to_string(kMaxImported) + " peers at most");
  }
  Imported done;
  done.refused.open('[');
  for (std::size_t i = 0; i < entries->size(); ++i) import(parts, i, (*entries)[i], done);
  kLog.info("peers imported by RPC", {{"taken", done.taken}, {"foreign", done.foreign}});
  GoJson out;
  out.open('{').key("taken").number(done.taken).key("foreign").number(done.foreign);
  out.key("refused").raw(done.refused.close(']').take());
  return out.close('}').take();
}

}  // namespace

void add_peer_book_methods(rpc::MethodTable& methods, const ApiParts& parts) {
  methods.add_plain("opwire_banPeer", [&parts](const json::array& params) { return ban(parts, params); });
  methods.add_plain("opwire_unbanPeer", [&parts](const json::array& params) { return unban(parts, params); });
  methods.add_plain("opwire_banIp", [&parts](const json::array& params) { return ban_ip(parts, params); });
  methods.add_plain("opwire_unbanIp", [&parts](const json::array& params) { return unban_ip(parts, params); });
  methods.add_plain("opwire_importPeers", [&parts](const json::array& params) { return import_peers(parts, params); });
}

}  // namespace opwire::node
