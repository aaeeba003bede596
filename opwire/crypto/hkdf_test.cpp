#include <gtest/gtest.h>

#include "opwire/crypto/hash.hpp"
#include "opwire/crypto/vectors_for_test.hpp"

namespace opwire::crypto {
namespace {

Bytes counting(std::uint8_t first, std::size_t size) {
  Bytes bytes(size);
  for (std::size_t i = 0; i < size; ++i) bytes[i] = static_cast<std::uint8_t>(first + i);
  return bytes;
}

std::string hkdf(ByteView salt, ByteView input, ByteView info, std::size_t size) {
  Bytes out(size);
  hkdf_sha256(salt, input, info, out);
  return hex(out);
}

// RFC 4231, cases 1, 2 and 6 (a key longer than a block).
TEST(HmacSha256, Rfc4231) {
  EXPECT_EQ(hex(hmac_sha256(Bytes(20, 0x0b), as_bytes("Hi There"))),
            "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
  EXPECT_EQ(hex(hmac_sha256(as_bytes("Jefe"), as_bytes("what do ya want for nothing?"))),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
  EXPECT_EQ(hex(hmac_sha256(Bytes(131, 0xaa), as_bytes("Test Using Larger Than Block-Size Key - Hash Key First"))),
            "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
}

// RFC 5869, appendix A.1 to A.3.
TEST(HkdfSha256, Rfc5869) {
  EXPECT_EQ(hkdf(counting(0x00, 13), Bytes(22, 0x0b), counting(0xf0, 10), 42),
            "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865");
  EXPECT_EQ(hkdf(counting(0x60, 80), counting(0x00, 80), counting(0xb0, 80), 82),
            "b11e398dc80327a1c8e7f78c596a49344f012eda2d4efad8a050cc4c19afa97c59045a99cac7827271cb41c65e590e09"
            "da3275600c2f09b8367793a9aca3db71cc30c58179ec3e87c14c01d5c1f3434f1d87");
  EXPECT_EQ(hkdf({}, Bytes(22, 0x0b), {}, 42),
            "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8");
}

TEST(HkdfSha256, ShorterOutputIsAPrefixOfALongerOne) {
  const std::string longest = hkdf(as_bytes("salt"), as_bytes("input"), as_bytes("info"), 8160);
  EXPECT_TRUE(longest.starts_with(hkdf(as_bytes("salt"), as_bytes("input"), as_bytes("info"), 65)));
}

}  // namespace
}  // namespace opwire::crypto
