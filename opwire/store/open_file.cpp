#include "opwire/store/open_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>

#include <cerrno>

#include "opwire/base/log.hpp"
#include "opwire/store/errors.hpp"
#include "opwire/store/lmdb_file.hpp"
#include "opwire/store/page_check.hpp"

namespace opwire::store {
namespace {

using std::filesystem::path;

constexpr log::Logger kLog{"store"};

Error cannot_open(const char* what, int code) noexcept {
  return Error(errors::kCannotOpen, what, code);
}

path beside(const path& file, std::string_view ending) {
  path other = file;
  return other += ending;
}

path folder_of(const path& file) {
  return file.has_parent_path() ? file.parent_path() : path(".");
}

// Nothing is there, or a file without a byte: nothing can be lost.
Result<bool> is_missing(const path& file) {
  struct stat status{};
  if (::stat(file.c_str(), &status) != 0) {
    if (errno == ENOENT) return true;
    return cannot_open(nullptr, errno);
  }
  if (S_ISDIR(status.st_mode)) return cannot_open(nullptr, EISDIR);
  if (!S_ISREG(status.st_mode)) return cannot_open("not a regular file", 0);
  return status.st_size == 0;
}

Result<void> sync_folder(const path& folder) {
  const FileDescriptor file(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!file || ::fsync(file.get()) != 0) return cannot_open("folder", errno);
  return {};
}

// Under another name at first: whatever ends us on the way, a file of this name is a whole one.
Result<void> create(const DatabaseOptions& options) {
  const path made = beside(options.path, ".new");
  if (::unlink(made.c_str()) != 0 && errno != ENOENT) return cannot_open("new file", errno);
  OPW_TRYV(LmdbFile::create(made, options));
  if (::rename(made.c_str(), options.path.c_str()) != 0) return cannot_open("new file", errno);
  return sync_folder(folder_of(options.path));
}

Result<std::unique_ptr<LmdbFile>> open_or_create(const DatabaseOptions& options) {
  OPW_TRY(const bool missing, is_missing(options.path));
  if (missing) OPW_TRYV(create(options));
  OPW_TRYV(check_pages(options.path, LmdbFile::map_size(options)));
  return LmdbFile::open(options.path, options);
}

Result<void> set_aside(const path& file, WallTime now) {
  const std::string ending = ".damaged-" + std::to_string(unix_seconds(now));
  path aside = beside(file, ending);
  struct stat status{};
  for (unsigned i = 2; ::lstat(aside.c_str(), &status) == 0; ++i)
    aside = beside(file, ending + "-" + std::to_string(i));
  if (::rename(file.c_str(), aside.c_str()) != 0) return cannot_open("rename", errno);
  kLog.warn("database was damaged: it is set aside, and a new one begun",
            {{"file", file.string()}, {"damaged", aside.string()}});
  return {};
}

Result<std::unique_ptr<LmdbFile>> open_locked(const DatabaseOptions& options, WallTime now) {
  std::error_code code;
  std::filesystem::create_directories(folder_of(options.path), code);
  if (code) return cannot_open("folder", code.value());
  OPW_TRY(FileLock lock, FileLock::take(beside(options.path, ".lock")));
  auto file = open_or_create(options);
  if (!file && file.error().is(errors::kDamaged) && options.reset_damaged) {
    kLog.warn("database does not open", {{"file", options.path.string()}, {"error", file.error()}});
    OPW_TRYV(set_aside(options.path, now));
    file = open_or_create(options);
  }
  if (file) (*file)->hold(std::move(lock));
  return file;
}

std::string advice(const Error& error, const DatabaseOptions& options) {
  if (error.is(errors::kBusy)) return "another process has it open";
  if (error.is(errors::kDamaged)) return options.reset_flag + " sets it aside and begins a new one";
  return {};
}

}  // namespace

Result<std::unique_ptr<LmdbFile>, OpenError> open_file(const DatabaseOptions& options, WallTime now) {
  auto file = open_locked(options, now);
  if (file) return std::move(*file);
  std::string text = options.path.string() + ": " + file.error().message();
  if (const std::string what = advice(file.error(), options); !what.empty()) text += ": " + what;
  return OpenError{file.error(), std::move(text)};
}

}  // namespace opwire::store
