#include "opwire/discv5/address_vote.hpp"

#include <gtest/gtest.h>

#include "opwire/discv5/records_for_test.hpp"

namespace opwire::discv5 {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;
using test::endpoint_at;

NodeId id_of(unsigned number) {
  NodeId id;
  store_be(id.bytes.data(), number);
  return id;
}

class AddressVoteTest : public ::testing::Test {
 protected:
  /// A voter of that number, in a /24 of its own.
  bool cast(unsigned voter, const net::Endpoint& seen) {
    return cast_from("52." + std::to_string(voter / 256) + "." + std::to_string(voter % 256) + ".1", voter, seen);
  }
  bool cast_from(std::string_view ip, unsigned voter, const net::Endpoint& seen) {
    return vote_.cast(id_of(voter), endpoint_at(ip, 9), seen, now_);
  }

  const net::Endpoint ours_ = endpoint_at("61.1.1.1", 9222), other_ = endpoint_at("62.2.2.2", 9222);
  TimePoint now_{std::chrono::hours(1)};
  VoteOptions options_;
  AddressVote vote_{options_};
};

TEST_F(AddressVoteTest, AQuorumDecides) {
  for (unsigned voter = 1; voter < options_.quorum; ++voter) EXPECT_FALSE(cast(voter, ours_));
  EXPECT_FALSE(vote_.winner(false));
  EXPECT_TRUE(cast(100, ours_));
  EXPECT_EQ(vote_.winner(false), ours_);
  EXPECT_FALSE(cast(101, ours_)) << "nothing new";
  EXPECT_EQ(vote_.voters(false), options_.quorum + 1);
}

TEST_F(AddressVoteTest, MoreThanHalfMustAgree) {
  for (unsigned voter = 1; voter <= 5; ++voter)
    EXPECT_FALSE(cast(voter, endpoint_at("61.1.1.1", static_cast<std::uint16_t>(voter))));
  for (unsigned voter = 11; voter <= 15; ++voter) EXPECT_FALSE(cast(voter, ours_)) << "five of ten are not";
  EXPECT_TRUE(cast(16, ours_));
  EXPECT_EQ(vote_.winner(false), ours_);
}

TEST_F(AddressVoteTest, AnotherPortIsAnotherEndpoint) {
  for (unsigned voter = 1; voter <= 20; ++voter)
    EXPECT_FALSE(cast(voter, endpoint_at("61.1.1.1", static_cast<std::uint16_t>(1000 + voter))));
  EXPECT_FALSE(vote_.winner(false));
}

TEST_F(AddressVoteTest, AVoteCountsForTheWindow) {
  for (unsigned voter = 1; voter < options_.quorum; ++voter) cast(voter, ours_);
  now_ += options_.window;
  EXPECT_FALSE(cast(100, ours_)) << "the others' are too old";
  EXPECT_EQ(vote_.voters(false), 1u);
  now_ += options_.window - seconds(1);
  for (unsigned voter = 1; voter < options_.quorum - 1; ++voter) EXPECT_FALSE(cast(voter, ours_));
  EXPECT_TRUE(cast(50, ours_)) << "the first one still counts";
}

TEST_F(AddressVoteTest, ANodeHasOneVote) {
  for (unsigned i = 0; i < 10; ++i) EXPECT_FALSE(cast_from("52.1." + std::to_string(i) + ".1", 1, ours_));
  EXPECT_EQ(vote_.voters(false), 1u);
}

TEST_F(AddressVoteTest, TheLastWordOfANodeCounts) {
  for (unsigned voter = 1; voter < options_.quorum; ++voter) cast(voter, other_);
  for (unsigned voter = 1; voter < options_.quorum; ++voter) EXPECT_FALSE(cast(voter, ours_));
  EXPECT_TRUE(cast(100, ours_));
  EXPECT_EQ(vote_.winner(false), ours_);
}

TEST_F(AddressVoteTest, OneNetworkHasOneVote) {
  for (unsigned i = 1; i <= 250; ++i)
    EXPECT_FALSE(cast_from("52.1.1." + std::to_string(i), i, other_)) << "however many attackers it holds";
  EXPECT_EQ(vote_.voters(false), 1u);
  for (unsigned voter = 1001; voter <= 1004; ++voter) cast(voter, ours_);
  EXPECT_EQ(vote_.winner(false), ours_);
  for (unsigned i = 1; i <= 250; ++i) EXPECT_FALSE(cast_from("52.1.1." + std::to_string(i), i, other_));
  EXPECT_EQ(vote_.winner(false), ours_);
}

TEST_F(AddressVoteTest, OneSlash48HasOneVote) {
  for (unsigned i = 1; i <= 100; ++i)
    cast_from("2600:1:2:" + std::to_string(i) + "::1", i, endpoint_at("2600:9::1", 9222));
  EXPECT_EQ(vote_.voters(true), 1u);
}

TEST_F(AddressVoteTest, PrivateNetworksAndLoopbackVoteNodeByNode) {
  for (const char* ip : {"127.0.0.1", "192.168.1.1", "fd00::1"}) {
    AddressVote vote(options_);
    const net::Endpoint seen = endpoint_at(ip, 9222);
    for (unsigned voter = 1; voter <= options_.quorum; ++voter)
      EXPECT_EQ(vote.cast(id_of(voter), endpoint_at(ip, 1), seen, now_), voter == options_.quorum);
    EXPECT_EQ(vote.winner(seen.is_v6), seen);
  }
}

TEST_F(AddressVoteTest, TheFamiliesAreCountedApart) {
  const net::Endpoint ours6 = endpoint_at("2600:9::1", 9222);
  for (unsigned voter = 1; voter <= 4; ++voter) {
    cast(voter, ours_);
    cast_from("2600:" + std::to_string(voter) + "::1", voter, ours6);
  }
  EXPECT_EQ(vote_.winner(false), ours_);
  EXPECT_EQ(vote_.winner(true), ours6) << "a node may be asked over both";
  EXPECT_EQ(vote_.voters(false), 4u);
  EXPECT_EQ(vote_.voters(true), 4u);
}

TEST_F(AddressVoteTest, WhatTheVoterCannotHaveSeenDoesNotCount) {
  const net::Endpoint impossible[] = {endpoint_at("2600::1", 9),   endpoint_at("127.0.0.1", 9),
                                      endpoint_at("10.0.0.1", 9),  endpoint_at("0.0.0.0", 9),
                                      endpoint_at("224.0.0.1", 9), endpoint_at("61.1.1.1", 0)};
  for (unsigned voter = 1; voter <= 20; ++voter) {
    for (const net::Endpoint& seen : impossible) EXPECT_FALSE(cast(voter, seen));
  }
  EXPECT_EQ(vote_.voters(false) + vote_.voters(true), 0u);
}

TEST_F(AddressVoteTest, TheWinnerStaysUntilAnotherWins) {
  for (unsigned voter = 1; voter <= 4; ++voter) cast(voter, ours_);
  now_ += 3 * options_.window;
  for (unsigned voter = 11; voter <= 13; ++voter) EXPECT_FALSE(cast(voter, other_));
  EXPECT_EQ(vote_.winner(false), ours_) << "three are no quorum";
  EXPECT_TRUE(cast(14, other_));
  EXPECT_EQ(vote_.winner(false), other_);
}

TEST_F(AddressVoteTest, AfterAMoveTheNewAddressWinsInTime) {
  for (unsigned voter = 1; voter <= 50; ++voter) cast(voter, ours_);
  now_ += minutes(1);
  unsigned needed = 0;
  while (vote_.winner(false) != other_ && needed < 50) cast(++needed, other_);
  EXPECT_EQ(needed, 26u) << "as soon as more than half have seen it";
}

TEST_F(AddressVoteTest, TheOldestVoteMakesRoom) {
  for (unsigned voter = 1; voter <= 2000; ++voter)
    cast(voter, endpoint_at("61.1.1.1", static_cast<std::uint16_t>(voter)));
  EXPECT_EQ(vote_.voters(false), options_.max_voters);
  for (unsigned voter = 3000; voter < 3000 + options_.max_voters / 2; ++voter) EXPECT_FALSE(cast(voter, ours_));
  EXPECT_TRUE(cast(4000, ours_));
  EXPECT_EQ(vote_.voters(false), options_.max_voters);
}

TEST_F(AddressVoteTest, OneTrustedVoterIsEnoughUntilMoreSayOtherwise) {
  EXPECT_TRUE(vote_.cast(id_of(1), endpoint_at("52.0.1.1", 9), ours_, now_, true));
  EXPECT_EQ(vote_.winner(false), ours_);
  for (unsigned voter = 11; voter < 11 + options_.quorum; ++voter) EXPECT_FALSE(cast(voter, other_));
  EXPECT_TRUE(cast(50, other_)) << "one more than the trusted one weighs";
  EXPECT_EQ(vote_.winner(false), other_);
}

TEST_F(AddressVoteTest, TrustedVotersWhoDisagreeDecideNothing) {
  EXPECT_TRUE(vote_.cast(id_of(1), endpoint_at("52.0.1.1", 9), ours_, now_, true));
  EXPECT_FALSE(vote_.cast(id_of(2), endpoint_at("52.0.2.1", 9), other_, now_, true));
  EXPECT_EQ(vote_.winner(false), ours_) << "the first one stays";
}

TEST_F(AddressVoteTest, ATrustedVoteIsNotReplacedByANeighboursOwn) {
  vote_.cast(id_of(1), endpoint_at("52.0.1.1", 9), ours_, now_, true);
  for (unsigned host = 2; host < 100; ++host) cast_from("52.0.1." + std::to_string(host), host, other_);
  EXPECT_EQ(vote_.winner(false), ours_);
}

}  // namespace
}  // namespace opwire::discv5
