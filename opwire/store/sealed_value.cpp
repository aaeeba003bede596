#include "opwire/store/sealed_value.hpp"

#include "opwire/crypto/hash.hpp"

namespace opwire::store {
namespace {

constexpr std::size_t kChecksumSize = 4;

Hash256 digest(ByteView key, ByteView rank_and_value) noexcept {
  // The key's size, so that no byte passes from one to the other unseen.
  ByteArray<4> size;
  store_le(size.data(), static_cast<std::uint32_t>(key.size()));
  return crypto::Sha256().update(size).update(key).update(rank_and_value).finish();
}

}  // namespace

Bytes seal_value(ByteView key, std::uint64_t rank, ByteView value) {
  Bytes sealed(kSealSize + value.size());
  store_le(sealed.data() + kChecksumSize, rank);
  if (!value.empty()) std::memcpy(sealed.data() + kSealSize, value.data(), value.size());
  const Hash256 hash = digest(key, ByteView(sealed).subspan(kChecksumSize));
  std::memcpy(sealed.data(), hash.bytes.data(), kChecksumSize);
  return sealed;
}

std::optional<OpenedValue> open_value(ByteView key, ByteView sealed) noexcept {
  if (sealed.size() < kSealSize) return std::nullopt;
  const Hash256 hash = digest(key, sealed.subspan(kChecksumSize));
  if (std::memcmp(sealed.data(), hash.bytes.data(), kChecksumSize) != 0) return std::nullopt;
  return OpenedValue{rank_of(sealed), sealed.subspan(kSealSize)};
}

std::uint64_t rank_of(ByteView sealed) noexcept {
  return sealed.size() < kSealSize ? 0 : load_le<std::uint64_t>(sealed.data() + kChecksumSize);
}

}  // namespace opwire::store
