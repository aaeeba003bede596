#include "opwire/opstack/payload/payload_json.hpp"

#include <boost/json/serialize.hpp>

#include "opwire/opstack/payload/vectors_for_test.hpp"

namespace opwire::opstack {
namespace {

namespace json = boost::json;

json::value op_alloy_case(std::string_view name) {
  return read_vectors("op_alloy_json_payloads.json").at("cases").at(json::string_view(name.data(), name.size()));
}

json::string repeated(std::string_view prefix, std::size_t count, char digit) {
  json::string text(json::string_view(prefix.data(), prefix.size()));
  text.append(count, digit);
  return text;
}

// What is said about a valid V3 payload after one change to its JSON.
std::string complaint_after(std::string_view key, json::value value) {
  json::value payload = op_alloy_case("payload/mod.rs:response_v3:1");
  payload.as_object()[json::string_view(key.data(), key.size())] = std::move(value);
  const auto parsed = parse_payload_json(json::serialize(payload));
  return parsed ? "" : parsed.error();
}

TEST(PayloadJson, PayloadsOfOpAlloy) {
  for (const auto& [name, version] : {std::pair("payload/mod.rs:response_v2:2", PayloadVersion::kV2),
                                      std::pair("payload/mod.rs:response_v3:1", PayloadVersion::kV3),
                                      std::pair("payload/mod.rs:response_v4:0", PayloadVersion::kV4)}) {
    const std::string text = json::serialize(op_alloy_case(name));
    const auto payload = parse_payload_json(text);
    ASSERT_TRUE(payload) << payload.error();
    EXPECT_EQ(payload->version, version);
    EXPECT_EQ(payload->timestamp, 0x1235u);
    EXPECT_EQ(payload->extra_data.view().size(), 25u);
    EXPECT_EQ(to_json(*payload), text);
  }
}

TEST(PayloadJson, EnvelopesOfOpAlloy) {
  const auto plain = parse_envelope_json(json::serialize(op_alloy_case("envelope.rs:envelope_str:0")));
  ASSERT_TRUE(plain) << plain.error();
  EXPECT_EQ(plain->payload.version, PayloadVersion::kV4);
  EXPECT_EQ(plain->parent_beacon_block_root.bytes[0], 0x99);
  for (const char* name : {"payload/v3.rs:response:0", "payload/v4.rs:response:0"}) {
    const auto answer = parse_envelope_json(json::serialize(op_alloy_case(name)));
    ASSERT_TRUE(answer) << answer.error();
    EXPECT_EQ(answer->parent_beacon_block_root.bytes[0], 0xde);
  }
}

TEST(PayloadJson, IncompletePayloadsAreRefusedByName) {
  EXPECT_EQ(parse_payload_json(json::serialize(op_alloy_case("payload/mod.rs:response_faulty:3"))).error(),
            "excessBlobGas: missing");
  EXPECT_EQ(parse_payload_json(json::serialize(op_alloy_case("payload/mod.rs:response_faulty:4"))).error(),
            "withdrawals: missing");
  EXPECT_EQ(complaint_after("stateRoot", nullptr), "stateRoot: missing");
  EXPECT_EQ(parse_envelope_json("{}").error(), "executionPayload: missing, or not an object");
}

TEST(PayloadJson, RoundTripOfEveryVersion) {
  for (const PayloadVersion version : kPayloadVersions) {
    const Envelope envelope = sample_envelope(version);
    const auto parsed = parse_envelope_json(to_json(envelope));
    ASSERT_TRUE(parsed) << parsed.error();
    EXPECT_EQ(*parsed, envelope);
    EXPECT_EQ(parse_payload_json(to_json(envelope.payload)).value(), envelope.payload);
  }
}

TEST(PayloadJson, TheRootIsThereExactlyFromV3On) {
  EXPECT_EQ(parse_envelope_json(R"({"executionPayload":)" + to_json(sample_envelope(PayloadVersion::kV3).payload) + "}")
                .error(),
            "parentBeaconBlockRoot: missing");
  const std::string root = R"({"parentBeaconBlockRoot":"0x)" + std::string(64, '0') + R"(","executionPayload":)";
  EXPECT_EQ(parse_envelope_json(root + to_json(sample_envelope(PayloadVersion::kV2).payload) + "}").error(),
            "parentBeaconBlockRoot: not part of a payload without blob gas fields");
  EXPECT_FALSE(to_json(sample_envelope(PayloadVersion::kV2)).starts_with(R"({"parent)"));
}

TEST(PayloadJson, QuantitiesAreStrict) {
  const std::string number = "gasUsed: expected a number of at most 16 0x-hex digits without leading zeros";
  for (const char* bad : {"0x", "0x00", "0x01", "0x1ffffffffffffffff", "0xg", "0x1 "}) {
    EXPECT_EQ(complaint_after("gasUsed", bad), number) << bad;
  }
  EXPECT_EQ(complaint_after("gasUsed", 5), "gasUsed: expected 0x-hex");
  EXPECT_EQ(complaint_after("gasUsed", "5"), "gasUsed: expected 0x-hex");
  EXPECT_EQ(complaint_after("gasUsed", "0x0"), "");
  EXPECT_EQ(complaint_after("gasUsed", "0xffffffffffffffff"), "");
  EXPECT_EQ(complaint_after("baseFeePerGas", repeated("0x", 64, 'f')), "");
  EXPECT_NE(complaint_after("baseFeePerGas", repeated("0x1", 64, 'f')), "");
}

TEST(PayloadJson, BytesAreStrict) {
  EXPECT_EQ(complaint_after("blockHash", "0x12"), "blockHash: expected 32 bytes in 0x-hex");
  EXPECT_EQ(complaint_after("blockHash", repeated("", 64, '1')), "blockHash: expected 0x-hex");
  EXPECT_EQ(complaint_after("extraData", "0x1"), "extraData: expected bytes in 0x-hex");
  EXPECT_EQ(complaint_after("extraData", repeated("0x", 66, '1')), "extraData: extra data are longer than 32 bytes");
  EXPECT_EQ(complaint_after("transactions", "0x"), "transactions: expected an array");
  EXPECT_EQ(complaint_after("transactions", json::array{"0x12", "12"}),
            "transactions: expected texts of bytes in 0x-hex");
  EXPECT_EQ(complaint_after("withdrawals", json::array{1}), "withdrawals: expected objects");
  EXPECT_EQ(complaint_after("withdrawals", json::array{json::object{}}), "withdrawals.index: missing");
}

TEST(PayloadJson, OnlyAnObjectWillDo) {
  EXPECT_TRUE(parse_payload_json("").error().starts_with("not JSON: "));
  EXPECT_EQ(parse_payload_json("[]").error(), "expected a JSON object");
  EXPECT_EQ(parse_envelope_json("1").error(), "expected a JSON object");
}

}  // namespace
}  // namespace opwire::opstack
