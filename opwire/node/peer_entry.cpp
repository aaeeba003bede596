#include "opwire/node/peer_entry.hpp"

#include <algorithm>
#include <boost/json/serialize.hpp>

#include "opwire/codec/base64.hpp"
#include "opwire/discv5/node_record.hpp"
#include "opwire/multiformats/errors.hpp"
#include "opwire/multiformats/key_protobuf.hpp"
#include "opwire/multiformats/multibase.hpp"
#include "opwire/opstack/discovery/chain_entry.hpp"

namespace opwire::node {
namespace {

namespace json = boost::json;
namespace reputation = opstack::reputation;
using Wrong = std::optional<std::string>;

json::value seconds(WallTime time) {
  return unix_seconds(time);
}

// What peers say of themselves is any bytes, and JSON takes UTF-8 alone.
std::string ascii(std::string_view text) {
  std::string clean(text);
  for (char& letter : clean) {
    if (static_cast<unsigned char>(letter) > 0x7f) letter = '?';
  }
  return clean;
}

std::string quoted(std::string_view text) {
  return json::serialize(json::string(ascii(text)));
}

void write_known(std::string& out, const PeerEntry& entry) {
  const KnownPeer& known = *entry.known;
  json::array addresses, ends, protocols;
  for (const KnownPeer::Address& one : known.addresses) {
    addresses.emplace_back(one.address.with_peer(entry.peer).to_string());
    ends.emplace_back(seconds(one.until));
  }
  for (const std::string& protocol : known.protocols) protocols.emplace_back(ascii(protocol));
  if (!addresses.empty()) {
    out += ",\"addresses\":" + json::serialize(addresses) + ",\"addressEnds\":" + json::serialize(ends);
  }
  if (!known.agent.empty()) out += ",\"userAgent\":" + quoted(known.agent);
  if (!protocols.empty()) out += ",\"protocols\":" + json::serialize(protocols);
  if (known.last_seen > WallTime{}) out += ",\"lastSeen\":" + std::to_string(unix_seconds(known.last_seen));
  out += ",\"knownUpdate\":" + std::to_string(unix_seconds(known.last_update));
  if (known.key) out += ",\"key\":\"" + codec::to_base64(multiformats::encode_public_key(*known.key)) + "\"";
}

/// The fields of one entry, and what is wrong with the first that is.
class Reader {
 public:
  Reader(const json::object& fields, WallTime now) : fields_(fields), now_(reputation::to_record_time(now)) {}

  const json::value* find(std::string_view name) const {
    const json::value* const value = fields_.if_contains(name);
    return value == nullptr || value->is_null() ? nullptr : value;
  }
  std::optional<std::string_view> text(std::string_view name) {
    const json::value* const value = find(name);
    if (value == nullptr) return std::nullopt;
    if (!value->is_string()) return fail(name, "not a text"), std::nullopt;
    return std::string_view(value->get_string());
  }
  const json::array* list(std::string_view name) {
    const json::value* const value = find(name);
    if (value == nullptr) return nullptr;
    if (!value->is_array()) fail(name, "not a list");
    return value->if_array();
  }
  std::optional<std::uint64_t> number(std::string_view name, std::uint64_t most) {
    const json::value* const value = find(name);
    if (value == nullptr) return std::nullopt;
    const auto whole = whole_number(*value);
    if (!whole || *whole > most) return fail(name, "not a number in its bounds"), std::nullopt;
    return whole;
  }
  static std::optional<std::uint64_t> whole_number(const json::value& value) {
    if (const auto* const whole = value.if_uint64()) return *whole;
    const auto* const whole = value.if_int64();
    return whole != nullptr && *whole >= 0 ? std::optional(static_cast<std::uint64_t>(*whole)) : std::nullopt;
  }
  WallTime time(std::string_view name, WallTime otherwise) {
    const auto at = number(name, reputation::kMaxRecordTime);
    return at ? from_unix_seconds(*at) : otherwise;
  }
  WallTime now() const { return now_; }

  void fail(std::string_view name, std::string_view why) {
    if (!wrong_) wrong_ = std::string(name) + ": " + std::string(why);
  }
  void fail(std::string_view name, const Error& why) { fail(name, why.message()); }
  const Wrong& wrong() const { return wrong_; }

