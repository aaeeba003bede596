#include "opwire/store/archive_open.hpp"

#include "opwire/store/errors.hpp"
#include "opwire/store/opening.hpp"
#include "opwire/store/page_check.hpp"

namespace opwire::store {
namespace {

Result<std::unique_ptr<ArchiveFile>> open_checked(const PayloadArchiveOptions& options, ChainId& found) {
  const std::uint64_t max_bytes = options.bounds.max_bytes;
  OPW_TRYV(check_frame(options.file, ArchiveFile::map_size(options.file, max_bytes)));
  OPW_TRY(auto file, ArchiveFile::open(options.file, ArchiveFile::Mode::kWriter, max_bytes));
  found = file->chain();
  if (found != options.chain) return Error(errors::kWrongChain);
  return file;
}

// It belongs to one file. A process that still reads the file that was here before keeps its own, or LMDB would take
// the number of the last transaction from the wrong one.
void remove_table_of_readers(const std::filesystem::path& file) {
  std::error_code ignored;
  std::filesystem::remove(beside(file, "-lock"), ignored);
}

std::string chains(ChainId found, ChainId wanted) {
  return "it holds chain " + std::to_string(found.value) + ", and this node is on chain " +
         std::to_string(wanted.value) + ": give it a file of its own";
}

}  // namespace

Result<std::unique_ptr<ArchiveFile>, OpenError> open_archive(const PayloadArchiveOptions& options, WallTime now) {
  std::unique_ptr<ArchiveFile> file;
  ChainId found;
  Opening opening{options.file, options.reset_damaged, options.reset_flag, {}, {}};
  opening.create = [&](const std::filesystem::path& path) {
    remove_table_of_readers(options.file);
    return ArchiveFile::create(path, options.chain);
  };
  opening.open = [&]() -> Result<void> {
    OPW_TRY(file, open_checked(options, found));
    return {};
  };
  Result<FileLock, OpenError> lock = open_under_lock(opening, now);
  if (!lock && lock.error().error.is(errors::kWrongChain)) {
    return open_error(options.file, lock.error().error, chains(found, options.chain));
  }
  if (!lock) return lock.error();
  file->hold(std::move(*lock));
  return file;
}

Result<std::unique_ptr<ArchiveFile>, OpenError> open_archive_to_read(const std::filesystem::path& path) {
  // A writer may be at work: then pages change under the check, which holds if it holds once.
  constexpr int kTries = 20;
  // Before LMDB makes a table of readers for nothing.
  Result<void> checked = check_frame(path, 0);
  for (int i = 1; i < kTries && !checked && checked.error().is(errors::kDamaged); ++i) checked = check_frame(path, 0);
  if (!checked) return open_error(path, checked.error(), {});
  auto file = ArchiveFile::open(path, ArchiveFile::Mode::kReader, 0);
  if (!file) return open_error(path, file.error(), {});
  return std::move(*file);
}

}  // namespace opwire::store
