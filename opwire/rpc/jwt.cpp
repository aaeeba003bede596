#include "opwire/rpc/jwt.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "opwire/codec/base64.hpp"
#include "opwire/codec/hex.hpp"
#include "opwire/crypto/hash.hpp"

namespace opwire::rpc {
namespace {

constexpr std::size_t kMaxFileSize = 1024;

class FileDescriptor {
 public:
  explicit FileDescriptor(int fd) : fd_(fd) {}
  ~FileDescriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  FileDescriptor(const FileDescriptor&) = delete;
  FileDescriptor& operator=(const FileDescriptor&) = delete;
  int get() const { return fd_; }

 private:
  int fd_;
};

// RFC 4648 section 5, without padding.
std::string to_base64url(ByteView bytes) {
  std::string text = codec::to_base64(bytes);
  std::replace(text.begin(), text.end(), '+', '-');
  std::replace(text.begin(), text.end(), '/', '_');
  text.erase(std::find(text.begin(), text.end(), '='), text.end());
  return text;
}

std::string_view trim(std::string_view text) {
  constexpr std::string_view kSpace = " \t\r\n\v\f";
  const std::size_t first = text.find_first_not_of(kSpace);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kSpace) - first + 1);
}

std::string describe(const std::filesystem::path& path, std::string_view reason) {
  return "JWT secret " + path.string() + ": " + std::string(reason);
}

Result<JwtFile, std::string> read_file(int fd, const std::filesystem::path& path) {
  std::string text(kMaxFileSize + 1, '\0');
  const ssize_t size = ::read(fd, text.data(), text.size());
  if (size < 0) return describe(path, std::strerror(errno));
  if (static_cast<std::size_t>(size) > kMaxFileSize) return describe(path, "too long for a secret");
  auto jwt = Jwt::parse(std::string_view(text).substr(0, static_cast<std::size_t>(size)));
  explicit_bzero(text.data(), text.size());
  if (!jwt) return describe(path, jwt.error());
  return JwtFile{*jwt, false};
}

Result<JwtFile, std::string> create_file(const std::filesystem::path& path, Rng& rng) {
  const FileDescriptor file(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, S_IRUSR | S_IWUSR));
  if (file.get() < 0) return describe(path, std::strerror(errno));
  ByteArray<Jwt::kSecretSize> secret;
  rng.fill(secret);
  JwtFile made{Jwt(secret), true};
  std::string text = codec::to_hex0x(secret);
  explicit_bzero(secret.data(), secret.size());
  const ssize_t written = ::write(file.get(), text.data(), text.size());
  const bool complete = written == static_cast<ssize_t>(text.size()) && ::fsync(file.get()) == 0;
  explicit_bzero(text.data(), text.size());
  if (!complete) return describe(path, std::strerror(errno));
  return made;
}

}  // namespace

Jwt::~Jwt() {
  explicit_bzero(secret_.data(), secret_.size());
}

Result<Jwt, std::string> Jwt::parse(std::string_view hex) {
  ByteArray<kSecretSize> secret;
  if (!codec::from_hex(trim(hex), secret)) return std::string("not 64 hexadecimal digits");
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
  const FileDescriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (file.get() >= 0) return read_file(file.get(), path);
  if (errno != ENOENT) return describe(path, std::strerror(errno));
  return create_file(path, rng);
}

}  // namespace opwire::rpc
