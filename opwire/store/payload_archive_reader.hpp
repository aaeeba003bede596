// An archive, read by another process than the one that writes it, which need not run. Calls block.
//
// Each call sees the archive as it is at that moment. visit() goes on in steps, each in a snapshot of its own that ends
// before the visitor is called: so however long it takes, the writer's file does not grow for it, and what is written
// or erased meanwhile may or may not be met. Nothing of the archive changes; LMDB's table of readers beside it does, so
// the process must be allowed to write there: it is of the writer's own user.
#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "opwire/store/database.hpp"
#include "opwire/store/payload_archive_types.hpp"

namespace opwire::store {

class ArchiveFile;

class PayloadArchiveReader {
 public:
  /// Not in a process that has the archive open already. Errors: kCannotOpen (also when it is not there), kDamaged,
  /// kNewerFormat.
  static Result<std::unique_ptr<PayloadArchiveReader>, OpenError> open(const std::filesystem::path& file);
  ~PayloadArchiveReader();
  PayloadArchiveReader(const PayloadArchiveReader&) = delete;
  PayloadArchiveReader& operator=(const PayloadArchiveReader&) = delete;

  ChainId chain() const noexcept;
  Result<ArchiveExtent> extent();
  /// As PayloadArchive's. Errors: kBadValue (its record is damaged), kFailed.
  Result<std::optional<ArchivedPayload>> by_number(BlockNumber number);
  Result<std::vector<ArchivedPayload>> all_by_number(BlockNumber number);
  Result<std::optional<ArchivedPayload>> by_hash(const Hash256& hash);

  /// False: enough. An entry's payload is an error where its record is damaged.
  using Visitor = std::function<bool(const ArchiveEntry&)>;
  /// From and to, both included, in the order of numbers. How many were visited. Errors: kFailed.
  Result<std::uint64_t> visit(BlockNumber from, BlockNumber to, const Visitor& visitor);

 private:
  explicit PayloadArchiveReader(std::unique_ptr<ArchiveFile> file);
  std::unique_ptr<ArchiveFile> file_;
};

}  // namespace opwire::store
