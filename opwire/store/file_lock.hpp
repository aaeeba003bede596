// Only one process has a file.
#pragma once

#include <filesystem>

#include "opwire/base/file_descriptor.hpp"
#include "opwire/base/result.hpp"

namespace opwire::store {

/// Held until destroyed, or until the process ends in any way. It stands on a file beside the one that it is about,
/// which stays: so that one may be renamed and begun anew under the lock.
class FileLock {
 public:
  /// Makes the lock's file where it is missing. Errors: kBusy, kCannotOpen.
  static Result<FileLock> take(const std::filesystem::path& lock_file);

 private:
  explicit FileLock(FileDescriptor file) noexcept : file_(std::move(file)) {}
  FileDescriptor file_;
};

}  // namespace opwire::store
