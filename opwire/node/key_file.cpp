#include "opwire/node/key_file.hpp"

#include <string.h>

#include "opwire/base/secret_file.hpp"
#include "opwire/codec/hex.hpp"

namespace opwire::node {
namespace {

std::string describe(const std::filesystem::path& path, std::string_view reason) {
  return "key file " + path.string() + ": " + std::string(reason);
}

Result<crypto::PrivateKey, std::string> parse_trimmed(std::string_view text) {
  ByteArray<32> bytes;
  if (!codec::from_hex(text, bytes)) return std::string("not 64 hexadecimal digits");
  auto key = crypto::PrivateKey::parse(crypto::KeyType::kSecp256k1, bytes);
  explicit_bzero(bytes.data(), bytes.size());
  if (!key) return std::string("not a secp256k1 private key");
  return std::move(*key);
}

}  // namespace

Result<crypto::PrivateKey, std::string> parse_key_hex(std::string_view text) {
  const SecretText secret{std::string(text)};
  return parse_trimmed(secret.text());
}

std::string to_key_hex(const crypto::PrivateKey& key) {
  return codec::to_hex(key.data());
}

Result<KeyFile, std::string> read_key_file(const std::filesystem::path& path) {
  const auto file = read_secret_file(path);
  if (!file) return describe(path, file.error());
  if (!*file) return describe(path, "No such file or directory");
  auto key = parse_trimmed((*file)->secret.text());
  if (!key) return describe(path, key.error());
  return KeyFile{std::move(*key), false, (*file)->readable_by_others};
}

Result<void, std::string> create_key_file(const std::filesystem::path& path, const crypto::PrivateKey& key) {
  const SecretText text(to_key_hex(key));
  const auto created = create_secret_file(path, text.text());
  if (!created) return describe(path, created.error());
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
