// Whole files, and "-" for standard input.
#pragma once

#include <filesystem>
#include <string>

#include "opwire/base/bytes.hpp"
#include "opwire/base/result.hpp"

namespace opwire::cli {

/// At most limit bytes. The error names the file and the reason.
Result<Bytes, std::string> read_input(const std::string& path, std::size_t limit);

/// Gone at the end with all that is in it.
class TemporaryFolder {
 public:
  /// Aborts where there is no place for it.
  TemporaryFolder();
  ~TemporaryFolder();
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  const std::filesystem::path& path() const noexcept { return path_; }

 private:
  std::filesystem::path path_;
};

}  // namespace opwire::cli
