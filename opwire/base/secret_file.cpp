#include "opwire/base/secret_file.hpp"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#include <cerrno>

#include "opwire/base/file_descriptor.hpp"

namespace opwire {
namespace {

std::string system_reason() {
  return ::strerror(errno);
}

}  // namespace

SecretText::~SecretText() {
  explicit_bzero(whole_.data(), whole_.size());
}

// A short string's characters are copied, not moved.
SecretText::SecretText(SecretText&& other) noexcept : whole_(other.whole_) {
  explicit_bzero(other.whole_.data(), other.whole_.size());
}

std::string_view SecretText::text() const noexcept {
  constexpr std::string_view kSpace = " \t\r\n\v\f";
  const std::string_view whole = whole_;
  const std::size_t first = whole.find_first_not_of(kSpace);
  if (first == std::string_view::npos) return {};
  return whole.substr(first, whole.find_last_not_of(kSpace) - first + 1);
}

Result<std::optional<SecretFile>, std::string> read_secret_file(const std::filesystem::path& path) {
  const FileDescriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file && errno == ENOENT) return std::optional<SecretFile>();
  struct stat status{};
  if (!file || ::fstat(file.get(), &status) != 0) return system_reason();
  std::string text(kMaxSecretFile + 1, '\0');
  const ssize_t size = ::read(file.get(), text.data(), text.size());
  if (size < 0) return system_reason();
  text.resize(static_cast<std::size_t>(size));
  SecretText secret(std::move(text));
  if (static_cast<std::size_t>(size) > kMaxSecretFile) return std::string("too long for a secret");
  const bool others = S_ISREG(status.st_mode) && (status.st_mode & (S_IRGRP | S_IROTH)) != 0;
  return std::optional(SecretFile{std::move(secret), others});
}

Result<void, std::string> create_secret_file(const std::filesystem::path& path, std::string_view text) {
  const FileDescriptor file(::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, S_IRUSR | S_IWUSR));
  if (!file) return system_reason();
  const ssize_t written = ::write(file.get(), text.data(), text.size());
  if (written != static_cast<ssize_t>(text.size()) || ::fsync(file.get()) != 0) return system_reason();
  return {};
}

}  // namespace opwire
