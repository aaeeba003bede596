#include "opwire/node/peer_file.hpp"

#include <map>

#include "opwire/node/peer_books.hpp"
#include "opwire/opstack/reputation/errors.hpp"
#include "opwire/store/snapshot.hpp"

namespace opwire::node {
namespace {

namespace reputation = opstack::reputation;
using reputation::Table;

class Reader {
 public:
  Reader(PeerFile& file, WallTime now) : file_(file), now_(now) {}

  void take(Table table, const store::Contents& contents) {
    file_.unreadable += contents.damaged.size();
    for (const store::Entry& entry : contents.entries) {
      if (!take(table, entry)) ++file_.unreadable;
    }
  }
  void finish() {
    for (const PeerId& peer : file_.blocks.peers()) of(peer).blocked = true;
    for (auto& [peer, entry] : peers_) file_.peers.push_back(std::move(entry));
  }

 private:
  PeerEntry& of(const PeerId& peer) { return peers_.try_emplace(peer, peer).first->second; }

  Result<void> take(Table table, const store::Entry& entry) {
    switch (table) {
      case Table::kIpBans:
        return file_.banned_ips.load(entry.key, entry.value, now_);
      case Table::kBlockedPeers:
      case Table::kBlockedAddresses:
      case Table::kBlockedSubnets:
        return file_.blocks.load(table, entry.key, entry.value);
      default:
        break;
    }
    const auto peer = PeerId::parse(entry.key);
    if (!peer) return reputation::errors::kRecordKey;
    return take(table, *peer, entry.value);
  }

  Result<void> take(Table table, const PeerId& peer, ByteView value) {
    if (table == Table::kScores) {
      OPW_TRY(of(peer).scores, reputation::parse_score_record(as_text(value)));
    } else if (table == Table::kMetadata) {
      OPW_TRY(of(peer).metadata, reputation::parse_peer_metadata(as_text(value)));
    } else if (table == Table::kPeerBans) {
      reputation::BanTable<PeerId> one(Table::kPeerBans, 1, nullptr);
      OPW_TRYV(one.load(peer.bytes(), value, now_));
      if (auto ban = one.find(peer, now_)) of(peer).ban = std::move(*ban);
    } else {
      OPW_TRY(KnownPeer known, parse_known_peer(peer, value));
      std::erase_if(known.addresses, [this](const KnownPeer::Address& one) { return one.until <= now_; });
      of(peer).known = std::move(known);
    }
    return {};
  }

  PeerFile& file_;
  WallTime now_;
  std::map<PeerId, PeerEntry> peers_;
};

}  // namespace

PeerFile::PeerFile() : banned_ips(Table::kIpBans, reputation::BanBookOptions().max_ips, nullptr) {}

Result<std::unique_ptr<PeerFile>, std::string> read_peer_file(const std::filesystem::path& file, WallTime now) {
  auto contents = store::read_snapshot(peer_books_database(file));
  if (!contents) return contents.error().text;
  auto read = std::make_unique<PeerFile>();
  Reader reader(*read, now);
  for (store::TableId id = 0; id < contents->size(); ++id) reader.take(static_cast<Table>(id), (*contents)[id]);
  reader.finish();
  return read;
}

}  // namespace opwire::node
