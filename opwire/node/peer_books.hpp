// How peers behaved, who is banned, what the operator blocks, what their node records said and where they are, with the
// file that keeps it over restarts. Memory is the truth: it is read once, at the start, and what changes is written
// every ten seconds, on the store thread.
//
// Versions of the file: 1 had no metadata and no known peers. An older one becomes this version when it is opened; a
// newer one is refused.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>

#include "opwire/base/log.hpp"
#include "opwire/discv5/node_record.hpp"
#include "opwire/node/known_peers.hpp"
#include "opwire/node/peer_entry.hpp"
#include "opwire/opstack/reputation/ban_book.hpp"
#include "opwire/opstack/reputation/block_list.hpp"
#include "opwire/opstack/reputation/metadata_book.hpp"
#include "opwire/opstack/reputation/score_book.hpp"
#include "opwire/runtime/scope.hpp"
#include "opwire/store/database.hpp"

namespace opwire::node {

/// Where our file stands for op-node's --p2p.peerstore.path: beside its folder with a LevelDB, which is never touched.
std::filesystem::path peer_books_file(std::string_view peerstore_path);

inline constexpr std::uint32_t kPeerBooksVersion = 2;

/// How many of each are kept.
struct PeerBooksSize {
  PeerBooksSize() = default;
  std::size_t scores = opstack::reputation::ScoreBookOptions().max_peers;
  opstack::reputation::BanBookOptions bans;
  opstack::reputation::BlockListOptions blocks;
  std::size_t metadata = opstack::reputation::MetadataBookOptions().max_peers;
  std::size_t known = 4096;  ///< as many as a peerstore remembers
  std::uint64_t bytes = std::uint64_t{128} << 20;
};

/// The file as the database library sees it: its tables are in the order of reputation::Table.
store::DatabaseOptions peer_books_database(std::filesystem::path file, const PeerBooksSize& size = PeerBooksSize());

class PeerBooks {
 public:
  static constexpr auto kWriteEvery = std::chrono::seconds(10);
  static constexpr auto kCleanEvery = std::chrono::minutes(1);
  static constexpr auto kRefreshEvery = std::chrono::minutes(5);  ///< addresses of who is connected

  /// retention: of scores; zero: none are kept. loop outlives it.
  PeerBooks(Loop& loop, Duration retention, const PeerBooksSize& size = PeerBooksSize());

  /// Reads the file, the known peers into peerstore, and keeps it up to date from now on. Records that cannot be read
  /// are left out, and a line says how many. network: null where nobody connects (commands). They outlive close().
  /// Once. Errors: a line for the user.
  Task<Result<void, std::string>> open(WorkerPool& store_thread, std::filesystem::path file, bool reset_damaged,
                                       PeerStore& peerstore, Network* network);
  /// Without a file: forgets what is over, and writes nothing. Instead of open().
  void begin();
  /// Writes what waits and closes the file.
  Task<void> close();
  /// Writes what waits. Errors: the database's; kClosed without a file.
  Task<Result<void>> write();

  /// Found by discovery.
  void on_record(const PeerId& peer, const discv5::NodeRecord& record);
  /// Adds to what is known whatever is newer; connects and disconnects nobody. Errors: kBlocksFull, and then the rest
  /// was taken.
  Result<void> import(const PeerEntry& entry);

  /// The gossip score that a peer left with is nothing any more, where it was below zero.
  void forgive(const PeerId& peer);

  opstack::reputation::ScoreBook& scores() noexcept { return scores_; }
  opstack::reputation::BanBook& bans() noexcept { return bans_; }
  opstack::reputation::BlockList& blocks() noexcept { return blocks_; }
  opstack::reputation::MetadataBook& metadata() noexcept { return metadata_; }
  const KnownPeers& known() const noexcept { return known_; }
  const opstack::reputation::Journal& journal() const noexcept { return journal_; }

 private:
  Task<Result<void>> load_all();
  /// A table into fetched_.
  Task<void> fetch(store::TableId table);
  /// What was fetched, and cannot be read, goes into bad. How many.
  Task<std::size_t> load_table(opstack::reputation::Table table, store::Batch& bad);
  Result<void> load_entry(opstack::reputation::Table table, const store::Entry& entry);
  Task<void> run();
  void clean();

  Loop& loop_;
  const PeerBooksSize size_;
  opstack::reputation::Journal journal_;
  opstack::reputation::ScoreBook scores_;
  opstack::reputation::BanBook bans_;
  opstack::reputation::BlockList blocks_;
  opstack::reputation::MetadataBook metadata_;
  KnownPeers known_;
  std::unique_ptr<store::Database> database_;
  std::optional<Result<store::Contents>> fetched_;  // while it is loaded
  store::Contents loading_;
  TimePoint next_refresh_{};
  log::Limit complaints_;
  Scope tasks_;
};

}  // namespace opwire::node
