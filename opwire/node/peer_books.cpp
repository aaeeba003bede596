#include "opwire/node/peer_books.hpp"

#include <utility>

namespace opwire::node {
namespace {

namespace reputation = opstack::reputation;
using reputation::Table;

constexpr log::Logger kLog{"peers"};
constexpr std::size_t kWrittenTogether = 1024;
constexpr std::size_t kCleanedTogether = 1000;

// In the order of reputation::Table.
std::vector<store::TableOptions> tables() {
  const reputation::BlockListOptions blocks;
  const reputation::BanBookOptions bans;
  std::vector<store::TableOptions> all;
  all.emplace_back("peers.scores", reputation::ScoreBookOptions().max_peers);
  all.emplace_back("peers.bans", bans.max_peers);
  all.emplace_back("ips.bans", bans.max_ips);
  all.emplace_back("peers.blocked", blocks.max_peers);
  all.emplace_back("ips.blocked", blocks.max_addresses);
  all.emplace_back("subnets.blocked", blocks.max_subnets);
  return all;
}

reputation::ScoreBookOptions score_options(Duration retention) {
  reputation::ScoreBookOptions options;
  options.retention = retention;
  return options;
}

}  // namespace

std::filesystem::path peer_books_file(std::string_view peerstore_path) {
  while (peerstore_path.size() > 1 && peerstore_path.ends_with('/')) peerstore_path.remove_suffix(1);
  return std::filesystem::path(std::string(peerstore_path) + ".opwire");
}

PeerBooks::PeerBooks(Loop& loop, Duration retention)
    : loop_(loop),
      scores_(score_options(retention), &journal_),
      bans_({}, &journal_),
      blocks_({}, &journal_),
      tasks_(loop) {}

Task<Result<void, std::string>> PeerBooks::open(WorkerPool& store_thread, std::filesystem::path file,
                                                bool reset_damaged) {
  store::DatabaseOptions options(std::move(file));
  options.tables = tables();
  options.size_cap = std::uint64_t{128} << 20;
  options.reset_damaged = reset_damaged;
  options.reset_flag = "--p2p.peerstore.reset-damaged";
  auto opened = co_await store::Database::open(loop_, store_thread, std::move(options));
  if (!opened) co_return "--p2p.peerstore.path: " + opened.error().text;
  database_ = std::move(*opened);
  const Result<void> loaded = co_await load();
  if (!loaded) co_return "--p2p.peerstore.path: " + loaded.error().message();
  tasks_.spawn(run());
  co_return Result<void, std::string>();
}

Task<Result<void>> PeerBooks::load() {
  store::Batch bad;
  std::size_t left_out = 0;
  for (store::TableId id = 0; id < reputation::kTables; ++id) {
    OPW_CO_TRY(const store::Contents contents, co_await database_->scan(id));
    for (const Bytes& key : contents.damaged) bad.erase(id, key), ++left_out;
    for (const store::Entry& entry : contents.entries) {
      const auto taken = load(static_cast<Table>(id), entry);
      if (!taken) bad.erase(id, entry.key), ++left_out;
    }
  }
  kLog.info("what is known of peers", {{"scores", scores_.size()},
                                       {"bans", bans_.peers.size() + bans_.ips.size()},
                                       {"blocked_peers", blocks_.peers().size()}});
  if (left_out == 0) co_return Result<void>();
  kLog.warn("records of peers cannot be read, and are dropped", {{"records", left_out}});
  OPW_CO_TRYV(co_await database_->write(std::move(bad)));
  co_return Result<void>();
}

Result<void> PeerBooks::load(Table table, const store::Entry& entry) {
  const WallTime now = loop_.wall_now();
  switch (table) {
    case Table::kScores:
      return scores_.load(entry.key, entry.value, now);
    case Table::kPeerBans:
      return bans_.peers.load(entry.key, entry.value, now);
    case Table::kIpBans:
      return bans_.ips.load(entry.key, entry.value, now);
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
    const Result<void> written = co_await write();
    if (!written && complaints_.admit(loop_.now())) {
      kLog.warn("what is known of peers is not written; it is tried again", {{"error", written.error()}});
    }
  }
}

Task<Result<void>> PeerBooks::write() {
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
}

Task<void> PeerBooks::close() {
  tasks_.cancel();
  co_await tasks_.join();
  if (!database_) co_return;
  const Result<void> written = co_await write();
  if (!written) kLog.warn("the last changes about peers are not written", {{"error", written.error()}});
  co_await database_->close();
}

}  // namespace opwire::node
