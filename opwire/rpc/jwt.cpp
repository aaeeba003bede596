#include "opwire/rpc/jwt.hpp"

#include <string.h>

#include <algorithm>
#include <optional>

#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>

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

std::optional<Bytes> from_base64url(std::string_view text) {
  std::string standard(text);
  std::replace(standard.begin(), standard.end(), '-', '+');
  std::replace(standard.begin(), standard.end(), '_', '/');
  while (standard.size() % 4 != 0) standard += '=';
  auto bytes = codec::from_base64(standard);
  return bytes ? std::optional(std::move(*bytes)) : std::nullopt;
}

// Nothing where it is not an object.
std::optional<boost::json::object> json_object(std::string_view base64url) {
  const auto bytes = from_base64url(base64url);
  if (!bytes) return std::nullopt;
  boost::system::error_code failed;
  const boost::json::value value = boost::json::parse(as_text(*bytes), failed);
  return failed || !value.is_object() ? std::nullopt : std::optional(value.get_object());
}

// Unix seconds; RFC 7519 lets them have a fraction.
std::optional<double> time_claim(const boost::json::object& claims, std::string_view name) {
  const boost::json::value* const value = claims.if_contains(name);
  if (value == nullptr || !value->is_number()) return std::nullopt;
  return value->to_number<double>();
}

Result<void, std::string> check_times(const boost::json::object& claims, WallTime now) {
  constexpr double kTolerance = 60;
  const auto seconds = static_cast<double>(unix_seconds(now));
  const auto issued = time_claim(claims, "iat");
  if (!issued) return std::string("missing issued-at");
  if (*issued < seconds - kTolerance) return std::string("stale token");
  if (*issued > seconds + kTolerance) return std::string("future token");
  const auto expires = time_claim(claims, "exp");
  if (expires && *expires <= seconds) return std::string("token is expired");
  return {};
}

// In a time that tells nothing of where they differ.
bool equal(ByteView a, ByteView b) noexcept {
  if (a.size() != b.size()) return false;
  unsigned different = 0;
  for (std::size_t i = 0; i < a.size(); ++i) different |= static_cast<unsigned>(a[i] ^ b[i]);
  return different == 0;
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

Result<void, std::string> Jwt::verify(std::string_view token, WallTime now) const {
  const std::size_t first = token.find('.');
  const std::size_t last = token.rfind('.');
  if (first == std::string_view::npos || last == first) return std::string("malformed token");
  const auto signature = from_base64url(token.substr(last + 1));
  const Hash256 expected = crypto::hmac_sha256(secret_, as_bytes(token.substr(0, last)));
  if (!signature || !equal(*signature, expected.view())) return std::string("signature is invalid");
  const auto header = json_object(token.substr(0, first));
  const auto claims = json_object(token.substr(first + 1, last - first - 1));
  if (!header || !claims) return std::string("malformed token");
  const boost::json::value* const algorithm = header->if_contains("alg");
  if (algorithm == nullptr || *algorithm != "HS256") return std::string("signing method is not HS256");
  return check_times(*claims, now);
}

Result<Jwt, std::string> read_jwt_file(const std::filesystem::path& path) {
  const auto file = read_secret_file(path);
  if (!file) return describe(path, file.error());
  if (!*file) return describe(path, "no such file");
  const auto jwt = Jwt::parse((*file)->secret.text());
  if (!jwt) return describe(path, jwt.error());
  return *jwt;
}

Result<JwtFile, std::string> read_or_create_jwt_file(const std::filesystem::path& path, Rng& rng) {
  std::error_code unknown;
  const auto kind = std::filesystem::symlink_status(path, unknown).type();
  if (kind == std::filesystem::file_type::not_found) return create_file(path, rng);
  const auto jwt = read_jwt_file(path);
  if (!jwt) return jwt.error();
  return JwtFile{*jwt, false};
}

}  // namespace opwire::rpc
