#include "opwire/opstack/reputation/metadata_book.hpp"

#include <algorithm>

#include "opwire/base/check.hpp"
#include "opwire/opstack/reputation/errors.hpp"
#include "opwire/opstack/reputation/record_json.hpp"

namespace opwire::opstack::reputation {
namespace {

bool is_expired(const PeerMetadata& metadata, WallTime now) noexcept {
  return now - metadata.last_update > kMetadataKept;
}

// Of "enr:" and base64url, so that nothing of it wants escaping in JSON, or does anything to a terminal.
bool is_enr_text(std::string_view text) noexcept {
  return text.size() <= kMaxEnrText && std::ranges::all_of(text, [](char letter) {
           const bool is_letter = (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z');
           return is_letter || (letter >= '0' && letter <= '9') || letter == '-' || letter == '_' || letter == ':';
         });
}

}  // namespace

std::string to_json(const PeerMetadata& metadata) {
  return "{\"lastUpdate\":" + std::to_string(unix_seconds(metadata.last_update)) + ",\"peerMetadata\":{\"enr\":\"" +
         metadata.enr + "\",\"opStackID\":" + std::to_string(metadata.chain.value) + "}}";
}

Result<PeerMetadata> parse_peer_metadata(std::string_view text) {
  PeerMetadata metadata;
  RecordReader reader;
  reader.time("/lastUpdate", metadata.last_update);
  reader.object("/peerMetadata");
  reader.text("/peerMetadata/enr", metadata.enr);
  reader.count("/peerMetadata/opStackID", metadata.chain.value);
  OPW_TRYV(reader.read(text));
  if (!is_enr_text(metadata.enr)) return errors::kRecordJson;
  return metadata;
}

MetadataBook::MetadataBook(MetadataBookOptions options, Journal* journal) : options_(options), journal_(journal) {
  OPW_CHECK(options_.max_peers > 0);
  if (journal_ != nullptr) journal_->attach(Table::kMetadata, *this);
}

std::optional<PeerMetadata> MetadataBook::find(const PeerId& peer, WallTime now) const {
  const auto found = records_.find(peer);
  if (found == records_.end() || is_expired(found->second.metadata, now)) return std::nullopt;
  return found->second.metadata;
}

std::vector<std::string> MetadataBook::records_of(ChainId chain, WallTime now, std::size_t max) const {
  std::vector<std::string> records;
  for (const auto& [peer, known] : records_) {
    if (records.size() >= max) break;
    const PeerMetadata& metadata = known.metadata;
    if (metadata.chain == chain && !metadata.enr.empty() && !is_expired(metadata, now)) records.push_back(metadata.enr);
  }
  return records;
}

void MetadataBook::set(const PeerId& peer, std::string_view enr, ChainId chain, WallTime now) {
  if (!is_enr_text(enr)) return;
  const auto known = find(peer, now);
  const bool is_same = known && known->enr == enr && known->chain == chain;
  if (is_same && now - known->last_update < kWriteAgain) return;
  insert(peer, {std::string(enr), chain, to_record_time(now)});
  note(peer);
}

void MetadataBook::insert(const PeerId& peer, PeerMetadata metadata) {
  const auto [place, is_new] = records_.try_emplace(peer);
  Known& known = place->second;
  known.metadata = std::move(metadata);
  if (!is_new) return by_age_.move(known.position, known.metadata.last_update);
  known.position = by_age_.add(peer, known.metadata.last_update);
  if (records_.size() > options_.max_peers) erase(records_.find(by_age_.first()));
}

void MetadataBook::erase(Records::iterator which) {
  note(which->first);
  by_age_.remove(which->second.position);
  records_.erase(which);
}

std::size_t MetadataBook::gc(WallTime now, std::size_t max) {
  std::size_t gone = 0;
  while (gone < max && !by_age_.empty()) {
    const auto oldest = records_.find(by_age_.first());
    if (!is_expired(oldest->second.metadata, now)) break;
    erase(oldest);
    ++gone;
  }
  return gone;
}

Result<void> MetadataBook::load(ByteView key, ByteView value, WallTime now) {
  const auto peer = PeerId::parse(key);
  if (!peer) return errors::kRecordKey;
  OPW_TRY(PeerMetadata metadata, parse_peer_metadata(as_text(value)));
  if (records_.contains(*peer)) return {};
  metadata.last_update = std::min(metadata.last_update, to_record_time(now));
  if (is_expired(metadata, now)) return note(*peer), Result<void>();
  insert(*peer, std::move(metadata));
  return {};
}

std::optional<Stored> MetadataBook::stored(Table, ByteView key) const {
  const auto found = records_.find(PeerId::parse(key).value());
  if (found == records_.end()) return std::nullopt;
  const PeerMetadata& metadata = found->second.metadata;
  return Stored{unix_seconds(metadata.last_update), to_bytes(as_bytes(to_json(metadata)))};
}

void MetadataBook::note(const PeerId& peer) {
  if (journal_ != nullptr) journal_->note(Table::kMetadata, peer.bytes());
}

}  // namespace opwire::opstack::reputation
