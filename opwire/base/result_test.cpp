#include "opwire/base/result.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <string>

namespace opwire {
namespace {

constexpr ErrorKind kBad{"test.bad", "it is bad", Consequence::kResetStream};
constexpr ErrorKind kWorse{"test.worse", "it is worse"};

Result<int> half(int number) {
  if (number % 2 != 0) return kBad;
  return number / 2;
}

Result<int> quarter(int number) {
  OPW_TRY(const int once, half(number));
  OPW_TRY(const int twice, half(once));
  return twice;
}

Result<void> must_be_even(int number) {
  OPW_TRYV(half(number));
  return {};
}

TEST(Result, HoldsAValueOrAnError) {
  EXPECT_TRUE(half(4));
  EXPECT_EQ(half(4).value(), 2);
  EXPECT_EQ(*half(4), 2);
  EXPECT_FALSE(half(3));
  EXPECT_TRUE(half(3).error().is(kBad));
  EXPECT_EQ(half(3).error(), kBad);
  EXPECT_FALSE(half(3).error() == kWorse);
}

TEST(Result, TryPassesTheErrorOn) {
  EXPECT_EQ(quarter(8).value(), 2);
  EXPECT_EQ(quarter(6).error(), kBad);
  EXPECT_TRUE(must_be_even(2));
  EXPECT_EQ(must_be_even(1).error(), kBad);
}

TEST(Result, ValueOr) {
  EXPECT_EQ(half(4).value_or(-1), 2);
  EXPECT_EQ(half(3).value_or(-1), -1);
}

TEST(Result, CarriesMoveOnlyValues) {
  Result<std::unique_ptr<int>> result(std::make_unique<int>(7));
  const std::unique_ptr<int> taken = std::move(result).value();
  EXPECT_EQ(*taken, 7);
}

// Value and error of one type are told apart by nothing but their place; the void form is the one in use.
TEST(Result, ErrorMayBeText) {
  const auto refuse = [](bool bad) -> Result<void, std::string> {
    if (bad) return std::string("because");
    return {};
  };
  EXPECT_TRUE(refuse(false));
  EXPECT_EQ(refuse(true).error(), "because");
}

TEST(ResultDeathTest, WrongHalfEndsTheProcess) {
  EXPECT_DEATH((void)half(3).value(), "broken invariant.*has_value");
  EXPECT_DEATH((void)half(4).error(), "broken invariant.*has_value");
}

TEST(Error, TellsWhatItIs) {
  const Error error(kBad, "frame header");
  EXPECT_EQ(error.name(), "test.bad");
  EXPECT_EQ(error.message(), "it is bad (frame header)");
  EXPECT_EQ(error.consequence(), Consequence::kResetStream);
  EXPECT_EQ(Error(kWorse).message(), "it is worse");
  EXPECT_EQ(Error(kWorse).consequence(), Consequence::kLocal);
}

TEST(Error, QuotesTheSystem) {
  const Error error(errors::kSystem, "connect", ECONNREFUSED);
  EXPECT_EQ(error.system_error(), ECONNREFUSED);
  EXPECT_EQ(error.message(), "the system refused (connect): Connection refused");
}

TEST(Error, ConsequencesHaveNames) {
  EXPECT_EQ(to_string(Consequence::kLocal), "local");
  EXPECT_EQ(to_string(Consequence::kIgnore), "ignore");
  EXPECT_EQ(to_string(Consequence::kPenalise), "penalise");
  EXPECT_EQ(to_string(Consequence::kResetStream), "reset stream");
  EXPECT_EQ(to_string(Consequence::kCloseConnection), "close connection");
}

}  // namespace
}  // namespace opwire
