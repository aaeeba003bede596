// Known nodes on the disk. Memory holds only what waits to be written: changes of one node replace each other, and all
// go to the disk together, ten seconds after the first of them or when 256 wait.
#pragma once

#include <memory>
#include <optional>
#include <unordered_map>

#include "opwire/base/log.hpp"
#include "opwire/discv5/node_store.hpp"
#include "opwire/runtime/scope.hpp"
#include "opwire/store/database.hpp"
#include "opwire/store/node_rules.hpp"
#include "opwire/store/turns.hpp"

namespace opwire::store {

/// Where our file stands for op-node's --p2p.discovery.path: beside what op-node keeps there (a folder with a LevelDB),
/// which is never touched.
std::filesystem::path node_database_file(std::string_view discovery_path);

struct NodeDatabaseOptions {
  explicit NodeDatabaseOptions(std::filesystem::path path) : file(std::move(path)) {}
  std::filesystem::path file;
  bool reset_damaged = false;  ///< as in DatabaseOptions
  std::string reset_flag = "--p2p.discovery.reset-damaged";
  std::size_t max_nodes = kMaxNodes;
};

class NodeDatabase final : public discv5::NodeStore {
 public:
  static constexpr auto kWriteAfter = std::chrono::seconds(10);
  static constexpr std::size_t kWriteAt = 256;
  /// Changes that wait while the disk does not take them. Further nodes are not remembered.
  static constexpr std::size_t kMaxWaiting = 4096;

  /// loop and store_thread outlive it; store_thread: as in Database. Errors: Database::open()'s.
  static Task<Result<std::unique_ptr<NodeDatabase>, OpenError>> open(Loop& loop, WorkerPool& store_thread,
                                                                     NodeDatabaseOptions options);
  NodeDatabase(const NodeDatabase&) = delete;
  NodeDatabase& operator=(const NodeDatabase&) = delete;

  void put(const discv5::KnownNode& node) override;
  void forget(const discv5::NodeId& id) override;
  /// Signatures are verified on the store thread.
  Task<Result<std::vector<discv5::KnownNode>>> load() override;
  /// What is not written stays and is tried again.
  Task<Result<void>> flush() override;

  /// Writes what waits and closes the file. Before it is destroyed; nothing else is under way.
  Task<void> close();

 private:
  NodeDatabase(Loop& loop, WorkerPool& store_thread, std::unique_ptr<Database> database);
  using Changes = std::unordered_map<discv5::NodeId, std::optional<discv5::KnownNode>>;  // none: forget

  void change(const discv5::NodeId& id, std::optional<discv5::KnownNode> node);
  Task<void> run();
  Task<Result<void>> write(const Changes& changes);
  Task<void> erase(const std::vector<Bytes>& keys);

  Loop& loop_;
  WorkerPool& store_thread_;
  std::unique_ptr<Database> database_;
  Changes waiting_;
  Turns turns_;  // one at a time reads or writes the table
  Event changed_;
  log::Limit complaints_;
  Scope scope_;
};

}  // namespace opwire::store
