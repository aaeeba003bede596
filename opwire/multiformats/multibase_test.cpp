#include "opwire/multiformats/multibase.hpp"

#include <gtest/gtest.h>

#include "opwire/base/rng.hpp"
#include "opwire/multiformats/errors.hpp"
#include "opwire/multiformats/vectors_for_test.hpp"

namespace opwire::multiformats {
namespace {

std::string decoded_text(std::string_view multibase) {
  const auto bytes = from_multibase(multibase);
  return bytes ? std::string(as_text(*bytes)) : "refused";
}

TEST(Multibase, KnownTexts) {
  EXPECT_EQ(to_base58(as_bytes("yes mani !")), "7paNL19xttacUY");
  EXPECT_EQ(to_base32(as_bytes("yes mani !")), "pfsxgidnmfxgsibb");
  EXPECT_EQ(to_base64url(as_bytes("yes mani !")), "eWVzIG1hbmkgIQ");
  for (const auto* text :
       {"z7paNL19xttacUY", "bpfsxgidnmfxgsibb", "ueWVzIG1hbmkgIQ", "f796573206d616e692021", "k2lcpzo5yikidynfl"})
    EXPECT_EQ(decoded_text(text), "yes mani !") << text;
}

TEST(Multibase, KeepsLeadingZeros) {
  const Bytes bytes = unhex("0000287fb4cd");
  EXPECT_EQ(to_base58(bytes), "11233QC4");
  EXPECT_EQ(from_base58("11233QC4").value(), bytes);
  EXPECT_EQ(to_base58(unhex("000000")), "111");
  EXPECT_EQ(from_base58("111").value(), unhex("000000"));
  EXPECT_EQ(from_multibase("k00").value(), unhex("0000"));
}

TEST(Multibase, EmptyData) {
  EXPECT_EQ(to_base58({}), "");
  EXPECT_EQ(to_base32({}), "");
  EXPECT_EQ(to_base64url({}), "");
  for (const auto* text : {"z", "b", "u", "f", "k"}) EXPECT_TRUE(from_multibase(text).value().empty()) << text;
}

TEST(Multibase, RoundTripsEveryLength) {
  SeededRng rng(1);
  for (std::size_t size = 0; size < 100; ++size) {
    Bytes bytes(size);
    rng.fill(bytes);
    EXPECT_EQ(from_base58(to_base58(bytes)).value(), bytes);
    EXPECT_EQ(from_base32(to_base32(bytes)).value(), bytes);
    EXPECT_EQ(from_base64url(to_base64url(bytes)).value(), bytes);
    EXPECT_EQ(from_multibase("f" + codec::to_hex(bytes)).value(), bytes);
  }
}

TEST(Multibase, RefusesForeignCharactersAndBases) {
  for (const auto* text : {"", "?", "7abc", "Bpfsxgidnmfxgsibb", "z0", "zO", "zI", "zl", "b1", "b8", "bA",
                           "bpf=", "u+/", "ueWVzIG1hbmkgIQ==", "fAB", "fg0", "k-", "z \n", "z\xff"}) {
    const auto bytes = from_multibase(text);
    ASSERT_FALSE(bytes) << text;
    EXPECT_TRUE(bytes.error().is(errors::kBadMultibase)) << text;
  }
}

TEST(Multibase, RefusesLeftoverBits) {
  for (const auto* text : {"ba", "baaa", "baaaaaa", "bab", "bmz", "uA", "uAAAAA", "uAB", "uAAB", "f0", "fabc"})
    EXPECT_FALSE(from_multibase(text)) << text;
  EXPECT_EQ(from_multibase("baa").value(), unhex("00"));
  EXPECT_EQ(from_multibase("uAAA").value(), unhex("0000"));
}

TEST(Multibase, BoundsTheQuadraticConversions) {
  EXPECT_TRUE(from_base58(std::string(256, '2')));
  EXPECT_FALSE(from_base58(std::string(257, '2')));
  EXPECT_FALSE(from_multibase("k" + std::string(257, 'a')));
  EXPECT_TRUE(from_base32(std::string(8000, 'a')));
}

}  // namespace
}  // namespace opwire::multiformats
