#include "opwire/node/api/watch_json.hpp"

#include "opwire/node/api/node_metrics.hpp"
#include "opwire/node/api/parts_for_test.hpp"

namespace opwire::node {
namespace {

opstack::Sighting sighting(std::uint64_t number, std::uint8_t content) {
  opstack::Sighting one;
  one.block.number = {number};
  one.block.timestamp = 1'700'000'000 + number;
  one.block.hash.bytes[31] = content;
  one.block.payload_hash.bytes[0] = content;
  one.block.version = opstack::PayloadVersion::kV4;
  one.at = from_unix_seconds(1'700'000'100);
  return one;
}

TEST(WatchJson, IsNullWhereNobodyWatches) {
  ApiWorld world;
  EXPECT_EQ(world.ask("opwire_equivocations"), "null");
  const auto status = boost::json::parse(world.ask("opwire_status"));
  EXPECT_TRUE(status.at("clock").is_null());
  EXPECT_EQ(status.at("equivocations").as_int64(), 0);
}

TEST(WatchJson, TellsOfTheClock) {
  ApiWorld world;
  opstack::ClockGuard guard(std::chrono::seconds(2));
  world.parts.clock = &guard;
  metrics::Registry registry;
  const NodeMetrics metrics(registry, world.parts);
  EXPECT_EQ(clock_json(world.parts), R"({"state":"unknown","skewMs":null})");
  EXPECT_EQ(registry.text().find("\nopwire_clock_skew_seconds "), std::string::npos);
  for (std::uint64_t i = 0; i < 10; ++i) {
    const Duration since = std::chrono::seconds(2 * i);
    (void)guard.observe(1'700'000'001 + 2 * i, from_unix_seconds(1'700'000'000) + since,
                        TimePoint(std::chrono::hours(1) + since));
  }
  EXPECT_EQ(clock_json(world.parts), R"({"state":"behind","skewMs":-1000})");
  EXPECT_EQ(boost::json::parse(world.ask("opwire_status")).at("clock"), boost::json::parse(clock_json(world.parts)));
  EXPECT_NE(registry.text().find("\nopwire_clock_skew_seconds -1\n"), std::string::npos) << registry.text();
}

TEST(WatchJson, ListsEquivocations) {
  ApiWorld world;
  opstack::Equivocations seen;
  world.parts.equivocations = &seen;
  metrics::Registry registry;
  const NodeMetrics metrics(registry, world.parts);
  EXPECT_EQ(world.ask("opwire_equivocations"), R"({"total":0,"heights":[]})");
  for (const std::uint64_t number : {7, 8}) {
    (void)seen.note(sighting(number, 1), false);
    opstack::Sighting second = sighting(number, 2);
    second.from = peer_of(2);
    (void)seen.note(second, false);
  }
  const std::string text = world.ask("opwire_equivocations");
  const auto answer = boost::json::parse(text);
  EXPECT_EQ(answer.at("total").as_int64(), 2);
  ASSERT_EQ(answer.at("heights").as_array().size(), 2u);
  EXPECT_EQ(answer.at("heights").at(0).at("number").as_int64(), 8);
  const std::string first =
      R"("blocks":[{"hash":"0x)" + std::string(62, '0') + R"(01","payloadHash":"0x01)" + std::string(62, '0') +
      R"(","signature":"0x)" + std::string(130, '0') + R"(","signer":"0x)" + std::string(40, '0') +
      R"(","version":4,"timestamp":1700000008,"from":null,"receivedAt":)" + R"("2023-11-14T22:15:00.000000Z"},)";
  EXPECT_NE(text.find(first), std::string::npos) << text;
  EXPECT_EQ(answer.at("heights").at(0).at("blocks").at(1).at("from").as_string(), peer_of(2).to_string());
  EXPECT_EQ(boost::json::parse(world.ask("opwire_status")).at("equivocations").as_int64(), 2);
  EXPECT_NE(registry.text().find("\nopwire_equivocations_total 2\n"), std::string::npos);
}

}  // namespace
}  // namespace opwire::node
