// Blocks that the engine is asked for: heads, payloads to serve, and those that it builds.
#include <gtest/gtest.h>

#include "opwire/opstack/engine/answers_for_test.hpp"
#include "opwire/opstack/engine/engine_api.hpp"
#include "opwire/opstack/engine/l1_deposit.hpp"
#include "opwire/rpc/scripted_caller_for_test.hpp"
#include "opwire/runtime/simulated_loop.hpp"

namespace opwire::opstack {
namespace {

struct World {
  World() {
    config.genesis.l1 = {test::hash(5), BlockNumber{5}};
    config.genesis.l2 = {test::hash(0), BlockNumber{0}};
    set_forks(Fork::kIsthmus);
  }
  void set_forks(Fork newest) {
    for (std::size_t i = 1; i < kForkCount; ++i) {
      const Fork fork = static_cast<Fork>(i);
      config.forks.set_time(fork, fork <= newest ? std::optional<std::uint64_t>(0) : std::nullopt);
    }
  }
  void knows(const Envelope& envelope) {
    caller.on("eth_getBlockByNumber", test::block_text(envelope));
    caller.on("engine_getPayloadBodiesByHashV1", test::bodies_text(envelope));
    caller.on("eth_getTransactionByBlockHashAndIndex", test::first_transaction_text(9, 4));
  }
  Result<std::optional<L2BlockRef>> head(BlockLabel label = BlockLabel::kLatest) {
    return loop.run(engine.block(label));
  }
  Result<Envelope> payload(std::uint64_t number) { return loop.run(engine.payload(BlockNumber{number})); }

