#include "opwire/store/node_database.hpp"

#include <algorithm>
#include <utility>

#include "opwire/store/node_value.hpp"

namespace opwire::store {
namespace {

using discv5::KnownNode;
using discv5::NodeId;

constexpr log::Logger kLog{"store"};
constexpr TableId kNodes = 0;
// Signatures that are verified in one job: some 20 ms.
constexpr std::size_t kParsedTogether = 256;

struct Loaded {
  std::vector<KnownNode> nodes;
  std::vector<KnownNode> corrected;  // those of `nodes` that were of the future
  std::vector<Bytes> dropped;        // keys
};

// Nodes of entries[from, to): not those that do not hold, stand under another key, or are too old.
Loaded parse_some(const std::vector<Entry>& entries, std::size_t from, std::size_t to, WallTime now) {
  Loaded loaded;
  for (std::size_t i = from; i < to; ++i) {
    Result<KnownNode> node = parse_node(entries[i].value);
    const bool early = node && node->last_answer > now;
    if (!node || !equal(node->record->id().view(), entries[i].key) || !is_recent(*node, now)) {
      loaded.dropped.push_back(entries[i].key);
      continue;
    }
    if (early) loaded.corrected.push_back(*node);
    loaded.nodes.push_back(std::move(*node));
  }
  return loaded;
}

}  // namespace

std::filesystem::path node_database_file(std::string_view discovery_path) {
  while (discovery_path.size() > 1 && discovery_path.ends_with('/')) discovery_path.remove_suffix(1);
  return std::filesystem::path(std::string(discovery_path) + ".opwire");
}

NodeDatabase::NodeDatabase(Loop& loop, WorkerPool& store_thread, std::unique_ptr<Database> database)
    : loop_(loop),
      store_thread_(store_thread),
      database_(std::move(database)),
      turns_(loop),
      changed_(loop),
      scope_(loop) {
  scope_.spawn(run());
}

Task<Result<std::unique_ptr<NodeDatabase>, OpenError>> NodeDatabase::open(Loop& loop, WorkerPool& store_thread,
                                                                          NodeDatabaseOptions options) {
  DatabaseOptions file(options.file);
  file.tables.emplace_back("discv5.nodes", options.max_nodes);
  file.reset_damaged = options.reset_damaged;
  file.reset_flag = options.reset_flag;
  OPW_CO_TRY(std::unique_ptr<Database> database, co_await Database::open(loop, store_thread, std::move(file)));
  co_return std::unique_ptr<NodeDatabase>(new NodeDatabase(loop, store_thread, std::move(database)));
}

void NodeDatabase::put(const KnownNode& node) {
  change(node.record->id(), node);
}

void NodeDatabase::forget(const NodeId& id) {
  change(id, std::nullopt);
}

void NodeDatabase::change(const NodeId& id, std::optional<KnownNode> node) {
  const bool first = waiting_.empty();
  if (waiting_.size() >= kMaxWaiting && !waiting_.contains(id)) {
    if (complaints_.admit(loop_.now())) kLog.warn("nodes are not remembered: the disk does not keep up");
    return;
  }
  waiting_.insert_or_assign(id, std::move(node));
  if (first || waiting_.size() == kWriteAt) changed_.notify_all();
}

Task<void> NodeDatabase::run() {
  while (!scope_.cancelled()) {
    if (waiting_.empty()) {
      (void)co_await changed_.wait();
      continue;
    }
    const TimePoint deadline = loop_.now() + kWriteAfter;
    while (waiting_.size() < kWriteAt && co_await changed_.wait_until(deadline) == Wake::kNotified) {
    }
    if (scope_.cancelled()) co_return;
    const Result<void> flushed = co_await flush();
    if (flushed) continue;
    if (complaints_.admit(loop_.now())) kLog.warn("known nodes are not written", {{"error", flushed.error()}});
    (void)co_await sleep_for(loop_, kWriteAfter);
  }
}

Task<Result<void>> NodeDatabase::flush() {
  const Turns::Turn turn = co_await turns_.take();
  if (waiting_.empty()) co_return Result<void>();
  Changes changes = std::exchange(waiting_, {});
  const Result<void> written = co_await write(changes);
  // What was changed since is newer.
  if (!written) waiting_.merge(changes);
  co_return written;
}

Task<Result<void>> NodeDatabase::write(const Changes& changes) {
  Batch batch;
  for (const auto& [id, node] : changes) {
    if (node) {
      const std::uint64_t rank = unix_seconds(std::max(node->last_answer, WallTime{}));
      batch.put(kNodes, id.view(), rank, encode_node(*node));
    } else {
      batch.erase(kNodes, id.view());
    }
  }
  OPW_CO_TRY(const std::size_t gone, co_await database_->write(std::move(batch)));
  if (gone > 0) kLog.debug("old nodes made room for new ones", {{"nodes", gone}});
  co_return Result<void>();
}

Task<Result<std::vector<KnownNode>>> NodeDatabase::load() {
  OPW_CO_TRYV(co_await flush());
  // What is put meanwhile is written after this has erased what is too old.
  const Turns::Turn turn = co_await turns_.take();
  OPW_CO_TRY(Contents contents, co_await database_->scan(kNodes));
  const WallTime now = loop_.wall_now();
  std::vector<KnownNode> nodes;
  std::vector<Bytes> dropped = std::move(contents.damaged);
  for (std::size_t at = 0; at < contents.entries.size(); at += kParsedTogether) {
    const std::size_t end = std::min(at + kParsedTogether, contents.entries.size());
    const auto job = [&contents, at, end, now] { return parse_some(contents.entries, at, end, now); };
    OPW_CO_TRY(Loaded some, co_await store_thread_.run(loop_, job));
    // Left as they are, they would push out all others when the table is full.
    for (const KnownNode& node : some.corrected) {
      if (!waiting_.contains(node.record->id())) put(node);
    }
    std::move(some.nodes.begin(), some.nodes.end(), std::back_inserter(nodes));
    std::move(some.dropped.begin(), some.dropped.end(), std::back_inserter(dropped));
  }
  sort_newest_first(nodes);
  co_await erase(dropped);
  co_return nodes;
}

Task<void> NodeDatabase::erase(const std::vector<Bytes>& keys) {
  if (keys.empty()) co_return;
  Batch batch;
  for (const Bytes& key : keys) batch.erase(kNodes, key);
  const Result<std::size_t> written = co_await database_->write(std::move(batch));
  kLog.info("stored nodes are dropped: too old, or they do not hold", {{"nodes", keys.size()}});
  // They will be dropped again.
  if (!written) kLog.warn("dropped nodes are not erased", {{"error", written.error()}});
}

Task<void> NodeDatabase::close() {
  scope_.cancel();
  co_await scope_.join();
  const Result<void> flushed = co_await flush();
  if (!flushed) kLog.warn("known nodes are not written", {{"error", flushed.error()}});
  co_await database_->close();
}

}  // namespace opwire::store