 private:
  const json::object& fields_;
  WallTime now_;
  Wrong wrong_;
};

void read_scores(Reader& reader, PeerEntry& entry) {
  const json::value* scores = reader.find("peerScores");
  const bool is_dumped = scores == nullptr;  // by RPC, which has zeros for whom it does not know
  if (is_dumped) scores = reader.find("scores");
  if (scores == nullptr) return;
  auto record = reputation::parse_score_record("{\"peerScores\":" + json::serialize(*scores) + "}");
  if (!record) return reader.fail("peerScores", record.error());
  if (is_dumped && record->scores == reputation::PeerScores()) return;
  record->last_update = reader.time("lastUpdate", reader.now());
  entry.scores = std::move(*record);
}

void read_record(Reader& reader, PeerEntry& entry) {
  const auto enr = reader.text("ENR");
  if (!enr || enr->empty()) return;
  const auto of_record = entry_of_record(*enr, reader.now());
  if (!of_record) return reader.fail("ENR", of_record.error());
  if (of_record->peer != entry.peer) return reader.fail("ENR", "it is another peer's");
  entry.metadata = of_record->metadata;
  entry.metadata->last_update = reader.time("enrUpdate", reader.now());
  if (!of_record->known) return;
  if (!entry.known) entry.known = of_record->known;
  if (entry.known->addresses.empty()) entry.known->addresses = of_record->known->addresses;
}

void read_addresses(Reader& reader, const PeerId& peer, KnownPeer& known) {
  const json::array* const addresses = reader.list("addresses");
  const json::array* const ends = reader.list("addressEnds");
  if (addresses == nullptr) return;
  for (std::size_t i = 0; i < addresses->size(); ++i) {
    const json::string* const text = (*addresses)[i].if_string();
    if (text == nullptr) return reader.fail("addresses", "not texts");
    const auto address = Multiaddr::parse_text(std::string_view(*text));
    if (!address) return reader.fail("addresses", address.error());
    const auto named = address->peer_id();
    if (named && *named != peer) return reader.fail("addresses", "one is another peer's");
    const auto end = ends != nullptr && i < ends->size() ? Reader::whole_number((*ends)[i]) : std::nullopt;
    const WallTime until = end ? from_unix_seconds(std::min(*end, reputation::kMaxRecordTime))
                               : reputation::to_record_time(reader.now() + kImportedTtl);
    Multiaddr where = address->without_peer();
    const bool fits = !where.empty() && known.addresses.size() < kMaxKnownAddresses;
    if (fits) known.addresses.push_back({std::move(where), until});
  }
}

void read_key(Reader& reader, const PeerId& peer, KnownPeer& known) {
  const auto text = reader.text("key");
  if (!text) return;
  const auto bytes = codec::from_base64(*text);
  const auto key = bytes ? multiformats::parse_public_key(*bytes) : Result<crypto::PublicKey>(bytes.error());
  if (!key || PeerId::of(*key) != peer) return reader.fail("key", "not this peer's");
  known.key = *key;
}

void read_known(Reader& reader, PeerEntry& entry) {
  KnownPeer known;
  read_addresses(reader, entry.peer, known);
  known.agent = ascii(reader.text("userAgent").value_or("").substr(0, kMaxKnownText));
  if (const json::array* const protocols = reader.list("protocols")) {
    for (const json::value& one : *protocols) {
      const json::string* const name = one.if_string();
      if (name == nullptr) return reader.fail("protocols", "not texts");
      const bool fits = known.protocols.size() < kMaxKnownProtocols && name->size() <= kMaxKnownText;
      if (fits) known.protocols.push_back(ascii(*name));
    }
  }
  known.last_seen = reader.time("lastSeen", WallTime{});
  read_key(reader, entry.peer, known);
  if (known == KnownPeer()) return;
  known.last_update = reader.time("knownUpdate", reader.now());
  entry.known = std::move(known);
}

void read_standing(Reader& reader, PeerEntry& entry) {
  if (const json::value* const ban = reader.find("ban")) {
    auto parsed = reputation::parse_ban(json::serialize(*ban));
    if (!parsed) return reader.fail("ban", parsed.error());
    entry.ban = std::move(*parsed);
  }
  const json::value* const blocked = reader.find("blocked");
  if (blocked != nullptr && !blocked->is_bool()) return reader.fail("blocked", "neither true nor false");
  entry.blocked = blocked != nullptr && blocked->get_bool();
}

}  // namespace

std::string to_json(const PeerEntry& entry) {
  std::string out = "{\"peerID\":\"" + entry.peer.to_string() + "\"";
  if (entry.scores) out += "," + reputation::to_json(*entry.scores).substr(1), out.pop_back();
  if (entry.metadata) {
    out += ",\"ENR\":" + quoted(entry.metadata->enr) + ",\"chainID\":" + std::to_string(entry.metadata->chain.value) +
           ",\"enrUpdate\":" + std::to_string(unix_seconds(entry.metadata->last_update));
  }
  if (entry.known) write_known(out, entry);
  if (entry.ban) out += ",\"ban\":" + reputation::to_json(*entry.ban);
  if (entry.blocked) out += ",\"blocked\":true";
  return out + "}";
}

Result<PeerId> parse_peer_name(std::string_view name) {
  const std::size_t slash = name.rfind('/');
  if (slash == name.npos) return PeerId::parse_text(name);
  std::string lower(name.substr(slash + 1));
  for (char& letter : lower) {
    if (letter >= 'A' && letter <= 'Z') letter = static_cast<char>(letter - 'A' + 'a');
  }
  OPW_TRY(const Bytes bytes, multiformats::from_base32(lower));
  return PeerId::parse(bytes);
}

Result<PeerEntry> entry_of_record(std::string_view enr, WallTime now) {
  OPW_TRY(const discv5::NodeRecord record, discv5::NodeRecord::parse_text(enr));
  PeerEntry entry(opstack::peer_id_of(record));
  const auto chain = opstack::chain_entry(record);
  const WallTime update = reputation::to_record_time(now);
  entry.metadata = {record.to_text(), chain && chain->version == 0 ? chain->chain : ChainId{}, update};
  const auto address = opstack::tcp_address(record, {true, true});
  if (!address) return entry;
  entry.known.emplace();
  entry.known->addresses.push_back({*address, reputation::to_record_time(now + kImportedTtl)});
  entry.known->last_update = update;
  return entry;
}

Result<PeerEntry, std::string> parse_peer_entry(const json::value& value, WallTime now, std::string_view name) {
  const json::object* const fields = value.if_object();
  if (fields == nullptr) return std::string("not a JSON object");
  Reader reader(*fields, now);
  const auto inside = reader.text("peerID");
  if (!inside && name.empty()) return std::string("peerID: missing");
  const auto peer = inside ? PeerId::parse_text(*inside) : parse_peer_name(name);
  if (!peer) return "peerID: " + peer.error().message();
  PeerEntry entry(*peer);
  read_scores(reader, entry);
  read_known(reader, entry);
  read_record(reader, entry);
  read_standing(reader, entry);
  if (reader.wrong()) return *reader.wrong();
  return entry;
}

}  // namespace opwire::node