  SimulatedLoop loop;
  rpc::ScriptedCaller caller;
  RollupConfig config;
  EngineApi engine{loop, caller, config};
};

TEST(EngineBlocks, AHeadWithItsL1Origin) {
  World world;
  const Envelope envelope = test::sealed_block(7, PayloadVersion::kV4);
  world.knows(envelope);
  const auto head = world.head();
  ASSERT_TRUE(head) << head.error().message();
  ASSERT_TRUE(*head);
  EXPECT_EQ((*head)->hash, envelope.payload.block_hash);
  EXPECT_EQ((*head)->number, BlockNumber{7});
  EXPECT_EQ((*head)->parent_hash, test::hash(6));
  EXPECT_EQ((*head)->timestamp, envelope.payload.timestamp);
  EXPECT_EQ((*head)->l1_origin.number, BlockNumber{9});
  EXPECT_EQ((*head)->sequence_number, 4U);
  EXPECT_EQ(world.caller.calls()[0].params, R"(["latest",false])");
  EXPECT_EQ(world.caller.calls()[1].params,
            "[\"" + codec::to_hex0x(envelope.payload.block_hash.view()) + "\",\"0x0\"]");
  EXPECT_TRUE(world.head(BlockLabel::kSafe));
  EXPECT_EQ(world.caller.calls()[2].params, R"(["safe",false])");
  EXPECT_TRUE(world.head(BlockLabel::kFinalized));
  EXPECT_EQ(world.caller.calls()[4].params, R"(["finalized",false])");
  EXPECT_TRUE(world.loop.run(world.engine.block(BlockNumber{255})));
  EXPECT_EQ(world.caller.calls()[6].params, R"(["0xff",false])");
}

TEST(EngineBlocks, TheGenesisBlockIsTheConfigured) {
  World world;
  Envelope genesis = test::sealed_block(1, PayloadVersion::kV4);
  genesis.payload.number = BlockNumber{0};
  genesis.payload.block_hash = block_hash(genesis);
  world.knows(genesis);
  EXPECT_TRUE(world.head().error().is(errors::kEngineAnswer));
  EXPECT_EQ((*world.loop.run(world.engine.block_id(BlockNumber{0})))->hash, genesis.payload.block_hash);
  world.config.genesis.l2.hash = genesis.payload.block_hash;
  const auto head = world.head();
  ASSERT_TRUE(head && *head);
  EXPECT_EQ((*head)->l1_origin, world.config.genesis.l1);
  EXPECT_EQ((*head)->sequence_number, 0U);
}

TEST(EngineBlocks, ABlockThatIsNotThere) {
  const log::Capture capture;
  World world;
  world.caller.on("eth_getBlockByNumber", std::string("null"));
  EXPECT_EQ(*world.head(), std::nullopt);
  EXPECT_TRUE(world.payload(7).error().is(errors::kNoSuchBlock));
  for (const char* words : {"finalized block not found", "Unknown block", "header not found"}) {
    world.caller.on("eth_getBlockByNumber", [words](const boost::json::array&) -> Result<rpc::Reply> {
      return rpc::Reply(rpc::Failure{-39001, words, {}});
    });
    EXPECT_EQ(*world.head(), std::nullopt) << words;
  }
  world.caller.on("eth_getBlockByNumber", [](const boost::json::array&) -> Result<rpc::Reply> {
    return rpc::Reply(rpc::Failure{-32000, "database closed", {}});
  });
  EXPECT_TRUE(world.head().error().is(errors::kEngineRefused));
}

TEST(EngineBlocks, HeadsThatMakeNoSense) {
  World world;
  const Envelope envelope = test::sealed_block(7, PayloadVersion::kV4);
  for (const char* key : {"hash", "number", "parentHash", "timestamp"}) {
    boost::json::value block = boost::json::parse(test::block_text(envelope));
    block.as_object()[key] = "0x";
    world.caller.on("eth_getBlockByNumber", boost::json::serialize(block));
    EXPECT_TRUE(world.head().error().is(errors::kEngineAnswer)) << key;
  }
  world.knows(envelope);
  for (const char* text : {"null", "{}", R"({"input":"0x1"})", R"({"input":"0x12345678"})", R"({"input":7})"}) {
    world.caller.on("eth_getTransactionByBlockHashAndIndex", std::string(text));
    EXPECT_TRUE(world.head().error().is(errors::kEngineAnswer)) << text;
  }
}

TEST(EngineBlocks, APayloadOfEveryVersionComesBackWhole) {
  const std::pair<Fork, PayloadVersion> versions[] = {{Fork::kRegolith, PayloadVersion::kV1},
                                                      {Fork::kCanyon, PayloadVersion::kV2},
                                                      {Fork::kEcotone, PayloadVersion::kV3},
                                                      {Fork::kJovian, PayloadVersion::kV4}};
  for (const auto& [fork, version] : versions) {
    World world;
    world.set_forks(fork);
    const Envelope envelope = test::sealed_block(7, version);
    world.knows(envelope);
    const auto served = world.payload(7);
    ASSERT_TRUE(served) << served.error().message();
    EXPECT_EQ(*served, envelope);
    EXPECT_EQ(world.caller.calls()[1].params, "[[\"" + codec::to_hex0x(envelope.payload.block_hash.view()) + "\"]]");
    EXPECT_TRUE(world.payload(8).error().is(errors::kEngineAnswer));  // the answer is of number 7
  }
}

TEST(EngineBlocks, APayloadMustHaveItsHash) {
  World world;
  const Envelope envelope = test::sealed_block(7, PayloadVersion::kV4);
  world.knows(envelope);
  boost::json::value block = boost::json::parse(test::block_text(envelope));
  block.as_object()["gasUsed"] = "0x5";
  world.caller.on("eth_getBlockByNumber", boost::json::serialize(block));
  EXPECT_TRUE(world.payload(7).error().is(errors::kEngineAnswer));
  world.knows(envelope);
  for (const char* text : {"null", "[]", "[1]", "[{}]", R"([{"transactions":["0x12"],"withdrawals":[]}])",
                           R"([{"transactions":"0x"}])", "[null,null]"}) {
    world.caller.on("engine_getPayloadBodiesByHashV1", std::string(text));
    EXPECT_TRUE(world.payload(7).error().is(errors::kEngineAnswer)) << text;
  }
  world.caller.on("engine_getPayloadBodiesByHashV1", std::string("[null]"));
  EXPECT_TRUE(world.payload(7).error().is(errors::kNoSuchBlock));
}

PayloadAttributes attributes_at(std::uint64_t timestamp) {
  PayloadAttributes attributes;
  attributes.timestamp = timestamp;
  attributes.gas_limit = 30'000'000;
  attributes.transactions = {Bytes{1, 2}, Bytes{3}};
  attributes.fees.denominator = 250;
  attributes.fees.elasticity = 6;
  return attributes;
}

// What the engine is told with forks up to that one: the method's version and the names of the fields.
std::string told(Fork newest) {
  World world;
  world.set_forks(newest);
  for (const char* method :
       {"engine_forkchoiceUpdatedV1", "engine_forkchoiceUpdatedV2", "engine_forkchoiceUpdatedV3"}) {
    world.caller.on(method, test::forkchoice_text("VALID", R"("0x0102030405060708")"));
  }
  const auto building = world.loop.run(world.engine.start_building(Forkchoice(), attributes_at(1'700'000'000)));
  EXPECT_TRUE(building);
  EXPECT_EQ(building->id, (ByteArray<8>{1, 2, 3, 4, 5, 6, 7, 8}));
  const auto& call = world.caller.calls().back();
  std::string names = call.method.substr(call.method.size() - 2) + " ";
  const boost::json::value params = boost::json::parse(call.params);
  for (const auto& field : params.at(1).as_object()) names.append(field.key()).append(" ");
  return names;
}

TEST(EngineBuilding, AttributesGoByTheFork) {
  const std::string base = " timestamp prevRandao suggestedFeeRecipient ";
  const std::string rest = "transactions noTxPool gasLimit ";
  EXPECT_EQ(told(Fork::kRegolith), "V1" + base + rest);
  EXPECT_EQ(told(Fork::kCanyon), "V2" + base + "withdrawals " + rest);
  const std::string ecotone = "V3" + base + "withdrawals parentBeaconBlockRoot " + rest;
  EXPECT_EQ(told(Fork::kEcotone), ecotone);
  EXPECT_EQ(told(Fork::kHolocene), ecotone + "eip1559Params ");
  EXPECT_EQ(told(Fork::kJovian), ecotone + "eip1559Params minBaseFee ");
}

TEST(EngineBuilding, ABlockIsBuilt) {
  World world;
  world.set_forks(Fork::kJovian);
  const Envelope envelope = test::sealed_block(7, PayloadVersion::kV4);
  world.caller.on("engine_forkchoiceUpdatedV3", test::forkchoice_text("VALID", R"("0x0102030405060708")"));
  world.caller.on("engine_getPayloadV4", to_json(envelope));
  PayloadAttributes attributes = attributes_at(envelope.payload.timestamp);
  attributes.fees.min_base_fee = 12;
  const auto building = world.loop.run(world.engine.start_building(Forkchoice(test::hash(6), {}, {}), attributes));
  ASSERT_TRUE(building) << building.error().message();
  const boost::json::value params = boost::json::parse(world.caller.calls().back().params);
  EXPECT_EQ(params.at(1).at("eip1559Params"), boost::json::value("0x000000fa00000006"));
  EXPECT_EQ(params.at(1).at("minBaseFee"), boost::json::value(12));
  EXPECT_EQ(params.at(1).at("noTxPool"), boost::json::value(true));
  EXPECT_EQ(params.at(1).at("transactions"), (boost::json::value{"0x0102", "0x03"}));
  const auto built = world.loop.run(world.engine.built(*building));
  ASSERT_TRUE(built) << built.error().message();
  EXPECT_EQ(*built, envelope);
  EXPECT_EQ(world.caller.calls().back().params, R"(["0x0102030405060708"])");
  world.caller.on("engine_getPayloadV4", to_json(test::sealed_block(7, PayloadVersion::kV3)));
  EXPECT_TRUE(world.loop.run(world.engine.built(*building)).error().is(errors::kEngineAnswer));
}

TEST(EngineBuilding, AHeadThatIsNotValid) {
  World world;
  const auto start = [&](const std::string& answer) {
    world.caller.on("engine_forkchoiceUpdatedV3", answer);
    return world.loop.run(world.engine.start_building(Forkchoice(), attributes_at(1'700'000'000))).error();
  };
  EXPECT_TRUE(start(test::forkchoice_text("SYNCING")).is(errors::kEngineNotReady));
  EXPECT_TRUE(start(test::forkchoice_text("INVALID")).is(errors::kPayloadInvalid));
  EXPECT_TRUE(start(test::forkchoice_text("VALID")).is(errors::kEngineAnswer));
}

TEST(L1Deposit, IsReadBackInEveryForm) {
  for (const Fork fork : {Fork::kBedrock, Fork::kRegolith, Fork::kEcotone, Fork::kIsthmus, Fork::kJovian}) {
    World world;
    world.set_forks(fork);
    L1Info info;
    info.origin = {test::hash(3), BlockNumber{1234}};
    info.origin_timestamp = 1'700'000'000;
    info.sequence_number = 5;
    const auto read = parse_l1_info_deposit(make_l1_deposit(info, world.config, 1'700'000'002));
    ASSERT_TRUE(read) << to_string(fork);
    EXPECT_EQ(*read, info) << to_string(fork);
  }
}

}  // namespace
}  // namespace opwire::opstack
