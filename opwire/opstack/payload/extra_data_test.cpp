#include "opwire/opstack/payload/extra_data.hpp"

#include <gtest/gtest.h>

#include "opwire/codec/hex.hpp"
#include "opwire/opstack/payload/errors.hpp"

namespace opwire::opstack {
namespace {

ExtraData extra(std::string_view hex) {
  return ExtraData::parse(codec::from_hex(hex).value()).value();
}

TEST(ExtraData, HoldsUpTo32BytesOfAnything) {
  EXPECT_EQ(ExtraData::parse(Bytes(32, 7)).value().view().size(), 32u);
  EXPECT_TRUE(ExtraData::parse({}).value().view().empty());
  EXPECT_TRUE(ExtraData::parse(Bytes(33)).error().is(errors::kExtraDataTooLong));
}

TEST(ExtraData, HoloceneParameters) {
  EXPECT_EQ(ExtraData::make({250, 6, std::nullopt}), extra("00000000fa00000006"));
}

TEST(ExtraData, JovianParameters) {
  EXPECT_EQ(ExtraData::make({250, 6, 0x102}), extra("01000000fa000000060000000000000102"));
}

}  // namespace
}  // namespace opwire::opstack
