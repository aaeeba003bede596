// Short secrets in files of their own: a peer's key, an engine's token. Calls block on the disk.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "opwire/base/result.hpp"

namespace opwire {

/// What a file says, without the white space around it; wiped when it goes.
class SecretText {
 public:
  explicit SecretText(std::string whole) : whole_(std::move(whole)) {}
  ~SecretText();
  SecretText(SecretText&& other) noexcept;
  SecretText& operator=(SecretText&&) = delete;

  std::string_view text() const noexcept;

 private:
  std::string whole_;
};

struct SecretFile {
  SecretText secret;
  bool readable_by_others = false;  ///< its mode lets group or others read it: worth a warning
};
inline constexpr std::size_t kMaxSecretFile = 1024;

/// None: there is no such file. Errors: the reason, without the path.
Result<std::optional<SecretFile>, std::string> read_secret_file(const std::filesystem::path& path);
/// Mode 0600, synced. Never overwrites. Errors: as above.
Result<void, std::string> create_secret_file(const std::filesystem::path& path, std::string_view text);

}  // namespace opwire
