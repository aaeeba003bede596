#include <openssl/crypto.h>

#include <algorithm>
#include <initializer_list>

#include "opwire/base/check.hpp"
#include "opwire/crypto/hash.hpp"

namespace opwire::crypto {
namespace {

constexpr std::size_t kBlock = 64;  // of SHA-256

// HMAC with the key's two padded blocks already absorbed, so that further messages under it cost less.
class Hmac {
 public:
  explicit Hmac(ByteView key) noexcept {
    ByteArray<kBlock> pad{};
    if (key.size() > kBlock) {
      const Hash256 digest = sha256(key);
      std::ranges::copy(digest.bytes, pad.begin());
    } else {
      std::ranges::copy(key, pad.begin());
    }
    for (auto& byte : pad) byte ^= 0x36;
    inner_.update(pad);
    for (auto& byte : pad) byte ^= 0x36 ^ 0x5c;
    outer_.update(pad);
    OPENSSL_cleanse(pad.data(), pad.size());
  }
  ~Hmac() {
    OPENSSL_cleanse(&inner_, sizeof(inner_));
    OPENSSL_cleanse(&outer_, sizeof(outer_));
  }
  Hmac(const Hmac&) = delete;
  Hmac& operator=(const Hmac&) = delete;

  Hash256 of(std::initializer_list<ByteView> parts) const noexcept {
    Sha256 inner = inner_;
    for (const ByteView part : parts) inner.update(part);
    return Sha256(outer_).update(inner.finish().view()).finish();
  }

 private:
  Sha256 inner_;
  Sha256 outer_;
};

}  // namespace

Hash256 hmac_sha256(ByteView key, ByteView data) noexcept {
  return Hmac(key).of({data});
}

void hkdf_sha256(ByteView salt, ByteView input, ByteView info, MutableByteView out) noexcept {
  OPW_CHECK(out.size() <= 255 * Hash256::kSize);
  Hash256 secret = hmac_sha256(salt, input);
  const Hmac expand(secret.view());
  OPENSSL_cleanse(secret.bytes.data(), secret.bytes.size());
  Hash256 block;
  ByteView previous;
  for (std::uint8_t counter = 1; !out.empty(); ++counter) {
    block = expand.of({previous, info, {&counter, 1}});
    previous = block.view();
    const std::size_t size = std::min(out.size(), block.bytes.size());
    std::copy_n(block.bytes.begin(), size, out.begin());
    out = out.subspan(size);
  }
  OPENSSL_cleanse(block.bytes.data(), block.bytes.size());
}

}  // namespace opwire::crypto
