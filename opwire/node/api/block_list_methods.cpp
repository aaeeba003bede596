#include "opwire/node/api/block_list_methods.hpp"

#include <algorithm>
#include <bit>
#include <cctype>

#include "opwire/codec/base64.hpp"
#include "opwire/node/api/go_json.hpp"
#include "opwire/node/api/peer_methods.hpp"
#include "opwire/node/reputation.hpp"
#include "opwire/rpc/params.hpp"

namespace opwire::node {
namespace {

namespace json = boost::json;
namespace reputation = opstack::reputation;
using multiformats::IpNetwork;
using reputation::Ip;
using rpc::Failure;
using rpc::MethodAnswer;

Failure invalid_request() {
  return rpc::failed("invalid request");
}

Result<reputation::BlockList*, Failure> list_of(const ApiParts& parts) {
  if (parts.reputation == nullptr) return rpc::failed("no connection gater");
  return &parts.reputation->books().blocks();
}

Result<Ip, Failure> parse_ip(std::string_view text) {
  const auto ip = Ip::parse_text(text);
  if (!ip) return rpc::invalid_argument(0, "invalid IP address: " + std::string(text));
  return *ip;
}

Result<IpNetwork, Failure> subnet_of(const json::array& params) {
  OPW_TRYV(rpc::check_count(params, 0, 1));
  const json::value* const value = rpc::find_param(params, 0);
  if (value == nullptr) return invalid_request();
  return read_subnet(*value);
}

// Go takes names in any case. Null where it is missing, or null.
const json::value* find_field(const json::object& fields, std::string_view name) {
  const auto lower = [](unsigned char c) { return std::tolower(c); };
  for (const auto& [key, value] : fields) {
    if (std::ranges::equal(key, name, {}, lower, lower)) return value.is_null() ? nullptr : &value;
  }
  return nullptr;
}

// Leading ones, and nothing behind them.
std::optional<unsigned> prefix_of(ByteView mask) {
  unsigned bits = 0;
  for (const std::uint8_t byte : mask) bits += static_cast<unsigned>(std::popcount(byte));
  for (unsigned i = 0; i < mask.size() * 8; ++i) {
    const bool set = ((mask[i / 8] >> (7 - i % 8)) & 1) != 0;
    if (set != (i < bits)) return std::nullopt;
  }
  return bits;
}

Bytes mask_of(unsigned bits, std::size_t size) {
  Bytes mask(size);
  for (unsigned i = 0; i < bits; ++i) mask[i / 8] |= static_cast<std::uint8_t>(0x80 >> (i % 8));
  return mask;
}

template <class Items, class Write>
std::string list_json(const Items& items, Write write) {
  GoJson out;
  out.open('[');
  for (const auto& item : items) write(out, item);
  return out.close(']').take();
}

MethodAnswer done(const Result<void>& result) {
  if (!result) return rpc::failed(result.error());
  return std::string("null");
}

MethodAnswer block_peer(const ApiParts& parts, const json::array& params) {
  OPW_TRY(reputation::BlockList* const list, list_of(parts));
  OPW_TRY(const PeerId peer, peer_param(params));
  return done(list->block_peer(peer));
}

MethodAnswer unblock_peer(const ApiParts& parts, const json::array& params) {
  OPW_TRYV(list_of(parts));
  OPW_TRY(const PeerId peer, peer_param(params));
  parts.reputation->unblock(peer);
  return std::string("null");
}

MethodAnswer list_peers(const ApiParts& parts) {
  OPW_TRY(const reputation::BlockList* const list, list_of(parts));
  return list_json(list->peers(), [](GoJson& out, const PeerId& peer) { out.text(peer.to_string()); });
}

MethodAnswer block_address(const ApiParts& parts, const json::array& params) {
  OPW_TRY(reputation::BlockList* const list, list_of(parts));
  OPW_TRY(const Ip ip, ip_param(params));
  return done(list->block_address(ip));
}

MethodAnswer unblock_address(const ApiParts& parts, const json::array& params) {
  OPW_TRY(reputation::BlockList* const list, list_of(parts));
  OPW_TRY(const Ip ip, ip_param(params));
  list->unblock_address(ip);
  return std::string("null");
}

MethodAnswer list_addresses(const ApiParts& parts) {
  OPW_TRY(const reputation::BlockList* const list, list_of(parts));
  return list_json(list->addresses(), [](GoJson& out, const Ip& ip) { out.text(ip.to_string()); });
}

MethodAnswer block_subnet(const ApiParts& parts, const json::array& params) {
  OPW_TRY(reputation::BlockList* const list, list_of(parts));
  OPW_TRY(const IpNetwork subnet, subnet_of(params));
  return done(list->block_subnet(subnet));
}

MethodAnswer unblock_subnet(const ApiParts& parts, const json::array& params) {
  OPW_TRY(reputation::BlockList* const list, list_of(parts));
  OPW_TRY(const IpNetwork subnet, subnet_of(params));
  list->unblock_subnet(subnet);
  return std::string("null");
}

MethodAnswer list_subnets(const ApiParts& parts) {
  OPW_TRY(const reputation::BlockList* const list, list_of(parts));
  return list_json(list->subnets(), [](GoJson& out, const IpNetwork& subnet) { out.raw(subnet_json(subnet)); });
}

template <class Key>
void write_bans(GoJson& out, const reputation::BanTable<Key>& table, const char* kind, WallTime now) {
  for (const auto& entry : table.list(now)) {
    out.open('{').key(kind).text(entry.key.to_string()).key("until").number(unix_seconds(entry.ban.expiry));
    out.key("since").number(unix_seconds(entry.ban.last_update)).key("reason").text(entry.ban.reason);
    out.key("scores").raw(entry.ban.scores ? reputation::to_json(*entry.ban.scores) : "null").close('}');
  }
}

MethodAnswer list_bans(const ApiParts& parts) {
  OPW_TRYV(list_of(parts));
  const WallTime now = parts.network.loop().wall_now();
  GoJson out;
  out.open('[');
  write_bans(out, parts.reputation->books().bans().peers, "peer", now);
  write_bans(out, parts.reputation->books().bans().ips, "ip", now);
  return out.close(']').take();
}

}  // namespace

Result<Ip, Failure> ip_param(const json::array& params, std::size_t required, std::size_t most) {
  if (params.size() == required && params[0].is_null()) return invalid_request();
  OPW_TRYV(rpc::check_count(params, required, most));
  OPW_TRY(const std::string_view text, rpc::text_param(params, 0));
  if (text.empty()) return invalid_request();
  return parse_ip(text);
}

std::string subnet_json(const IpNetwork& subnet) {
  const std::string text = subnet.to_string();
  const std::size_t slash = text.find('/');
  const std::string ip = text.substr(0, slash);
  const auto bits = static_cast<unsigned>(std::stoul(text.substr(slash + 1)));
  const std::size_t size = ip.find(':') == std::string::npos ? 4 : 16;
  GoJson out;
  out.open('{').key("IP").text(ip).key("Mask").text(codec::to_base64(mask_of(bits, size)));
  return out.close('}').take();
}

Result<IpNetwork, Failure> read_subnet(const json::value& value) {
  const json::object* const fields = value.if_object();
  if (fields == nullptr) return rpc::invalid_argument(0, R"(expected {"IP":"10.0.0.0","Mask":"/wAAAA=="})");
  const json::value* const ip = find_field(*fields, "IP");
  const json::value* const mask = find_field(*fields, "Mask");
  if (ip == nullptr || mask == nullptr) return invalid_request();
  if (!ip->is_string() || !mask->is_string()) return rpc::invalid_argument(0, "IP and Mask are strings");
  if (ip->get_string().empty()) return invalid_request();
  OPW_TRY(const Ip address, parse_ip(std::string_view(ip->get_string())));
  const auto bytes = codec::from_base64(std::string_view(mask->get_string()));
  if (!bytes) return rpc::invalid_argument(0, "Mask is not base64");
  const auto bits = bytes->size() == address.bytes().size() ? prefix_of(*bytes) : std::nullopt;
  if (!bits) return invalid_request();
  const auto subnet = IpNetwork::parse(address.to_string() + "/" + std::to_string(*bits));
  if (!subnet) return invalid_request();
  return *subnet;
}

void add_block_list_methods(rpc::MethodTable& methods, const ApiParts& parts) {
  using Action = MethodAnswer (*)(const ApiParts&, const json::array&);
  static constexpr std::pair<const char*, Action> kActions[] = {
      {"opp2p_blockPeer", block_peer},     {"opp2p_unblockPeer", unblock_peer},
      {"opp2p_blockAddr", block_address},  {"opp2p_unblockAddr", unblock_address},
      {"opp2p_blockSubnet", block_subnet}, {"opp2p_unblockSubnet", unblock_subnet},
  };
  for (const auto& [name, action] : kActions) {
    methods.add_plain(name, [&parts, action](const json::array& params) { return action(parts, params); });
  }
  using List = MethodAnswer (*)(const ApiParts&);
  static constexpr std::pair<const char*, List> kLists[] = {
      {"opp2p_listBlockedPeers", list_peers},
      {"opp2p_listBlockedAddrs", list_addresses},
      {"opp2p_listBlockedSubnets", list_subnets},
      {"opwire_bans", list_bans},
  };
  for (const auto& [name, list] : kLists) {
    methods.add_plain(name, [&parts, list](const json::array& params) -> MethodAnswer {
      OPW_TRYV(rpc::check_count(params, 0, 0));
      return list(parts);
    });
  }
}

}  // namespace opwire::node
