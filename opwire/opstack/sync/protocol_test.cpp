#include "opwire/opstack/sync/protocol.hpp"

#include <gtest/gtest.h>

#include <limits>

#include "opwire/opstack/sync/chain_for_test.hpp"

namespace opwire::opstack {
namespace {

constexpr std::uint64_t kMax = std::numeric_limits<std::uint64_t>::max();
constexpr std::uint64_t kGenesisTime = 1'700'000'000;

TEST(PayloadByNumber, IsNamedAsOpNodeAndAsKonaDo) {
  EXPECT_EQ(payload_by_number_protocols(ChainId{10}),
            (std::vector<std::string>{"/opstack/req/payload_by_number/10/0", "/opstack/req/payload_by_number/10/0/"}));
}

TEST(PayloadByNumber, RequestsAreLittleEndian) {
  EXPECT_EQ(encode_request({0x0102}), (ByteArray<8>{2, 1}));
  EXPECT_EQ(parse_request(encode_request({kMax})), BlockNumber{kMax});
}

TEST(PayloadByNumber, HeadsSayWhetherAnEnvelopeFollows) {
  EXPECT_EQ(answer_head(PayloadVersion::kV2), (ByteArray<5>{}));
  EXPECT_EQ(answer_head(PayloadVersion::kV3), (ByteArray<5>{0, 1}));
}

TEST(BlockSchedule, KnowsTheNewestBlockThatMayExist) {
  const BlockSchedule schedule = test::schedule();
  EXPECT_EQ(schedule.newest(from_unix_seconds(kGenesisTime - 1)), std::nullopt);
  EXPECT_EQ(schedule.newest(from_unix_seconds(kGenesisTime)), BlockNumber{0});
  EXPECT_EQ(schedule.newest(from_unix_seconds(kGenesisTime + 3)), BlockNumber{1});
}

TEST(BlockSchedule, KnowsTheTimeOfABlock) {
  BlockSchedule schedule = test::schedule();
  schedule.genesis = {100};
  EXPECT_EQ(schedule.timestamp({99}), std::nullopt);
  EXPECT_EQ(schedule.timestamp({101}), kGenesisTime + 2);
  EXPECT_EQ(schedule.timestamp({kMax}), std::nullopt);
  EXPECT_EQ(schedule.version({kMax}), std::nullopt);
}

TEST(BlockSchedule, GivesTheVersionOfTheBlocksTime) {
  BlockSchedule schedule = test::schedule(Fork::kBedrock);
  schedule.forks.set_time(Fork::kCanyon, kGenesisTime + 4);
  EXPECT_EQ(schedule.version({1}), PayloadVersion::kV1);
  EXPECT_EQ(schedule.version({2}), PayloadVersion::kV2);
}

}  // namespace
}  // namespace opwire::opstack
