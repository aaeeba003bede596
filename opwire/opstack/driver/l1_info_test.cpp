#include "opwire/opstack/driver/l1_info.hpp"

#include <boost/json/parse.hpp>
#include <fstream>
#include <sstream>

#include "opwire/codec/hex.hpp"
#include "opwire/opstack/driver/blocks_for_test.hpp"
#include "opwire/opstack/driver/errors.hpp"

namespace opwire::opstack {
namespace {

Bytes bedrock_calldata() {
  Bytes data(260);
  store_be<std::uint32_t>(data.data(), 0x015d8eb9);
  store_be<std::uint64_t>(data.data() + 28, 17);
  store_be<std::uint64_t>(data.data() + 60, 1'650'000'000);
  std::fill_n(data.begin() + 100, 32, 0xab);
  store_be<std::uint64_t>(data.data() + 156, 3);
  return data;
}

Bytes packed_calldata(std::uint32_t selector, std::size_t size) {
  Bytes data = test::isthmus_calldata(7, 4);
  data.resize(size);
  store_be(data.data(), selector);
  return data;
}

TEST(L1Info, BedrockHasWords) {
  const auto info = parse_l1_info(bedrock_calldata()).value();
  EXPECT_EQ(info.origin.number.value, 17u);
  EXPECT_EQ(info.origin.hash.bytes[0], 0xab);
  EXPECT_EQ(info.origin_timestamp, 1'650'000'000u);
  EXPECT_EQ(info.sequence_number, 3u);
}

TEST(L1Info, LaterForksArePackedAndDifferInLength) {
  for (const auto& [selector, size] :
       {std::pair{0x440a5e20u, 164}, std::pair{0x098999beu, 176}, std::pair{0x3db6be2bu, 178}}) {
    const auto info = parse_l1_info(packed_calldata(selector, static_cast<std::size_t>(size))).value();
    EXPECT_EQ(info.origin.number.value, 7u);
    EXPECT_EQ(info.origin.hash.bytes[31], 7);
    EXPECT_EQ(info.sequence_number, 4u);
    for (const int other : {size - 1, size + 1}) {
      const auto wrong = parse_l1_info(packed_calldata(selector, static_cast<std::size_t>(other)));
      ASSERT_FALSE(wrong);
      EXPECT_TRUE(wrong.error().is(errors::kL1Info));
    }
  }
}

TEST(L1Info, RefusesOtherCallsAndNumbersBeyond64Bits) {
  EXPECT_FALSE(parse_l1_info({}));
  EXPECT_FALSE(parse_l1_info(packed_calldata(0x12345678, 176)));
  for (const std::size_t word : {0u, 1u, 4u}) {
    Bytes data = bedrock_calldata();
    data[4 + 32 * word + 23] = 1;
    EXPECT_FALSE(parse_l1_info(data)) << word;
  }
}

TEST(L1Info, RefusesWhatIsNoDeposit) {
  const Bytes good = test::deposit(test::isthmus_calldata(9, 5));
  EXPECT_EQ(parse_l1_info_deposit(good).value().sequence_number, 5u);
  Bytes other_type = good;
  other_type[0] = 0x02;
  Bytes short_by_one(good.begin(), good.end() - 1);
  Bytes longer = good;
  longer.push_back(0);
  for (const Bytes& bad : {Bytes{}, Bytes{0x7e}, other_type, short_by_one, longer}) {
    const auto info = parse_l1_info_deposit(bad);
    ASSERT_FALSE(info);
    EXPECT_TRUE(info.error().is(errors::kL1Info));
  }
}


}  // namespace
}  // namespace opwire::opstack
