#include "opwire/node/api/sync_status.hpp"

#include "opwire/node/api/parts_for_test.hpp"
#include "opwire/opstack/driver/blocks_for_test.hpp"

namespace opwire::node {
namespace {

const std::string kZero = "0x" + std::string(64, '0');
const std::string kNoL1 = R"({"hash":")" + kZero + R"(","number":0,"parentHash":")" + kZero + R"(","timestamp":0})";
const std::string kNoL2 = R"({"hash":")" + kZero + R"(","number":0,"parentHash":")" + kZero +
                          R"(","timestamp":0,"l1origin":{"hash":")" + kZero + R"(","number":0},"sequenceNumber":0})";

std::string status(const std::string& head, const std::string& safe, const std::string& finalized) {
  return R"({"current_l1":)" + kNoL1 + R"(,"current_l1_finalized":)" + kNoL1 + R"(,"head_l1":)" + kNoL1 +
         R"(,"safe_l1":)" + kNoL1 + R"(,"finalized_l1":)" + kNoL1 + R"(,"unsafe_l2":)" + head + R"(,"safe_l2":)" +
         safe + R"(,"finalized_l2":)" + finalized + R"(,"pending_safe_l2":)" + safe + R"(,"cross_unsafe_l2":)" + head +
         R"(,"local_safe_l2":)" + safe + "}";
}

TEST(SyncStatus, IsZeroWhereNothingIsKnown) {
  ApiWorld world;
  EXPECT_EQ(world.ask("optimism_syncStatus"), status(kNoL2, kNoL2, kNoL2));
  EXPECT_EQ(world.ask("optimism_syncStatus", "[1]"), "-32602: too many arguments, want at most 0");
}

TEST(SyncStatus, HasTheEnginesHeads) {
  ApiWorld world;
  opstack::EngineController engine;
  opstack::EngineHeads heads;
  heads.head = opstack::test::ref(12);
  heads.safe = opstack::test::ref(10);
  set_heads(engine, heads);
  world.parts.engine = [&engine] { return &engine; };
  world.parts.l1_heads = [] {
    L1Heads l1;
    l1.head.number = {77};
    return l1;
  };
  const std::string head = R"({"hash":"0x000000000000000d)" + std::string(48, '0') +
                           R"(","number":12,"parentHash":"0x000000000000000c)" + std::string(48, '0') +
                           R"(","timestamp":1700000024,"l1origin":{"hash":"0x0909)";
  const std::string answer = world.ask("optimism_syncStatus");
  EXPECT_NE(answer.find(R"("unsafe_l2":)" + head), std::string::npos) << answer;
  EXPECT_NE(answer.find(R"("cross_unsafe_l2":)" + head), std::string::npos);
  EXPECT_NE(answer.find(R"("number":9},"sequenceNumber":12})"), std::string::npos);
  EXPECT_NE(answer.find(R"("finalized_l2":)" + kNoL2), std::string::npos);
  const auto parsed = boost::json::parse(answer);
  EXPECT_EQ(parsed.at("safe_l2").at("number").as_int64(), 10);
  EXPECT_EQ(parsed.at("local_safe_l2"), parsed.at("safe_l2"));
  EXPECT_EQ(parsed.at("pending_safe_l2"), parsed.at("safe_l2"));
  EXPECT_EQ(parsed.at("head_l1").at("number").as_int64(), 77);
}

TEST(SyncStatus, OfOpwire) {
  ApiWorld world;
  EXPECT_EQ(world.ask("opwire_syncProgress"), "null");
  ApiWorld busy;
  busy.parts.sync_progress = [] {
    opstack::RangeProgress progress;
    progress.wanted = 100;
    progress.proved = 40;
    progress.peers = 3;
    return std::optional(progress);
  };
  busy.parts.status = [] {
    Status status;
    status.peers = 5;
    status.mesh["/optimism/901/3/blocks"] = 4;
    status.last_block = BlockNumber{9};
    status.last_timestamp = 1'700'000'018;
    status.accepted = 8;
    return status;
  };
  const std::string progress = busy.ask("opwire_syncProgress");
  EXPECT_TRUE(progress.starts_with(R"({"wanted":100,"proved":40,"peers":3,"quarantinedBytes":0,"seconds":)"))
      << progress;
  EXPECT_EQ(busy.ask("opwire_status"),
            R"({"version":"v1.2.3-abcdef","chain":"devnet","chainId":901,"peerId":")" + peer_of(1).to_string() +
                R"(","peers":5,"mesh":{"/optimism/901/3/blocks":4},"lastBlock":{"number":9,"timestamp":1700000018},)"
                R"("blocks":{"accepted":8,"rejected":0,"ignored":0,"throttled":0},"discovery":null,"heads":null,)"
                R"("sync":)" +
                progress + R"(,"clock":null,"equivocations":0})");
}

}  // namespace
}  // namespace opwire::node
