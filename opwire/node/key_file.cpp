#include "opwire/node/key_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "opwire/codec/hex.hpp"

namespace opwire::node {
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

std::string describe(const std::filesystem::path& path, std::string_view reason) {
  return "key file " + path.string() + ": " + std::string(reason);
}
std::string system_reason(const std::filesystem::path& path) {
  return describe(path, std::strerror(errno));
}

std::string_view trim(std::string_view text) {
  constexpr std::string_view kSpace = " \t\r\n\v\f";
  const std::size_t first = text.find_first_not_of(kSpace);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kSpace) - first + 1);
}

}  // namespace

Result<crypto::PrivateKey, std::string> parse_key_hex(std::string_view text) {
  ByteArray<32> bytes;
  if (!codec::from_hex(trim(text), bytes)) return std::string("not 64 hexadecimal digits");
  auto key = crypto::PrivateKey::parse(crypto::KeyType::kSecp256k1, bytes);
  explicit_bzero(bytes.data(), bytes.size());
  if (!key) return std::string("not a secp256k1 private key");
  return std::move(*key);
}

std::string to_key_hex(const crypto::PrivateKey& key) {
  return codec::to_hex(key.data());
}

Result<KeyFile, std::string> read_key_file(const std::filesystem::path& path) {
  const FileDescriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  struct stat status{};
  if (file.get() < 0 || ::fstat(file.get(), &status) != 0) return system_reason(path);
  std::string text(kMaxFileSize + 1, '\0');
  const ssize_t size = ::read(file.get(), text.data(), text.size());
  if (size < 0) return system_reason(path);
  if (static_cast<std::size_t>(size) > kMaxFileSize) return describe(path, "too long for a key");
  auto key = parse_key_hex(std::string_view(text).substr(0, static_cast<std::size_t>(size)));
  explicit_bzero(text.data(), text.size());
  if (!key) return describe(path, key.error());
  return KeyFile{std::move(*key), false, S_ISREG(status.st_mode) && (status.st_mode & (S_IRGRP | S_IROTH)) != 0};
}

Result<void, std::string> create_key_file(const std::filesystem::path& path, const crypto::PrivateKey& key) {
  const FileDescriptor file(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, S_IRUSR | S_IWUSR));
  if (file.get() < 0) return system_reason(path);
  std::string text = to_key_hex(key);
  const ssize_t written = ::write(file.get(), text.data(), text.size());
  const bool complete = written == static_cast<ssize_t>(text.size()) && ::fsync(file.get()) == 0;
  explicit_bzero(text.data(), text.size());
  if (!complete) return system_reason(path);
  return {};
}

Result<KeyFile, std::string> read_or_create_key_file(const std::filesystem::path& path, Rng& rng) {
  std::error_code missing;
  if (std::filesystem::exists(path, missing)) return read_key_file(path);
  crypto::PrivateKey key = crypto::PrivateKey::generate(crypto::KeyType::kSecp256k1, rng);
  OPW_TRYV(create_key_file(path, key));
  return KeyFile{std::move(key), true, false};
}

}  // namespace opwire::node
