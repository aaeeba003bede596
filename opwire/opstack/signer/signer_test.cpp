#include <gtest/gtest.h>

#include "opwire/codec/hex.hpp"
#include "opwire/crypto/hash.hpp"
#include "opwire/opstack/signer/authorised_signer.hpp"
#include "opwire/opstack/signer/block_signer.hpp"
#include "opwire/opstack/signer/signing_hash.hpp"
#include "opwire/runtime/simulated_loop.hpp"

namespace opwire::opstack {
namespace {

Address address_of(std::uint8_t last) {
  Address address;
  address.bytes.back() = last;
  return address;
}

// op-service/signer, TestBlockPayloadArgs (testdata/opstack/signing_hash_vectors.json).
TEST(SigningHash, OfOpNodesVector) {
  Hash256 domain;
  domain.bytes[0] = 123;
  domain.bytes[1] = 42;
  const Hash256 payload = crypto::keccak256(as_bytes("arbitraryData"));
  EXPECT_EQ(codec::to_hex0x(signing_hash(ChainId{100}, payload, domain).bytes),
            "0xc724de7aefa316a12cbbd5edc39d512830598cce5d6ac81d1b518ef69450ad77");
}

TEST(SigningHash, DependsOnChainDomainAndPayload) {
  const Hash256 payload = crypto::keccak256(as_bytes("a"));
  const Hash256 hash = signing_hash(ChainId{10}, payload);
  EXPECT_NE(hash, signing_hash(ChainId{11}, payload));
  EXPECT_NE(hash, signing_hash(ChainId{10}, crypto::keccak256(as_bytes("b"))));
  EXPECT_NE(hash, signing_hash(ChainId{10}, payload, payload));
}

// Hardhat's public development account 5.
constexpr const char* kKey = "0x8b3a350cf5c34c9194ca85829a2df0ec3153be0318b5e2d3348e872092edffba";

TEST(LocalSigner, SignsWhatRecoversToItsAddress) {
  auto signer = LocalSigner::from_hex(ChainId{901}, kKey);
  ASSERT_TRUE(signer);
  EXPECT_EQ(codec::to_hex0x(signer->address().bytes), "0x9965507d1a55bcc2695c58ba16fb37d819b0a4dc");
  SimulatedLoop loop;
  const Hash256 payload = crypto::keccak256(as_bytes("payload"));
  const auto signature = loop.run(signer->sign(payload));
  ASSERT_TRUE(signature);
  const auto recovered = crypto::recover_address(*signature, signing_hash(ChainId{901}, payload));
  ASSERT_TRUE(recovered);
  EXPECT_EQ(*recovered, signer->address());
}

TEST(LocalSigner, RefusesKeysThatAreNone) {
  EXPECT_FALSE(LocalSigner::from_hex(ChainId{1}, ""));
  EXPECT_FALSE(LocalSigner::from_hex(ChainId{1}, "0x00"));
  EXPECT_FALSE(LocalSigner::from_hex(ChainId{1}, std::string(64, '0')));
  EXPECT_FALSE(LocalSigner::from_hex(ChainId{1}, std::string(64, 'f')));
}

using Match = AuthorisedSigner::Match;
const WallTime kNow = from_unix_seconds(1'700'000'000);

TEST(AuthorisedSigner, ZeroAddressJudgesNothing) {
  EXPECT_EQ(AuthorisedSigner().match(address_of(1), kNow), Match::kNoneConfigured);
}

TEST(AuthorisedSigner, FirstLoadStartsNoGrace) {
  AuthorisedSigner signer;
  signer.rotate(address_of(1), kNow);
  EXPECT_EQ(signer.match(address_of(1), kNow), Match::kCurrent);
  EXPECT_EQ(signer.previous(kNow), std::nullopt);
}

TEST(AuthorisedSigner, PreviousIsAcceptedUntilGraceEnds) {
  AuthorisedSigner signer(address_of(1));
  signer.rotate(address_of(2), kNow);
  EXPECT_EQ(signer.match(address_of(1), kNow + AuthorisedSigner::kGrace - Duration(1)), Match::kPrevious);
  EXPECT_EQ(signer.match(address_of(1), kNow + AuthorisedSigner::kGrace), Match::kUnknown);
  EXPECT_EQ(signer.match(address_of(3), kNow), Match::kUnknown);
}

TEST(AuthorisedSigner, CurrentBlockConfirmsAndSecondRotationForgetsTheFirst) {
  AuthorisedSigner signer(address_of(1));
  signer.rotate(address_of(2), kNow);
  signer.confirm();
  EXPECT_EQ(signer.match(address_of(1), kNow), Match::kUnknown);
  signer.rotate(address_of(3), kNow);
  signer.rotate(address_of(4), kNow);
  EXPECT_EQ(signer.match(address_of(2), kNow), Match::kUnknown);
  EXPECT_EQ(signer.match(address_of(3), kNow), Match::kPrevious);
}

TEST(AuthorisedSigner, SameAddressAgainKeepsTheGracePeriod) {
  AuthorisedSigner signer(address_of(1));
  signer.rotate(address_of(2), kNow);
  signer.rotate(address_of(2), kNow + std::chrono::hours(2));
  EXPECT_EQ(signer.match(address_of(1), kNow + std::chrono::hours(3)), Match::kUnknown);
}

TEST(AuthorisedSigner, RotationToZeroJudgesNothing) {
  AuthorisedSigner signer(address_of(1));
  signer.rotate(Address{}, kNow);
  EXPECT_EQ(signer.match(address_of(1), kNow), Match::kNoneConfigured);
}

}  // namespace
}  // namespace opwire::opstack
