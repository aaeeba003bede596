#include "cli/files.hpp"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>

namespace opwire::cli {

Result<std::string, std::string> read_input(const std::string& path, std::size_t limit) {
  struct Close {
    void operator()(std::FILE* file) const {
      if (file != stdin) std::fclose(file);
    }
  };
  const std::unique_ptr<std::FILE, Close> file(path == "-" ? stdin : std::fopen(path.c_str(), "rb"));
  if (!file) return path + ": " + std::strerror(errno);
  std::string content;
  char piece[64 * 1024];
  while (const std::size_t size = std::fread(piece, 1, sizeof(piece), file.get())) {
    if (size > limit - content.size()) return path + ": longer than " + std::to_string(limit) + " bytes";
    content.append(piece, size);
  }
  if (std::ferror(file.get()) != 0) return path + ": " + std::strerror(errno);
  return content;
}

}  // namespace opwire::cli
