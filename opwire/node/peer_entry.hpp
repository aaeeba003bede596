// All that is known of one peer, and its JSON, which `opwire peers export` writes and import reads:
//
//   {"peerID":"16Uiu2…","lastUpdate":1700000000,"peerScores":{…},          op-node's score record
//    "ENR":"enr:…","chainID":10,"enrUpdate":1700000000,
//    "addresses":["/ip4/…/p2p/16Uiu2…"],"addressEnds":[1700003600],
//    "userAgent":"…","protocols":["…"],"lastSeen":1700000000,"knownUpdate":1700000000,"key":"base64 of a PublicKey",
//    "ban":{"expiry":1700003600,"lastUpdate":1700000000,"reason":"…"},"blocked":true}
//
// What is not known is left out. Peers of op-node's opp2p_peers are read as well: of the same names, with "scores"
// instead of "peerScores" and no times.
#pragma once

#include <boost/json/value.hpp>
#include <optional>
#include <string>

#include "opwire/node/known_peer.hpp"
#include "opwire/opstack/reputation/ban.hpp"
#include "opwire/opstack/reputation/metadata_book.hpp"
#include "opwire/opstack/reputation/peer_scores.hpp"

namespace opwire::node {

struct PeerEntry {
  explicit PeerEntry(const PeerId& id) : peer(id) {}

  PeerId peer;
  std::optional<opstack::reputation::ScoreRecord> scores;
  std::optional<opstack::reputation::PeerMetadata> metadata;
  std::optional<KnownPeer> known;
  std::optional<opstack::reputation::Ban> ban;
  bool blocked = false;
  bool operator==(const PeerEntry&) const = default;
};

/// How long an address lives that came without an end.
inline constexpr Duration kImportedTtl = std::chrono::hours(24);

/// One line.
std::string to_json(const PeerEntry& entry);
/// name: its id where the entry itself has none, as text, or as the last part of op-node's key
/// (/peers/scores/<base32>). Times that are missing are now. The node record's signature is verified, and it is this
/// peer's own. Errors: what is wrong with it, for people.
Result<PeerEntry, std::string> parse_peer_entry(const boost::json::value& value, WallTime now,
                                                std::string_view name = {});
/// Of a node record alone, as a bootstore has it: its address, and what it says. Errors: the record's.
Result<PeerEntry> entry_of_record(std::string_view enr, WallTime now);

/// The last id of a text like /peers/scores/CIQ…; or peer id text.
Result<PeerId> parse_peer_name(std::string_view name);

}  // namespace opwire::node
