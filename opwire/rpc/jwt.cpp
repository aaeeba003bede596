#include "opwire/rpc/jwt.hpp"

#include <string.h>

#include <algorithm>

#include "opwire/base/secret_file.hpp"
#include "opwire/codec/base64.hpp"
#include "opwire/codec/hex.hpp"
#include "opwire/crypto/hash.hpp"

namespace opwire::rpc {
namespace {

// RFC 4648 section 5, without padding.
std::string to_base64url(ByteView bytes) {
  std::string text = codec::to_base64(bytes);
  std::replace(text.begin(), text.end(), '+', '-');
  std::replace(text.begin(), text.end(), '/', '_');
  text.erase(std::find(text.begin(), text.end(), '='), text.end());
  return text;
}

std::string describe(const std::filesystem::path& path, std::string_view reason) {
  return "JWT secret " + path.string() + ": " + std::string(reason);
}

Result<JwtFile, std::string> create_file(const std::filesystem::path& path, Rng& rng) {
  ByteArray<Jwt::kSecretSize> secret;
  rng.fill(secret);
  JwtFile made{Jwt(secret), true};
  const SecretText text(codec::to_hex0x(secret));
  explicit_bzero(secret.data(), secret.size());
  const auto created = create_secret_file(path, text.text());
  if (!created) return describe(path, created.error());
  return made;
}

}  // namespace

Jwt::~Jwt() {
  explicit_bzero(secret_.data(), secret_.size());
}

Result<Jwt, std::string> Jwt::parse(std::string_view hex) {
  const SecretText given{std::string(hex)};
  ByteArray<kSecretSize> secret;
  if (!codec::from_hex(given.text(), secret)) return std::string("not 64 hexadecimal digits");
  Jwt jwt(secret);
  explicit_bzero(secret.data(), secret.size());
  return jwt;
}

std::string Jwt::token(WallTime now) const {
  const std::string claims = R"({"iat":)" + std::to_string(unix_seconds(now)) + "}";
  std::string text = to_base64url(as_bytes(R"({"alg":"HS256","typ":"JWT"})")) + "." + to_base64url(as_bytes(claims));
  const Hash256 signature = crypto::hmac_sha256(secret_, as_bytes(text));
  return text + "." + to_base64url(signature.view());
}

Result<JwtFile, std::string> read_or_create_jwt_file(const std::filesystem::path& path, Rng& rng) {
  const auto file = read_secret_file(path);
  if (!file) return describe(path, file.error());
  if (!*file) return create_file(path, rng);
  const auto jwt = Jwt::parse((*file)->secret.text());
  if (!jwt) return describe(path, jwt.error());
  return JwtFile{*jwt, false};
}

}  // namespace opwire::rpc
