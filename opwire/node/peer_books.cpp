#include "opwire/node/peer_books.hpp"

#include <algorithm>
#include <utility>

#include "opwire/opstack/discovery/chain_entry.hpp"

namespace opwire::node {
namespace {

namespace reputation = opstack::reputation;
using reputation::Table;

constexpr log::Logger kLog{"peers"};
constexpr std::size_t kWrittenTogether = 1024;
constexpr std::size_t kCleanedTogether = 1000;
constexpr std::size_t kLoadedTogether = 1000;

reputation::ScoreBookOptions score_options(Duration retention, const PeerBooksSize& size) {
  reputation::ScoreBookOptions options;
  options.retention = retention;
  options.max_peers = size.scores;
  return options;
}

}  // namespace

std::filesystem::path peer_books_file(std::string_view peerstore_path) {
  while (peerstore_path.size() > 1 && peerstore_path.ends_with('/')) peerstore_path.remove_suffix(1);
  return std::filesystem::path(std::string(peerstore_path) + ".opwire");
}

store::DatabaseOptions peer_books_database(std::filesystem::path file, const PeerBooksSize& size) {
  store::DatabaseOptions options(std::move(file));
  const std::pair<const char*, std::size_t> tables[reputation::kTables] = {
      {"peers.scores", size.scores},
      {"peers.bans", size.bans.max_peers},
      {"ips.bans", size.bans.max_ips},
      {"peers.blocked", size.blocks.max_peers},
      {"ips.blocked", size.blocks.max_addresses},
      {"subnets.blocked", size.blocks.max_subnets},
      {"peers.metadata", size.metadata},
      {"peers.known", size.known},
  };
  for (const auto& [name, entries] : tables) options.tables.emplace_back(name, entries);
  options.version = kPeerBooksVersion;
  options.size_cap = size.bytes;
  return options;
}

PeerBooks::PeerBooks(Loop& loop, Duration retention, const PeerBooksSize& size)
    : loop_(loop),
      size_(size),
      scores_(score_options(retention, size), &journal_),
      bans_(size.bans, &journal_),
      blocks_(size.blocks, &journal_),
      metadata_({size.metadata}, &journal_),
      known_(loop, journal_),
      tasks_(loop) {}

Task<Result<void, std::string>> PeerBooks::open(WorkerPool& store_thread, std::filesystem::path file,
                                                bool reset_damaged, PeerStore& peerstore, Network* network) {
  store::DatabaseOptions options = peer_books_database(std::move(file), size_);
  options.reset_damaged = reset_damaged;
  options.reset_flag = "--p2p.peerstore.reset-damaged";
  auto opened = co_await store::Database::open(loop_, store_thread, std::move(options));
  if (!opened) co_return "--p2p.peerstore.path: " + opened.error().text;
  database_ = std::move(*opened);
  known_.attach(peerstore, network);
  const Result<void> loaded = co_await load_all();
  if (!loaded) co_return "--p2p.peerstore.path: " + loaded.error().message();
  next_refresh_ = loop_.now() + kRefreshEvery;
  tasks_.spawn(run());
  co_return Result<void, std::string>();
}

void PeerBooks::begin() {
  tasks_.spawn(run());
}

void PeerBooks::forgive(const PeerId& peer) {
  const WallTime now = loop_.wall_now();
  reputation::GossipScores gossip = scores_.get(peer, now).gossip;
  if (gossip.total >= 0) return;
  gossip.total = 0;
  scores_.set_gossip(peer, gossip, now);
}

Task<Result<void>> PeerBooks::load_all() {
  store::Batch bad;
  std::size_t left_out = 0;
  // The store thread reads the next table meanwhile.
  Scope fetching(loop_);
  fetching.spawn(fetch(0));
  for (store::TableId id = 0; id < reputation::kTables; ++id) {
    co_await fetching.join();
    OPW_CO_TRY(loading_, std::move(*fetched_));
    if (id + 1 < reputation::kTables) fetching.spawn(fetch(id + 1));
    const std::size_t bad_ones = co_await load_table(static_cast<Table>(id), bad);
    left_out += bad_ones;
  }
  loading_ = store::Contents();
  kLog.info("what is known of peers", {{"scores", scores_.size()},
                                       {"bans", bans_.peers.size() + bans_.ips.size()},
                                       {"blocked_peers", blocks_.peers().size()},
                                       {"known", known_.size()}});
  if (left_out > 0) kLog.warn("records of peers cannot be read, and are dropped", {{"records", left_out}});
  // Version 2 has tables more than version 1, and nothing else.
  if (database_->version() < kPeerBooksVersion) bad.set_version(kPeerBooksVersion);
  if (bad.empty()) co_return Result<void>();
  OPW_CO_TRYV(co_await database_->write(std::move(bad)));
  co_return Result<void>();
}

Task<void> PeerBooks::fetch(store::TableId table) {
  Result<store::Contents> contents = co_await database_->scan(table);
  fetched_.emplace(std::move(contents));
}

Task<std::size_t> PeerBooks::load_table(Table table, store::Batch& bad) {
  store::Contents& contents = loading_;
  const auto id = static_cast<store::TableId>(table);
  for (const Bytes& key : contents.damaged) bad.erase(id, key);
  std::size_t left_out = contents.damaged.size();
  if (table == Table::kScores) scores_.reserve(contents.entries.size());
  if (table == Table::kPeerBans) bans_.peers.reserve(contents.entries.size());
  // Where there is room for less than the disk has, the newest are to stay.
  if (table == Table::kKnownPeers) std::ranges::sort(contents.entries, {}, &store::Entry::rank);
  for (std::size_t i = 0; i < contents.entries.size(); ++i) {
    // Others have their turn.
    if (i % kLoadedTogether == 0) (void)co_await sleep_for(loop_, Duration::zero());
    const store::Entry& entry = contents.entries[i];
    const auto taken = load_entry(table, entry);
    if (!taken) bad.erase(id, entry.key), ++left_out;
  }
  co_return left_out;
}

Result<void> PeerBooks::load_entry(Table table, const store::Entry& entry) {
  const WallTime now = loop_.wall_now();
  switch (table) {
    case Table::kScores:
      return scores_.load(entry.key, entry.value, now);
    case Table::kPeerBans:
      return bans_.peers.load(entry.key, entry.value, now);
    case Table::kIpBans:
      return bans_.ips.load(entry.key, entry.value, now);
    case Table::kMetadata:
      return metadata_.load(entry.key, entry.value, now);
    case Table::kKnownPeers:
      return known_.load(entry.key, entry.value);
    default:
      return blocks_.load(table, entry.key, entry.value);
  }
}

Task<void> PeerBooks::run() {
  TimePoint next_clean = loop_.now() + kCleanEvery;
  while (true) {
    const bool slept = co_await sleep_for(loop_, kWriteEvery);
    if (!slept) co_return;
    if (loop_.now() >= next_clean) {
      next_clean = loop_.now() + kCleanEvery;
      clean();
    }
    if (!database_) {
      journal_.forget();
      continue;
    }
    const Result<void> written = co_await write();
    if (!written && complaints_.admit(loop_.now())) {
      kLog.warn("what is known of peers is not written; it is tried again", {{"error", written.error()}});
    }
  }
}

Task<Result<void>> PeerBooks::write() {
  if (!database_) co_return opwire::errors::kClosed;
  while (journal_.waiting() > 0) {
    std::vector<reputation::Change> changes = journal_.take_changes(kWrittenTogether);
    store::Batch batch;
    for (const reputation::Change& change : changes) {
      const auto table = static_cast<store::TableId>(change.table);
      if (change.now) {
        batch.put(table, change.key, change.now->rank, change.now->value);
      } else {
        batch.erase(table, change.key);
      }
    }
    const auto written = co_await database_->write(std::move(batch));
    if (written) continue;
    for (const reputation::Change& change : changes) journal_.note(change.table, change.key);
    co_return written.error();
  }
  co_return Result<void>();
}

void PeerBooks::clean() {
  const WallTime now = loop_.wall_now();
  scores_.gc(now, kCleanedTogether);
  bans_.peers.gc(now, kCleanedTogether);
  bans_.ips.gc(now, kCleanedTogether);
  metadata_.gc(now, kCleanedTogether);
  known_.gc(kCleanedTogether);
  if (loop_.now() < next_refresh_) return;
  next_refresh_ = loop_.now() + kRefreshEvery;
  known_.refresh_connected();
}

void PeerBooks::on_record(const PeerId& peer, const discv5::NodeRecord& record) {
  const auto chain = opstack::chain_entry(record);
  if (chain) metadata_.set(peer, record.to_text(), chain->chain, loop_.wall_now());
}

Result<void> PeerBooks::import(const PeerEntry& entry) {
  const WallTime now = loop_.wall_now();
  if (entry.scores) scores_.import(entry.peer, *entry.scores, now);
  if (entry.metadata) {
    const auto ours = metadata_.find(entry.peer, now);
    const WallTime update = std::min(entry.metadata->last_update, now);
    const bool is_newer = !ours || ours->last_update <= update;
    if (is_newer) metadata_.set(entry.peer, entry.metadata->enr, entry.metadata->chain, update);
  }
  if (entry.known) known_.import(entry.peer, *entry.known);
  if (entry.ban) bans_.peers.import(entry.peer, *entry.ban, now);
  return entry.blocked ? blocks_.block_peer(entry.peer) : Result<void>();
}

Task<void> PeerBooks::close() {
  tasks_.cancel();
  co_await tasks_.join();
  if (!database_) co_return;
  known_.refresh_connected();
  const Result<void> written = co_await write();
  if (!written) kLog.warn("the last changes about peers are not written", {{"error", written.error()}});
  known_.detach();
  co_await database_->close();
}

}  // namespace opwire::node
