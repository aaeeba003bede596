#include "cli/files.hpp"

#include <stdlib.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>

#include "opwire/base/check.hpp"

namespace opwire::cli {

Result<Bytes, std::string> read_input(const std::string& path, std::size_t limit) {
  struct Close {
    void operator()(std::FILE* file) const {
      if (file != stdin) std::fclose(file);
    }
  };
  const std::unique_ptr<std::FILE, Close> file(path == "-" ? stdin : std::fopen(path.c_str(), "rb"));
  if (!file) return path + ": " + std::strerror(errno);
  Bytes content;
  ByteArray<64 * 1024> piece;
  while (const std::size_t size = std::fread(piece.data(), 1, piece.size(), file.get())) {
    if (size > limit - content.size()) return path + ": longer than " + std::to_string(limit) + " bytes";
    content.insert(content.end(), piece.begin(), piece.begin() + static_cast<std::ptrdiff_t>(size));
  }
  if (std::ferror(file.get()) != 0) return path + ": " + std::strerror(errno);
  return content;
}

TemporaryFolder::TemporaryFolder() {
  std::string name = (std::filesystem::temp_directory_path() / "opwire-XXXXXX").string();
  OPW_CHECK(::mkdtemp(name.data()) != nullptr);
  path_ = name;
}

TemporaryFolder::~TemporaryFolder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

}  // namespace opwire::cli
