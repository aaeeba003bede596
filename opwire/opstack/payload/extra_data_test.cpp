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
  const ExtraData data = extra("00000000fa00000006");
  EXPECT_EQ(data.fee_parameters(), (FeeParameters{250, 6, std::nullopt}));
  EXPECT_EQ(ExtraData::make({250, 6, std::nullopt}), data);
}

TEST(ExtraData, JovianParameters) {
  const ExtraData data = extra("01000000fa000000060000000000000102");
  EXPECT_EQ(data.fee_parameters(), (FeeParameters{250, 6, 0x102}));
  EXPECT_EQ(ExtraData::make({250, 6, 0x102}), data);
}

TEST(ExtraData, OtherBytesHoldNoParameters) {
  EXPECT_FALSE(extra("").fee_parameters());
  EXPECT_FALSE(extra("01000000fa00000006").fee_parameters());
  EXPECT_FALSE(extra("00000000fa000000060000000000000102").fee_parameters());
  EXPECT_FALSE(extra("d883010d00846765746888676f312e32312e30856c696e7578").fee_parameters());
}

}  // namespace
}  // namespace opwire::opstack
