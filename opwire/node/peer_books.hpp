// How peers behaved, who is banned and what the operator blocks, with the file that keeps it over restarts. Memory is
// the truth: it is read once, at the start, and what changes is written every ten seconds, on the store thread.
#pragma once

#include <filesystem>
#include <memory>

#include "opwire/base/log.hpp"
#include "opwire/opstack/reputation/ban_book.hpp"
#include "opwire/opstack/reputation/block_list.hpp"
#include "opwire/opstack/reputation/score_book.hpp"
#include "opwire/runtime/scope.hpp"
#include "opwire/store/database.hpp"

namespace opwire::node {

/// Where our file stands for op-node's --p2p.peerstore.path: beside its folder with a LevelDB, which is never touched.
std::filesystem::path peer_books_file(std::string_view peerstore_path);

class PeerBooks {
 public:
  static constexpr auto kWriteEvery = std::chrono::seconds(10);
  static constexpr auto kCleanEvery = std::chrono::minutes(1);

  /// retention: of scores; zero: none are kept. loop outlives it.
  PeerBooks(Loop& loop, Duration retention);

  /// Reads the file and keeps it up to date from now on. Records that cannot be read are left out, and a line says how
  /// many. Once. Errors: a line for the user.
  Task<Result<void, std::string>> open(WorkerPool& store_thread, std::filesystem::path file, bool reset_damaged);
  /// Writes what waits and closes the file.
  Task<void> close();

  opstack::reputation::ScoreBook& scores() noexcept { return scores_; }
  opstack::reputation::BanBook& bans() noexcept { return bans_; }
  opstack::reputation::BlockList& blocks() noexcept { return blocks_; }
  const opstack::reputation::Journal& journal() const noexcept { return journal_; }

 private:
  Task<Result<void>> load();
  Result<void> load(opstack::reputation::Table table, const store::Entry& entry);
  Task<void> run();
  Task<Result<void>> write();
  void clean();

  Loop& loop_;
  opstack::reputation::Journal journal_;
  opstack::reputation::ScoreBook scores_;
  opstack::reputation::BanBook bans_;
  opstack::reputation::BlockList blocks_;
  std::unique_ptr<store::Database> database_;
  log::Limit complaints_;
  Scope tasks_;
};

}  // namespace opwire::node
