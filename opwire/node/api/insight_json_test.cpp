#include "opwire/node/api/insight_json.hpp"

#include "opwire/node/api/parts_for_test.hpp"

namespace opwire::node {
namespace {

boost::json::value parsed(const std::string& text) {
  return boost::json::parse(text);
}

TEST(InsightJson, IsNullWhereThereIsNothingToTell) {
  ApiWorld world;
  for (const char* method : {"opwire_limits", "opwire_mesh", "opwire_verdicts", "opwire_gaps", "opwire_archive"}) {
    EXPECT_EQ(world.ask(method), "null") << method;
  }
}

TEST(InsightJson, TellsOfEachLimitHowMuchIsUsed) {
  ApiWorld world;
  world.config.limits.process_bytes = 1000;
  world.parts.resources = [] {
    ResourceReport report;
    report.use.connections = {.inbound = 2, .outbound = 1};
    report.use.streams = {.inbound = 5, .outbound = 4};
    report.use.protocols["/meshsub/1.2.0"] = {.inbound = 3, .outbound = 3};
    report.use.refused["streams"] = 7;
    report.process_bytes = 900;
    return report;
  };
  const auto limits = parsed(world.ask("opwire_limits"));
  EXPECT_EQ(boost::json::serialize(limits.at("connections").at("total")), R"({"used":3,"limit":768})");
  EXPECT_EQ(boost::json::serialize(limits.at("connections").at("inbound")), R"({"used":2,"limit":512})");
  EXPECT_EQ(boost::json::serialize(limits.at("processBytes")), R"({"used":900,"limit":1000})");
  EXPECT_EQ(boost::json::serialize(limits.at("protocols")), R"({"/meshsub/1.2.0":6})");
  EXPECT_EQ(boost::json::serialize(limits.at("refused")), R"({"streams":7})");
  EXPECT_EQ(boost::json::serialize(limits.at("peers")), R"({"low":160,"high":192,"graceSeconds":60})");
}

TEST(InsightJson, TellsWhatWasRefusedLastAndWhy) {
  ApiWorld world;
  opstack::BlockCounts counts;
  counts.accepted = 4;
  counts.rejected["block.too_old"] = 2;
  counts.last["block.too_old"] = {from_unix_seconds(1'700'000'000), peer_of(2), "block.too_old: 61 s"};
  counts.ignored["block.seen"] = 9;
  world.parts.blocks = &counts;
  EXPECT_EQ(world.ask("opwire_verdicts"),
            R"({"accepted":4,"rejected":[{"reason":"block.too_old","count":2,"lastAt":"2023-11-14T22:13:20.000000Z",)"
            R"("lastDetail":"block.too_old: 61 s","lastFrom":")" +
                peer_of(2).to_string() + R"("}],"ignored":[{"reason":"block.seen","count":9}]})");
}

TEST(InsightJson, TellsOfAGapAndOfWhatWaits) {
  ApiWorld world;
  Status status;
  world.parts.status = [&] { return status; };
  ChainStatus& chain = status.chain.emplace();
  chain.queued = 3;
  chain.queued_bytes = 4096;
  EXPECT_EQ(world.ask("opwire_gaps"), R"({"queued":3,"queuedBytes":4096,"backfillLeft":0,"gap":null,"progress":null})");
  chain.gap = opstack::Gap{.after = BlockNumber{7}, .before = BlockNumber{11}, .top = Hash256()};
  const auto gap = parsed(world.ask("opwire_gaps")).at("gap");
  EXPECT_EQ(gap.at("after").as_int64(), 7);
  EXPECT_EQ(gap.at("before").as_int64(), 11);
  EXPECT_FALSE(gap.at("branch").as_bool());
}

TEST(InsightJson, TellsWhatIsKeptOfBlocks) {
  ApiWorld world;
  world.config.archive.emplace().file = "blocks.mdb";
  world.parts.archived = [] {
    store::ArchiveStatus status;
    status.stored.count = 3;
    status.stored.lowest = BlockNumber{8};
    status.dropped = 1;
    return std::optional(status);
  };
  const auto archive = parsed(world.ask("opwire_archive"));
  EXPECT_EQ(archive.at("file").as_string(), "blocks.mdb");
  EXPECT_EQ(archive.at("blocks").as_int64(), 3);
  EXPECT_EQ(archive.at("lowest").as_int64(), 8);
  EXPECT_TRUE(archive.at("highest").is_null());
  EXPECT_EQ(archive.at("dropped").as_int64(), 1);
}

}  // namespace
}  // namespace opwire::node
