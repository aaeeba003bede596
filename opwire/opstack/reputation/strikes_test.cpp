#include "opwire/opstack/reputation/strikes.hpp"

#include <gtest/gtest.h>

#include "opwire/codec/errors.hpp"
#include "opwire/crypto/errors.hpp"
#include "opwire/opstack/gossip/errors.hpp"
#include "opwire/opstack/payload/errors.hpp"
#include "opwire/opstack/reputation/ban.hpp"
#include "opwire/opstack/reputation/peers_for_test.hpp"

namespace opwire::opstack::reputation {
namespace {

using opstack::errors::kBlockHash;
using opstack::errors::kWrongSigner;

TimePoint minutes(int count, int seconds = 0) {
  return TimePoint{} + std::chrono::minutes(count) + std::chrono::seconds(seconds);
}

TEST(Strikes, SignatureSszAndHashCountAndNothingElse) {
  namespace block = opstack::errors;
  for (const ErrorKind* kind : {&crypto::errors::kBadSignature, &block::kWrongSigner, &block::kBlockHash,
                                &block::kPayloadTooShort, &block::kTransactionsOffset, &block::kBodyTooShort}) {
    EXPECT_TRUE(Strikes::counts(*kind)) << kind->name;
  }
  for (const ErrorKind* kind :
       {&block::kTooOld, &block::kTooNew, &block::kTooManyAtHeight, &block::kAlreadySeen, &block::kNoSignerConfigured,
        &block::kThrottled, &block::kWithdrawals, &block::kBlobGasUsed, &block::kExcessBlobGas, &block::kUnknownTopic,
        &block::kMessageTooShort, &codec::errors::kSnappyCorrupt}) {
    EXPECT_FALSE(Strikes::counts(*kind)) << kind->name;
  }
}

TEST(Strikes, TheThirdWithinTenMinutesBans) {
  Strikes strikes;
  EXPECT_FALSE(strikes.on_refused(peer(1), kBlockHash, minutes(0)));
  EXPECT_FALSE(strikes.on_refused(peer(1), crypto::errors::kBadSignature, minutes(5)));
  EXPECT_FALSE(strikes.on_refused(peer(2), kBlockHash, minutes(6)));
  const auto reason = strikes.on_refused(peer(1), kBlockHash, minutes(10));
  EXPECT_EQ(reason, "3 invalid blocks within 600 s, the last: block hash is not the hash of the header");
  EXPECT_EQ(cause_of(*reason), "invalid_blocks");
  EXPECT_FALSE(strikes.on_refused(peer(1), kBlockHash, minutes(10)));  // it begins anew
}

TEST(Strikes, OlderOnesAreForgotten) {
  Strikes strikes;
  EXPECT_FALSE(strikes.on_refused(peer(1), kBlockHash, minutes(0)));
  EXPECT_FALSE(strikes.on_refused(peer(1), kBlockHash, minutes(5)));
  EXPECT_FALSE(strikes.on_refused(peer(1), kBlockHash, minutes(10, 1)));
  EXPECT_TRUE(strikes.on_refused(peer(1), kBlockHash, minutes(15)));
}

TEST(Strikes, WhatDoesNotCountIsNoStrike) {
  Strikes strikes;
  for (int i = 0; i < 10; ++i) EXPECT_FALSE(strikes.on_refused(peer(1), opstack::errors::kTooOld, minutes(0)));
  EXPECT_EQ(strikes.peers(), 0u);
}

TEST(Strikes, TheWrongSignerBansOnceABlockWasAcceptedMeanwhile) {
  Strikes strikes;
  strikes.on_accepted(minutes(0));
  for (int i = 1; i <= 5; ++i) EXPECT_FALSE(strikes.on_refused(peer(1), kWrongSigner, minutes(i))) << i;
  strikes.on_accepted(minutes(5, 30));
  EXPECT_TRUE(strikes.on_refused(peer(1), kWrongSigner, minutes(6)));
}

TEST(Strikes, AKeyThatChangedUnheardOfBansNobody) {
  Strikes strikes;
  strikes.on_accepted(minutes(0));
  for (int i = 1; i <= 30; ++i) {
    for (std::uint32_t who = 0; who < 8; ++who) {
      EXPECT_FALSE(strikes.on_refused(peer(who), kWrongSigner, minutes(0, 2 * i)));
    }
  }
}

TEST(Strikes, CertainOnesWaitForNoBlock) {
  Strikes strikes;
  EXPECT_FALSE(strikes.on_refused(peer(1), kWrongSigner, minutes(0)));
  EXPECT_FALSE(strikes.on_refused(peer(1), kBlockHash, minutes(1)));
  EXPECT_FALSE(strikes.on_refused(peer(1), kBlockHash, minutes(2)));
  EXPECT_TRUE(strikes.on_refused(peer(1), kBlockHash, minutes(3)));
}

TEST(Strikes, IsBoundedInPeers) {
  StrikesOptions options;
  options.max_peers = 2;
  Strikes strikes(options);
  for (int i = 0; i < 2; ++i) EXPECT_FALSE(strikes.on_refused(peer(1), kBlockHash, minutes(0)));
  EXPECT_FALSE(strikes.on_refused(peer(2), kBlockHash, minutes(0)));
  EXPECT_FALSE(strikes.on_refused(peer(3), kBlockHash, minutes(0)));
  EXPECT_EQ(strikes.peers(), 2u);
  EXPECT_FALSE(strikes.on_refused(peer(1), kBlockHash, minutes(0)));  // forgotten, so it is the first one again
}

}  // namespace
}  // namespace opwire::opstack::reputation
