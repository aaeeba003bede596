#include "opwire/opstack/chain/rollup_json.hpp"

#include <gtest/gtest.h>

#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>
#include <fstream>
#include <sstream>

#include "opwire/opstack/chain/registry.hpp"

namespace opwire::opstack {
namespace {

std::string complaint(std::string_view text) {
  const auto parsed = parse_rollup_config(text);
  return parsed ? "" : parsed.error();
}

TEST(RollupJson, RepeatsWhatOpNodeWrites) {
  std::ifstream file(OPWIRE_TESTDATA "/opstack/opnode_rollup_configs.json");
  std::stringstream text;
  text << file.rdbuf();
  const boost::json::value vectors = boost::json::parse(text.str());
  ASSERT_EQ(vectors.at("configs").as_object().size(), 6u);
  for (const auto& [name, config_text] : vectors.at("configs").as_object()) {
    SCOPED_TRACE(std::string(name));
    const std::string_view expected = config_text.as_string();
    const auto parsed = parse_rollup_config(expected);
    ASSERT_TRUE(parsed) << parsed.error();
    EXPECT_TRUE(parsed->warnings.empty());
    EXPECT_EQ(to_json(parsed->config), expected);
    EXPECT_TRUE(validate(parsed->config));
    EXPECT_EQ(parsed->config, find_chain(name).value()->config);
  }
}

TEST(RollupJson, UnknownTimesAreKeptWithAWarning) {
  const auto parsed = parse_rollup_config(R"({"lagoon_time": 7, "interop_time": 8, "block_time": 2, "unknown": [1]})");
  ASSERT_TRUE(parsed) << parsed.error();
  ASSERT_EQ(parsed->warnings.size(), 1u);
  EXPECT_EQ(parsed->warnings[0], "lagoon_time is not known here: it is kept, but nothing follows it");
  EXPECT_EQ(parsed->config.unknown_times.at("lagoon_time"), 7u);
  EXPECT_EQ(parsed->config.forks.time(Fork::kInterop), 8u);
  EXPECT_NE(to_json(parsed->config).find("\"lagoon_time\": 7"), std::string::npos);
}

TEST(RollupJson, OlderFilesHaveAProtocolVersionsAddress) {
  const auto parsed =
      parse_rollup_config(R"({"protocol_versions_address": "0x8062abc286f5e7d9428a0ccb9abd71e50d93b935"})");
  ASSERT_TRUE(parsed);
  EXPECT_EQ(parsed->config.protocol_versions_address->bytes[0], 0x80);
  EXPECT_NE(to_json(parsed->config).find("0x8062abc286f5e7d9428a0ccb9abd71e50d93b935"), std::string::npos);
}

TEST(RollupJson, ComplaintsNameTheField) {
  EXPECT_TRUE(complaint("{").starts_with("not JSON: "));
  EXPECT_EQ(complaint("[]"), "expected a JSON object");
  EXPECT_EQ(complaint(R"({"genesis": 1})"), "genesis: expected an object");
  EXPECT_EQ(complaint(R"({"genesis": {"l1": {"hash": "0x12"}}})"), "genesis.l1.hash: expected 32 bytes in 0x-hex");
  EXPECT_EQ(complaint(R"({"batch_inbox_address": "ff00000000000000000000000000000000000010"})"),
            "batch_inbox_address: expected 20 bytes in 0x-hex");
  EXPECT_EQ(complaint(R"({"batch_inbox_address": 5})"), "batch_inbox_address: expected 20 bytes in 0x-hex");
  EXPECT_EQ(complaint(R"({"alt_da": {"da_commitment_type": 5}})"), "alt_da.da_commitment_type: expected a text");
  EXPECT_EQ(complaint(R"({"genesis": {"system_config": {"daFootprintGasScalar": 65536}}})"),
            "genesis.system_config.daFootprintGasScalar: expected a whole number up to 65535");
}

TEST(RollupJson, NumbersAreUnsigned64BitIntegers) {
  const std::string expected = "block_time: expected a whole number up to 18446744073709551615";
  EXPECT_EQ(complaint(R"({"block_time": "2"})"), expected);
  EXPECT_EQ(complaint(R"({"block_time": -1})"), expected);
  EXPECT_EQ(complaint(R"({"block_time": 2.0})"), expected);
  EXPECT_EQ(complaint(R"({"block_time": 18446744073709551616})"), expected);
  EXPECT_EQ(complaint(R"({"block_time": 18446744073709551615})"), "");
  EXPECT_EQ(complaint(R"({"canyon_time": "0"})"), "canyon_time: expected a whole number up to 18446744073709551615");
  EXPECT_EQ(complaint(R"({"lagoon_time": []})"), "lagoon_time: expected a whole number up to 18446744073709551615");
}

TEST(RollupJson, NullIsAbsent) {
  const auto parsed = parse_rollup_config(R"({"canyon_time": null, "lagoon_time": null, "alt_da": null})");
  ASSERT_TRUE(parsed) << parsed.error();
  EXPECT_EQ(parsed->config, RollupConfig{});
  EXPECT_TRUE(parsed->warnings.empty());
}

}  // namespace
}  // namespace opwire::opstack
