#include <gtest/gtest.h>

#include "opwire/crypto/hash.hpp"
#include "opwire/crypto/vectors_for_test.hpp"

namespace opwire::crypto {
namespace {

// FIPS 180-2, appendix B.
TEST(Sha256, PublishedDigests) {
  EXPECT_EQ(hex(sha256({})), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(hex(sha256(as_bytes("abc"))), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(hex(sha256(as_bytes("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"))),
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
  EXPECT_EQ(hex(sha256(Bytes(1'000'000, 'a'))), "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

TEST(Sha256, PartsGiveTheSameDigestAsTheWhole) {
  Bytes data(200);
  for (std::size_t i = 0; i < data.size(); ++i) data[i] = static_cast<std::uint8_t>(i);
  const Hash256 expected = sha256(data);
  for (std::size_t split = 0; split <= data.size(); ++split) {
    const ByteView view = data;
    EXPECT_EQ(Sha256().update(view.first(split)).update(view.subspan(split)).finish(), expected) << split;
  }
}

TEST(Sha256, StartsAfreshAfterFinish) {
  Sha256 hash;
  hash.update(as_bytes("something")).finish();
  EXPECT_EQ(hash.update(as_bytes("abc")).finish(), sha256(as_bytes("abc")));
}

TEST(Sha256, CopyForksTheComputation) {
  Sha256 one;
  one.update(as_bytes("ab"));
  Sha256 other = one;
  EXPECT_EQ(one.update(as_bytes("c")).finish(), sha256(as_bytes("abc")));
  EXPECT_EQ(other.update(as_bytes("d")).finish(), sha256(as_bytes("abd")));
}

}  // namespace
}  // namespace opwire::crypto
