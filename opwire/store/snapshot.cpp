#include "opwire/store/snapshot.hpp"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "opwire/base/file_descriptor.hpp"
#include "opwire/store/errors.hpp"
#include "opwire/store/lmdb_file.hpp"
#include "opwire/store/opening.hpp"
#include "opwire/store/page_check.hpp"
#include "opwire/store/page_format.hpp"

namespace opwire::store {
namespace {

using std::filesystem::path;

constexpr int kTries = 20;
constexpr std::size_t kChunk = 1 << 20;

Error cannot_open(const char* what) noexcept {
  return Error(errors::kCannotOpen, what, errno);
}

Result<std::uint64_t> transaction_at(int fd, std::uint64_t offset, std::uint64_t& page_size) {
  ByteArray<page::kHeaderSize + page::kMetaSize> bytes;
  if (::pread(fd, bytes.data(), bytes.size(), static_cast<off_t>(offset)) != static_cast<ssize_t>(bytes.size())) {
    return Error(errors::kDamaged, "shorter than it was");
  }
  const page::Meta meta(bytes.data() + page::kHeaderSize);
  if (meta.magic != page::kMagic) return Error(errors::kDamaged, "magic number");
  page_size = meta.free.pad;
  return meta.transaction;
}

/// Of the last one that was committed.
Result<std::uint64_t> newest_transaction(int fd) {
  std::uint64_t page_size = 0;
  OPW_TRY(const std::uint64_t first, transaction_at(fd, 0, page_size));
  if (page_size < 512 || page_size > 32768) return Error(errors::kDamaged, "size of pages");
  OPW_TRY(const std::uint64_t second, transaction_at(fd, page_size, page_size));
  return std::max(first, second);
}

Result<void> copy_bytes(int from, int to) {
  Bytes chunk(kChunk);
  for (off_t offset = 0;;) {
    const ssize_t got = ::pread(from, chunk.data(), chunk.size(), offset);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return cannot_open("read");
    if (got == 0) return {};
    if (::pwrite(to, chunk.data(), static_cast<std::size_t>(got), offset) != got) return cannot_open("copy");
    offset += got;
  }
}

/// The writer gives a page that the transaction N freed to N+2 at the earliest. So what belongs to the last one that
/// was committed when the copy began is whole as long as not more than one was committed meanwhile.
Result<FileDescriptor> copy_of(const path& file, std::uint64_t max_size) {
  const FileDescriptor source(::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  struct stat status{};
  if (!source || ::fstat(source.get(), &status) != 0) return cannot_open("open");
  if (!S_ISREG(status.st_mode)) return Error(errors::kCannotOpen, "not a regular file");
  if (static_cast<std::uint64_t>(status.st_size) > max_size) return Error(errors::kDamaged, "larger than any of ours");
  FileDescriptor copy(::memfd_create("opwire-snapshot", MFD_CLOEXEC));
  if (!copy) return cannot_open("memory");
  OPW_TRY(const std::uint64_t before, newest_transaction(source.get()));
  OPW_TRYV(copy_bytes(source.get(), copy.get()));
  OPW_TRY(const std::uint64_t after, newest_transaction(source.get()));
  if (after > before + 1) return Error(errors::kBusy);
  return copy;
}

Result<std::vector<Contents>> read(const DatabaseOptions& options) {
  const std::uint64_t map_size = LmdbFile::map_size(options);
  OPW_TRY(const FileDescriptor copy, copy_of(options.path, map_size));
  const path name = "/proc/self/fd/" + std::to_string(copy.get());
  OPW_TRYV(check_pages(name, map_size));
  OPW_TRY(const std::unique_ptr<LmdbFile> file, LmdbFile::open_to_read(name, options));
  std::vector<Contents> all;
  for (TableId id = 0; id < options.tables.size(); ++id) {
    OPW_TRY(Contents contents, file->scan(id));
    all.push_back(std::move(contents));
  }
  return all;
}

// What a writer may cause, and what will be gone at the next try.
bool is_passing(const Error& error) {
  return error.is(errors::kBusy) || error.is(errors::kDamaged);
}

}  // namespace

Result<std::vector<Contents>, OpenError> read_snapshot(const DatabaseOptions& options) {
  auto contents = read(options);
  for (int i = 1; i < kTries && !contents && is_passing(contents.error()); ++i) contents = read(options);
  if (contents) return std::move(*contents);
  return open_error(options.path, contents.error(), {});
}

}  // namespace opwire::store
