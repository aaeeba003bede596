#include "opwire/store/file_lock.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>

#include <cerrno>

#include "opwire/store/errors.hpp"

namespace opwire::store {

Result<FileLock> FileLock::take(const std::filesystem::path& lock_file) {
  FileDescriptor file(::open(lock_file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NONBLOCK, S_IRUSR | S_IWUSR));
  if (!file) return Error(errors::kCannotOpen, "lock", errno);
  if (::flock(file.get(), LOCK_EX | LOCK_NB) != 0) {
    if (errno == EWOULDBLOCK) return Error(errors::kBusy);
    return Error(errors::kCannotOpen, "lock", errno);
  }
  return FileLock(std::move(file));
}

}  // namespace opwire::store
