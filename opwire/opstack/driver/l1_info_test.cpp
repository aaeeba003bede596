#include "opwire/opstack/driver/l1_info.hpp"

#include <boost/json/parse.hpp>
#include <fstream>
#include <sstream>

#include "opwire/codec/hex.hpp"
#include "opwire/opstack/driver/blocks_for_test.hpp"
#include "opwire/opstack/driver/errors.hpp"
#include "opwire/opstack/payload/ssz.hpp"

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

L2BlockRef ref_of_recorded(const std::string& file, PayloadVersion version) {
  std::ifstream in(OPWIRE_TESTDATA "/opstack/" + file);
  std::stringstream text;
  text << in.rdbuf();
  const auto vector = boost::json::parse(text.str());
  const Bytes ssz = codec::from_hex(std::string_view(vector.at("signed_message_hex").as_string())).value();
  return block_ref(decode_ssz(version, SharedBytes(ssz)).value().payload).value();
}

TEST(BlockRef, OfARealEcotoneBlock) {
  const L2BlockRef ref = ref_of_recorded("op_sepolia_block_26207960_v3_unsigned.json", PayloadVersion::kV3);
  EXPECT_EQ(codec::to_hex(ref.hash.view()), "db32d9ddfa5fd26c9fb0260bbfa53da88326aa2a465e34d75180564aa31b851e");
  EXPECT_EQ(ref.number.value, 26'207'960u);
  EXPECT_EQ(ref.timestamp, 1'744'218'460u);
  EXPECT_EQ(ref.l1_origin.number.value, 8'085'313u);
  EXPECT_EQ(codec::to_hex(ref.l1_origin.hash.view()),
            "9244875342f5e0c1624d00f249b1a7996137b1eb44bdf16396f98f76a1bec6fa");
  EXPECT_EQ(ref.sequence_number, 0u);
}

TEST(BlockRef, OfARealIsthmusBlock) {
  const L2BlockRef ref = ref_of_recorded("unichain_sepolia_block_35535698_v4_unsigned.json", PayloadVersion::kV4);
  EXPECT_EQ(ref.l1_origin.number.value, 9'569'326u);
  EXPECT_EQ(ref.sequence_number, 8u);
}

TEST(BlockRef, NoneOfABlockWithoutTransactions) {
  EXPECT_FALSE(block_ref(ExecutionPayload{}));
}

}  // namespace
}  // namespace opwire::opstack
