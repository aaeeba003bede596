#include "opwire/store/opening.hpp"

#include <fcntl.h>
#include <sys/stat.h>

#include <cerrno>

#include "opwire/base/file_descriptor.hpp"
#include "opwire/base/log.hpp"
#include "opwire/store/errors.hpp"

namespace opwire::store {
namespace {

using std::filesystem::path;

constexpr log::Logger kLog{"store"};

Error cannot_open(const char* what, int code) noexcept {
  return Error(errors::kCannotOpen, what, code);
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
Result<void> create(const Opening& opening) {
  const path made = beside(opening.path, ".new");
  if (::unlink(made.c_str()) != 0 && errno != ENOENT) return cannot_open("new file", errno);
  OPW_TRYV(opening.create(made));
  if (::rename(made.c_str(), opening.path.c_str()) != 0) return cannot_open("new file", errno);
  return sync_folder(folder_of(opening.path));
}

Result<void> open_or_create(const Opening& opening) {
  OPW_TRY(const bool missing, is_missing(opening.path));
  if (missing) OPW_TRYV(create(opening));
  return opening.open();
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

Result<FileLock> open_locked(const Opening& opening, WallTime now) {
  std::error_code code;
  std::filesystem::create_directories(folder_of(opening.path), code);
  if (code) return cannot_open("folder", code.value());
  OPW_TRY(FileLock lock, FileLock::take(beside(opening.path, ".lock")));
  Result<void> opened = open_or_create(opening);
  if (!opened && opened.error().is(errors::kDamaged) && opening.reset_damaged) {
    kLog.warn("database does not open", {{"file", opening.path.string()}, {"error", opened.error()}});
    OPW_TRYV(set_aside(opening.path, now));
    opened = open_or_create(opening);
  }
  OPW_TRYV(std::move(opened));
  return lock;
}

std::string advice(const Error& error, const Opening& opening) {
  if (error.is(errors::kBusy)) return "another process has it open";
  if (error.is(errors::kDamaged)) return opening.reset_flag + " sets it aside and begins a new one";
  return {};
}

}  // namespace

path beside(const path& file, std::string_view ending) {
  path other = file;
  return other += ending;
}

OpenError open_error(const path& file, const Error& error, const std::string& advice) {
  std::string text = file.string() + ": " + error.message();
  if (!advice.empty()) text += ": " + advice;
  return OpenError{error, std::move(text)};
}

Result<FileLock, OpenError> open_under_lock(const Opening& opening, WallTime now) {
  Result<FileLock> lock = open_locked(opening, now);
  if (lock) return std::move(*lock);
  return open_error(opening.path, lock.error(), advice(lock.error(), opening));
}

}  // namespace opwire::store
