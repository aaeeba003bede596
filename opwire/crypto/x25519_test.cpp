#include "opwire/crypto/x25519.hpp"

#include <gtest/gtest.h>

#include "opwire/crypto/errors.hpp"
#include "opwire/crypto/vectors_for_test.hpp"

namespace opwire::crypto {
namespace {

ByteArray<32> array(std::string_view hex_text) {
  ByteArray<32> out;
  OPW_CHECK(codec::from_hex(hex_text, out));
  return out;
}

std::string agreed(std::string_view scalar, std::string_view point) {
  return hex(X25519::from_private(array(scalar)).agree(array(point)).value());
}

// RFC 7748, section 5.2.
TEST(X25519, Rfc7748Multiplications) {
  EXPECT_EQ(agreed("a546e36bf0527c9d3b16154b82465edd62144c0ac1fc5a18506a2244ba449ac4",
                   "e6db6867583030db3594c1a424b15f7c726624ec26b3353b10a903a6d0ab1c4c"),
            "c3da55379de9c6908e94ea4df28d084f32eccf03491c71f754b4075577a28552");
  EXPECT_EQ(agreed("4b66e9d4d1b4673c5ad22691957d6af5c11b6421e0ea01d42ca4169e7918ba0d",
                   "e5210f12786811d3f4b7959d0538ae2c31dbe7106fc03c3efc4cd549c715a493"),
            "95cbde9476e8907d7aade45cb4b873f88b595a68799fa152e6f8f7647aac7957");
}

// RFC 7748, section 6.1.
TEST(X25519, Rfc7748Agreement) {
  const X25519 alice = X25519::from_private(array("77076d0a7318a57d3c16c17251b26645df4c2f87ebc0992ab177fba51db92c2a"));
  const X25519 bob = X25519::from_private(array("5dab087e624a8a4b79e17f8b83800ee66f3bb1292618b6fd1c2f8b27ff88e0eb"));
  EXPECT_EQ(hex(alice.public_key()), "8520f0098930a754748b7ddcb43ef75a0dbf3a0d26381af4eba4a98eaa9b4e6a");
  EXPECT_EQ(hex(bob.public_key()), "de9edb7d7b7dc1b4d35b61c2ece435373f8343c85b78674dadfc7e146f882b4f");
  const char* const shared = "4a5d9d5ba4ce2de1728e3bf480350f25e07e21c947d19e3376f09b3c1e161742";
  EXPECT_EQ(hex(alice.agree(bob.public_key()).value()), shared);
  EXPECT_EQ(hex(bob.agree(alice.public_key()).value()), shared);
}

TEST(X25519, GeneratedPairsDiffer) {
  SystemRng rng;
  EXPECT_NE(X25519::generate(rng).public_key(), X25519::generate(rng).public_key());
}

// N1: the points of order 1, 2, 4 and 8, their non-canonical forms, and the same with the ignored top bit set.
TEST(X25519, LowOrderPointsAreRefused) {
  SystemRng rng;
  const X25519 pair = X25519::generate(rng);
  for (const char* text : {"0000000000000000000000000000000000000000000000000000000000000000",
                           "0100000000000000000000000000000000000000000000000000000000000000",
                           "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
                           "5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157",
                           "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
                           "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
                           "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"}) {
    X25519Public point = array(text);
    EXPECT_EQ(pair.agree(point).error(), errors::kLowOrderPoint) << text;
    point[31] |= 0x80;
    EXPECT_EQ(pair.agree(point).error(), errors::kLowOrderPoint) << text;
  }
}

TEST(X25519, AgreesAgainAfterARefusal) {
  SeededRng rng(4);
  const X25519 pair = X25519::generate(rng);
  const X25519 peer = X25519::generate(rng);
  EXPECT_FALSE(pair.agree(X25519Public{}));
  EXPECT_EQ(pair.agree(peer.public_key()).value(), peer.agree(pair.public_key()).value());
}

}  // namespace
}  // namespace opwire::crypto
