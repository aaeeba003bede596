#include "opwire/p2p/gossipsub/id_aliases.hpp"

#include <gtest/gtest.h>

#include "opwire/p2p/gossipsub/router_for_test.hpp"

namespace opwire::gossipsub {
namespace {

using test::message_ids;
using namespace std::chrono_literals;

MessageId id(std::uint32_t number) {
  return message_ids(1, number)[0];
}
MessageId alias(std::uint32_t number) {
  return message_ids(1, 1'000'000 + number)[0];
}

class IdAliasesTest : public ::testing::Test {
 protected:
  void expect_pair(const MessageId& one, const MessageId& other) {
    ASSERT_NE(aliases.alias_of(one), nullptr);
    EXPECT_EQ(*aliases.alias_of(one), other);
    ASSERT_NE(aliases.id_of(other), nullptr);
    EXPECT_EQ(*aliases.id_of(other), one);
  }

  IdAliases aliases{2min, 100, KeyedHash(1, 2)};
  const TimePoint start{1h};
};

TEST_F(IdAliasesTest, BothWays) {
  aliases.add(id(1), alias(1), start);
  expect_pair(id(1), alias(1));
  EXPECT_EQ(aliases.id_of(id(1)), nullptr) << "an id is not its own alias";
  EXPECT_EQ(aliases.alias_of(alias(1)), nullptr);
  EXPECT_EQ(aliases.id_of(alias(2)), nullptr);
}

TEST_F(IdAliasesTest, AnIdThatIsItsOwnAliasIsNotKept) {
  aliases.add(id(1), id(1), start);
  EXPECT_EQ(aliases.size(), 0u);
  EXPECT_EQ(aliases.id_of(id(1)), nullptr);
}

TEST_F(IdAliasesTest, TheFirstAliasOfAnIdStays) {
  aliases.add(id(1), alias(1), start);
  aliases.add(id(1), alias(2), start);
  expect_pair(id(1), alias(1));
  EXPECT_EQ(aliases.id_of(alias(2)), nullptr);
  EXPECT_EQ(aliases.size(), 1u);
}

// The same data on two topics: one alias, two ids.
TEST_F(IdAliasesTest, ASharedAliasMeansTheFirstMessage) {
  aliases.add(id(1), alias(1), start);
  aliases.add(id(2), alias(1), start + 1s);
  expect_pair(id(1), alias(1));
  EXPECT_EQ(*aliases.alias_of(id(2)), alias(1));
  aliases.expire(start + 2min);
  EXPECT_EQ(aliases.id_of(alias(1)), nullptr);
  EXPECT_EQ(*aliases.alias_of(id(2)), alias(1));
  aliases.expire(start + 2min + 1s);
  EXPECT_EQ(aliases.size(), 0u);
}

TEST_F(IdAliasesTest, AnOldPairDoesNotTakeItsSuccessorAlong) {
  aliases.add(id(1), alias(1), start);
  aliases.add(id(2), alias(1), start + 1s);
  aliases.expire(start + 2min);
  aliases.add(id(3), alias(1), start + 2min);
  expect_pair(id(3), alias(1));
  aliases.expire(start + 2min + 1s);
  expect_pair(id(3), alias(1));
}

TEST_F(IdAliasesTest, PairsEndWithTheirTimeAndAreNotRenewed) {
  aliases.add(id(1), alias(1), start);
  aliases.add(id(1), alias(1), start + 1min);
  aliases.expire(start + 2min - 1ns);
  expect_pair(id(1), alias(1));
  aliases.expire(start + 2min);
  EXPECT_EQ(aliases.id_of(alias(1)), nullptr);
  EXPECT_EQ(aliases.alias_of(id(1)), nullptr);
  aliases.add(id(1), alias(2), start + 3min);
  expect_pair(id(1), alias(2));
}

TEST_F(IdAliasesTest, BoundedAndTheOldestGoes) {
  for (std::uint32_t i = 0; i < 10'000; ++i) {
    aliases.add(id(i), alias(i), start);
    ASSERT_LE(aliases.size(), 100u);
  }
  EXPECT_EQ(aliases.id_of(alias(9'899)), nullptr);
  expect_pair(id(9'900), alias(9'900));
  expect_pair(id(9'999), alias(9'999));
}

}  // namespace
}  // namespace opwire::gossipsub
