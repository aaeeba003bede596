// The token that an execution engine asks for with each call, and our own server where it is told to (JSON Web Token,
// RFC 7519, HS256; Engine API "Authentication").
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "opwire/base/bytes.hpp"
#include "opwire/base/result.hpp"
#include "opwire/base/rng.hpp"
#include "opwire/base/time.hpp"

namespace opwire::rpc {

/// Holds the secret, which is wiped when it goes.
class Jwt {
 public:
  static constexpr std::size_t kSecretSize = 32;

  explicit Jwt(const ByteArray<kSecretSize>& secret) : secret_(secret) {}
  Jwt(const Jwt&) = default;
  Jwt& operator=(const Jwt&) = default;
  ~Jwt();
  /// 64 hexadecimal digits, with or without 0x, white space around them. The error does not repeat the text.
  static Result<Jwt, std::string> parse(std::string_view hex);

  /// Good for a minute either way of now: made anew for each call.
  std::string token(WallTime now) const;
  /// What the Authorization header says.
  std::string bearer(WallTime now) const { return "Bearer " + token(now); }

  /// Whether somebody with the secret made it within a minute either way of now, and it has not expired. The error says
  /// why not, in a few words.
  Result<void, std::string> verify(std::string_view token, WallTime now) const;

 private:
  ByteArray<kSecretSize> secret_;
};

/// Blocks on the disk, as the next one. Errors: a line that names the file and the reason.
Result<Jwt, std::string> read_jwt_file(const std::filesystem::path& path);

struct JwtFile {
  Jwt jwt;
  bool created = false;
};
/// Reads the file, or makes it, mode 0600, with a new secret where there is none, as op-node does. It blocks on the
/// disk: called before a loop runs, or on a thread that may wait. Errors: a line that names the file and the reason.
Result<JwtFile, std::string> read_or_create_jwt_file(const std::filesystem::path& path, Rng& rng);

}  // namespace opwire::rpc
