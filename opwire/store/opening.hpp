// From a path to an open file, for every kind of file here: the folders, the lock, the first file, and what happens to
// a damaged one.
#pragma once

#include <filesystem>
#include <functional>
#include <string>

#include "opwire/base/time.hpp"
#include "opwire/store/database.hpp"
#include "opwire/store/file_lock.hpp"

namespace opwire::store {

struct Opening {
  std::filesystem::path path;
  bool reset_damaged = false;
  std::string reset_flag;
  /// Writes a new, empty file at that path, which is not the one above: it gets its name when it is whole.
  std::function<Result<void>(const std::filesystem::path&)> create;
  /// Checks the file and opens it. Tried again on a new file where it says kDamaged and reset_damaged is set.
  std::function<Result<void>()> open;
};

/// Blocks. The lock on <path>.lock is for the caller to hold. now: for the name of a damaged file. Errors: kCannotOpen,
/// kBusy; those of create and open.
Result<FileLock, OpenError> open_under_lock(const Opening& opening, WallTime now);

/// "<path>: <what is wrong>", and what may be done.
OpenError open_error(const std::filesystem::path& path, const Error& error, const std::string& advice);

/// <path><ending>, in the same folder.
std::filesystem::path beside(const std::filesystem::path& path, std::string_view ending);

}  // namespace opwire::store
