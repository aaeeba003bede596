#include "opwire/opstack/engine/engine_api.hpp"

#include <gtest/gtest.h>

#include "opwire/codec/hex.hpp"
#include "opwire/net/http/errors.hpp"
#include "opwire/opstack/engine/answers_for_test.hpp"
#include "opwire/rpc/scripted_caller_for_test.hpp"
#include "opwire/runtime/simulated_loop.hpp"

namespace opwire::opstack {
namespace {

// Of the blocks of blocks_for_test: V1 until 10, V2 until 20, V3 until 30.
RollupConfig config_of_all_versions() {
  RollupConfig config;
  config.forks.set_time(Fork::kCanyon, 1'700'000'020);
  config.forks.set_time(Fork::kEcotone, 1'700'000'040);
  config.forks.set_time(Fork::kIsthmus, 1'700'000'060);
  config.genesis.l1 = {test::hash(5), BlockNumber{5}};
  config.genesis.l2 = {test::hash(0), BlockNumber{0}};
  return config;
}

struct World {
  using Failing = std::pair<std::int64_t, std::string>;
  void fails(const std::string& method, Failing how) {
    caller.on(method, [how](const boost::json::array&) -> Result<rpc::Reply> {
      return rpc::Reply(rpc::Failure{how.first, how.second, {}});
    });
  }
  void breaks(const std::string& method, Error how) {
    caller.on(method, [how](const boost::json::array&) -> Result<rpc::Reply> { return how; });
  }
  Result<PayloadStatus> send(std::uint64_t number = 40, PayloadVersion version = PayloadVersion::kV4) {
    return loop.run(engine.new_payload(test::sealed_block(number, version)));
  }
  Result<PayloadStatus> choose() {
    return loop.run(engine.forkchoice_updated(Forkchoice(test::hash(1), test::hash(2), test::hash(3)), 1));
  }
  std::string_view error_of_send() {
    const auto status = send();
    return status ? "none" : status.error().name();
  }

  SimulatedLoop loop;
  rpc::ScriptedCaller caller;
  RollupConfig config = config_of_all_versions();
  EngineApi engine{loop, caller, config};
};

TEST(EngineApi, NewPayloadsMethodGoesByTheFork) {
  const std::pair<std::uint64_t, PayloadVersion> blocks[] = {
      {5, PayloadVersion::kV1}, {10, PayloadVersion::kV2}, {20, PayloadVersion::kV3}, {30, PayloadVersion::kV4}};
  const char* const methods[] = {"engine_newPayloadV2", "engine_newPayloadV2", "engine_newPayloadV3",
                                 "engine_newPayloadV4"};
  const std::size_t parameters[] = {1, 1, 3, 4};
  World world;
  for (const char* const method : methods) world.caller.on(method, test::kStatusValid);
  for (std::size_t i = 0; i < 4; ++i) {
    const Envelope envelope = test::sealed_block(blocks[i].first, blocks[i].second);
    const auto status = world.loop.run(world.engine.new_payload(envelope));
    ASSERT_TRUE(status) << status.error().message();
    EXPECT_EQ(status->status, EngineStatus::kValid);
    const auto& made = world.caller.calls().back();
    EXPECT_EQ(made.method, methods[i]);
    const boost::json::array params = boost::json::parse(made.params).as_array();
    ASSERT_EQ(params.size(), parameters[i]);
    EXPECT_EQ(parse_payload_json(boost::json::serialize(params[0])).value(), envelope.payload);
    if (i < 2) continue;
    EXPECT_TRUE(params[1].as_array().empty());
    EXPECT_EQ(params[2], boost::json::value(codec::to_hex0x(envelope.parent_beacon_block_root.view())));
    if (i == 3) EXPECT_TRUE(params[3].as_array().empty());
  }
}

TEST(EngineApi, EveryStatus) {
  const std::pair<const char*, EngineStatus> all[] = {{"VALID", EngineStatus::kValid},
                                                      {"INVALID", EngineStatus::kInvalid},
                                                      {"SYNCING", EngineStatus::kSyncing},
                                                      {"ACCEPTED", EngineStatus::kAccepted},
                                                      {"INVALID_BLOCK_HASH", EngineStatus::kInvalidBlockHash}};
  World world;
  for (const auto& [text, status] : all) {
    world.caller.on("engine_newPayloadV4", test::status_text(text));
    world.caller.on("engine_forkchoiceUpdatedV3", test::forkchoice_text(text));
    EXPECT_EQ(world.send()->status, status);
    EXPECT_EQ(world.choose()->status, status);
    EXPECT_EQ(world.send()->validation_error, "words");
  }
  world.caller.on("engine_newPayloadV4", R"({"status":"INVALID","latestValidHash":")" +
                                             codec::to_hex0x(test::hash(7).view()) + R"(","validationError":")" +
                                             std::string(3000, 'x') + R"("})");
  const auto status = world.send();
  EXPECT_EQ(status->latest_valid, test::hash(7));
  EXPECT_EQ(status->validation_error.size(), 512U);
}

TEST(EngineApi, AnswersThatMakeNoSense) {
  World world;
  for (const char* text :
       {"null", "1", "[]", "{}", R"({"status":null})", R"({"status":"BUSY"})", R"({"status":1})",
        R"({"status":"VALID","latestValidHash":"0x12"})", R"({"status":"VALID","latestValidHash":7})"}) {
    world.caller.on("engine_newPayloadV4", std::string(text));
    EXPECT_EQ(world.error_of_send(), errors::kEngineAnswer.name) << text;
    world.caller.on("engine_forkchoiceUpdatedV3", std::string(R"({"payloadStatus":)") + text + "}");
    EXPECT_TRUE(world.choose().error().is(errors::kEngineAnswer)) << text;
  }
  world.caller.on("engine_forkchoiceUpdatedV3",
                  std::string(R"({"payloadStatus":{"status":"VALID"},"payloadId":"0x1"})"));
  EXPECT_TRUE(world.choose().error().is(errors::kEngineAnswer));
}

TEST(EngineApi, ErrorsHaveTheirKinds) {
  const log::Capture capture;
  World world;
  const std::string method = "engine_newPayloadV4";
  EXPECT_EQ(world.error_of_send(), errors::kEngineRefused.name);  // -32601
  for (const std::int64_t code : {-32700, -32602, -32000, -38001, -38003, -38004, -38005, 0}) {
    world.fails(method, {code, "no"});
    EXPECT_EQ(world.error_of_send(), errors::kEngineRefused.name);
  }
  world.fails("engine_forkchoiceUpdatedV3", {-38002, "Invalid forkchoice state"});
  EXPECT_TRUE(world.choose().error().is(errors::kInvalidForkchoice));
  const auto after = [&](const ErrorKind& kind) {
    world.breaks(method, kind);
    return world.error_of_send();
  };
  EXPECT_EQ(after(opwire::errors::kTimeout), errors::kEngineTimeout.name);
  EXPECT_EQ(after(rpc::errors::kUnauthorized), errors::kEngineAuth.name);
  EXPECT_EQ(after(rpc::errors::kNotAnswer), errors::kEngineAnswer.name);
  EXPECT_EQ(after(rpc::errors::kHttpStatus), errors::kEngineAnswer.name);
  EXPECT_EQ(after(http::errors::kBodyTooLarge), errors::kEngineAnswer.name);
  EXPECT_EQ(after(http::errors::kRefused), errors::kEngineUnreachable.name);
  EXPECT_EQ(after(http::errors::kClosedEarly), errors::kEngineUnreachable.name);
  EXPECT_EQ(after(opwire::errors::kClosed), errors::kEngineUnreachable.name);
  EXPECT_EQ(after(opwire::errors::kCancelled), opwire::errors::kCancelled.name);
}

TEST(EngineApi, WhatTheEngineSaysIsLoggedOnce) {
  const log::Capture capture;
  World world;
  world.fails("engine_newPayloadV4", {-32602, "nil withdrawals"});
  for (int i = 0; i < 5; ++i) EXPECT_EQ(world.error_of_send(), errors::kEngineRefused.name);
  const std::string text = capture.text();
  const std::size_t first = text.find("nil withdrawals");
  EXPECT_NE(first, std::string::npos) << text;
  EXPECT_EQ(text.find("nil withdrawals", first + 1), std::string::npos) << text;
}

TEST(EngineApi, ForkchoiceIsV3WhateverTheFork) {
  World world;
  world.caller.on("engine_forkchoiceUpdatedV3", test::forkchoice_text("VALID"));
  EXPECT_TRUE(world.choose());
  const boost::json::value params = boost::json::parse(world.caller.calls().back().params);
  EXPECT_EQ(params.at(0).at("headBlockHash"), boost::json::value(codec::to_hex0x(test::hash(1).view())));
  EXPECT_EQ(params.at(0).at("safeBlockHash"), boost::json::value(codec::to_hex0x(test::hash(2).view())));
  EXPECT_EQ(params.at(0).at("finalizedBlockHash"), boost::json::value(codec::to_hex0x(test::hash(3).view())));
  EXPECT_TRUE(params.at(1).is_null());
}

}  // namespace
}  // namespace opwire::opstack
