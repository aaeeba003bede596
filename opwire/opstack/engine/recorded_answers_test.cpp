// op-geth's own answers (testdata/opstack/opgeth_engine_answers.json).
#include <gtest/gtest.h>

#include "opwire/opstack/driver/l1_info.hpp"
#include "opwire/opstack/engine/answers.hpp"
#include "opwire/opstack/payload/block_hash.hpp"
#include "opwire/opstack/payload/vectors_for_test.hpp"

namespace opwire::opstack {
namespace {

boost::json::value chains() {
  return read_vectors("opgeth_engine_answers.json").at("chains");
}

TEST(RecordedAnswers, BlocksOfEveryFork) {
  const boost::json::value all = chains();
  EXPECT_EQ(all.as_object().size(), 5U);
  for (const auto& [fork, chain] : all.as_object()) {
    const PayloadVersion version = version_of(chain.at("version").as_int64());
    const auto head = read_block_head(chain.at("block"));
    ASSERT_TRUE(head && *head) << fork;
    EXPECT_EQ((*head)->number, BlockNumber{1});
    const auto calldata = read_calldata(chain.at("first_transaction"));
    ASSERT_TRUE(calldata) << fork;
    const auto info = parse_l1_info(*calldata);
    ASSERT_TRUE(info) << fork;
    EXPECT_EQ(info->sequence_number, 1U);
    const auto payload = assemble_payload(chain.at("block"), chain.at("bodies"), version);
    ASSERT_TRUE(payload) << fork << ": " << payload.error().message();
    EXPECT_EQ(payload->payload.block_hash, (*head)->hash);
    EXPECT_EQ(payload->payload.transactions.size(), 2U);
    EXPECT_EQ(block_ref(payload->payload)->sequence_number, 1U);
    const auto none = assemble_payload(chain.at("block"), chain.at("no_bodies"), version);
    EXPECT_TRUE(none.error().is(errors::kNoSuchBlock)) << fork;
  }
}

TEST(RecordedAnswers, BuildingAndVerdicts) {
  const boost::json::value all = chains();
  for (const char* const fork : {"isthmus", "jovian"}) {
    const boost::json::value& chain = all.at(fork);
    const auto started = read_forkchoice_answer(chain.at("forkchoice"));
    ASSERT_TRUE(started) << fork;
    EXPECT_EQ(started->status.status, EngineStatus::kValid);
    EXPECT_TRUE(started->building);
    const auto built = read_built(chain.at("built"), PayloadVersion::kV4);
    ASSERT_TRUE(built) << fork << ": " << built.error().message();
    EXPECT_EQ(built->payload.number, BlockNumber{2});
    EXPECT_FALSE(read_built(chain.at("built"), PayloadVersion::kV3));
    const auto valid = read_payload_status(chain.at("valid"));
    EXPECT_EQ(valid->latest_valid, built->payload.block_hash);
    const auto invalid = read_payload_status(chain.at("invalid"));
    EXPECT_EQ(invalid->status, EngineStatus::kInvalid);
    EXPECT_FALSE(invalid->latest_valid);
    EXPECT_TRUE(invalid->validation_error.starts_with("blockhash mismatch")) << invalid->validation_error;
    const auto unknown = read_forkchoice_answer(chain.at("unknown_head"));
    EXPECT_EQ(unknown->status.status, EngineStatus::kSyncing);
    EXPECT_FALSE(unknown->building);
  }
}

}  // namespace
}  // namespace opwire::opstack
