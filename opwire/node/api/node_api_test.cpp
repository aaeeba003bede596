#include "opwire/node/api/node_api.hpp"

#include "opwire/codec/hex.hpp"
#include "opwire/node/api/parts_for_test.hpp"
#include "opwire/node/feed.hpp"
#include "opwire/opstack/chain/rollup_json.hpp"
#include "opwire/opstack/driver/blocks_for_test.hpp"
#include "opwire/opstack/gossip/errors.hpp"
#include "opwire/opstack/gossip/message.hpp"
#include "opwire/opstack/payload/gossip_body.hpp"
#include "opwire/opstack/payload/payload_json.hpp"
#include "opwire/opstack/payload/ssz.hpp"

namespace opwire::node {
namespace {

opstack::Envelope a_block(ApiWorld& world) {
  return BlockBuilder(world.config.rollup, 2, 50, world.rng).next(1'700'000'002);
}

opstack::AcceptedBlock accepted(const opstack::Envelope& envelope) {
  return {.envelope = envelope, .signer = {}, .topic = "/optimism/901/3/blocks", .from = peer_of(2), .wire_size = 7};
}

TEST(NodeApi, SaysWhatItIs) {
  ApiWorld world;
  EXPECT_EQ(world.ask("optimism_version"), "\"v1.2.3-abcdef\"");
  EXPECT_EQ(world.ask("health_status"), "\"v1.2.3-abcdef\"");
  EXPECT_EQ(world.ask("rpc_modules"),
            R"({"admin":"1.0","health":"1.0","opp2p":"1.0","optimism":"1.0","opwire":"1.0","rpc":"1.0"})");
  EXPECT_EQ(world.ask("optimism_outputAtBlock", "[\"0x1\"]"),
            "-32601: the method optimism_outputAtBlock does not exist/is not available");
}

TEST(NodeApi, AnswersAsOpNodeWithoutInteropAndWithoutSafeDatabase) {
  ApiWorld world;
  EXPECT_EQ(world.ask("optimism_dependencySet"), "-32000: not found");
  const std::string method = "optimism_safeHeadAtL1Block";
  EXPECT_EQ(world.ask(method, "[\"0x1f\"]"),
            "-32000: failed to get safe head at l1 block 0x1f: safe head database not enabled");
  EXPECT_EQ(world.ask(method), "-32602: missing value for required argument 0");
  EXPECT_EQ(world.ask(method, "[\"1\"]"), "-32602: invalid argument 0: expected a number in 0x-hex");
}

TEST(NodeApi, RollupConfigIsWholeOrAnError) {
  ApiWorld world;
  const std::string config = world.ask("optimism_rollupConfig");
  EXPECT_EQ(opstack::parse_rollup_config(config)->config, world.config.rollup);
  EXPECT_EQ(config.find('\n'), std::string::npos);
  EXPECT_EQ(config, boost::json::serialize(boost::json::parse(opstack::to_json(world.config.rollup))));
  world.config.rollup.seq_window_size = 0;
  EXPECT_EQ(world.ask("optimism_rollupConfig"),
            "-32000: the rollup configuration of devnet is incomplete: seq_window_size must be at least 2; "
            "--rollup.config gives all of it");
}

TEST(NodeApi, AdminMethodsNeedTheirFlag) {
  ApiWorld closed(false);
  for (const char* method : {"admin_postUnsafePayload", "admin_setLogLevel", "admin_sequencerActive"}) {
    EXPECT_EQ(closed.ask(method), "-32601: the method " + std::string(method) + " does not exist/is not available");
  }
  ApiWorld open;
  EXPECT_EQ(open.ask("admin_sequencerActive"), "false");
  EXPECT_EQ(open.ask("admin_conductorEnabled"), "false");
  EXPECT_EQ(open.ask("admin_startSequencer", "[\"0x00\"]"), "-32000: sequencer is not enabled");
  EXPECT_EQ(open.ask("admin_stopSequencer"), "-32000: sequencer is not enabled");
  EXPECT_EQ(open.ask("admin_overrideLeader"), "-32000: sequencer is not enabled");
  EXPECT_EQ(open.ask("admin_startSequencer"), "-32602: missing value for required argument 0");
  EXPECT_EQ(open.ask("admin_stopSequencer", "[1]"), "-32602: too many arguments, want at most 0");
  EXPECT_EQ(open.ask("admin_setRecoverMode", "[true]"), "null");
  EXPECT_EQ(open.ask("admin_setRecoverMode"), "-32602: missing value for required argument 0");
  EXPECT_EQ(open.ask("admin_resetDerivationPipeline"), "-32000: this node does not derive the chain from L1");
}

TEST(NodeApi, SetsTheLogLevel) {
  ApiWorld world;
  std::string level;
  world.parts.set_log_level = [&level](const std::string& text) -> Result<void, std::string> {
    if (text == "loud") return std::string("unknown log level 'loud'");
    level = text;
    return {};
  };
  EXPECT_EQ(world.ask("admin_setLogLevel", "[\"debug\"]"), "null");
  EXPECT_EQ(level, "debug");
  EXPECT_EQ(world.ask("admin_setLogLevel", "[\"loud\"]"), "-32000: unknown log level 'loud'");
  EXPECT_EQ(world.ask("admin_setLogLevel", "[\"\"]"), "-32000: unknown log level ''");
  EXPECT_EQ(level, "debug");
  EXPECT_EQ(world.ask("admin_setLogLevel", "[1]"), "-32602: invalid argument 0: expected a string");
}

TEST(NodeApi, TakesBlocksOfItsOperator) {
  ApiWorld world;
  std::vector<opstack::Envelope> posted;
  Result<void> outcome;
  world.parts.post_block = [&](const opstack::Envelope& posted_block) {
    posted.push_back(posted_block);
    return outcome;
  };
  opstack::Envelope block = a_block(world);
  EXPECT_EQ(world.ask("admin_postUnsafePayload", "[" + to_json(block) + "]"), "null");
  ASSERT_EQ(posted.size(), 1u);
  EXPECT_EQ(posted[0], block);
  outcome = opstack::errors::kPayloadQueued;
  EXPECT_EQ(world.ask("admin_postUnsafePayload", "[" + to_json(block) + "]"), "-32000: block is queued already");
  const std::string actual = codec::to_hex0x(block.payload.block_hash.view());
  block.payload.block_hash.bytes[0] ^= 1;
  EXPECT_EQ(world.ask("admin_postUnsafePayload", "[" + to_json(block) + "]"),
            "-32000: payload has bad block hash: " + codec::to_hex0x(block.payload.block_hash.view()) +
                ", actual block hash is: " + actual);
  EXPECT_EQ(posted.size(), 2u);
  EXPECT_EQ(world.ask("admin_postUnsafePayload", "[{}]").find("-32602: invalid argument 0: executionPayload"), 0u)
      << world.ask("admin_postUnsafePayload", "[{}]");
  EXPECT_EQ(world.ask("admin_postUnsafePayload"), "-32602: missing value for required argument 0");
  ApiWorld without;
  EXPECT_EQ(without.ask("admin_postUnsafePayload", "[" + to_json(a_block(without)) + "]"),
            "-32000: this node does not follow the chain");
}

TEST(NodeApi, TellsOfTheLastBlocks) {
  ApiWorld world;
  NodeApi& api = world.start();
  EXPECT_EQ(world.ask("opwire_lastBlocks"), "[]");
  std::vector<std::string> lines;
  for (std::size_t i = 0; i < NodeApi::kLastBlocks + 3; ++i) {
    const opstack::AcceptedBlock block = accepted(a_block(world));
    api.on_block(block);
    lines.insert(lines.begin(), to_feed_line(block));
  }
  const boost::json::array told = boost::json::parse(world.ask("opwire_lastBlocks")).as_array();
  ASSERT_EQ(told.size(), NodeApi::kLastBlocks);
  for (std::size_t i = 0; i < told.size(); ++i) EXPECT_EQ(told[i], boost::json::parse(lines[i]));
}

struct Publishing : ApiWorld {
  Publishing() {
    parts.publish = [this](opstack::Envelope envelope) { return publish(*this, std::move(envelope)); };
    parts.publish_frame = [this](opstack::PayloadVersion version, Bytes frame) {
      return publish_frame(*this, version, std::move(frame));
    };
    NodeApiOptions options;
    options.publishing = true;
    start(options);
  }
  static Task<Result<void>> publish(Publishing& self, opstack::Envelope envelope) {
    self.envelopes.push_back(std::move(envelope));
    co_return self.outcome;
  }
  static Task<Result<void>> publish_frame(Publishing& self, opstack::PayloadVersion version, Bytes frame) {
    self.versions.push_back(version);
    self.frames.push_back(std::move(frame));
    co_return self.outcome;
  }
  std::vector<opstack::Envelope> envelopes;
  std::vector<opstack::PayloadVersion> versions;
  std::vector<Bytes> frames;
  Result<void> outcome;
};

TEST(NodeApi, PublishesBlocksThatAreSigned) {
  Publishing world;
  const opstack::Envelope block = a_block(world);
  crypto::RecoverableSignature signature;
  signature.bytes.fill(7);
  const std::string text = "0x" + codec::to_hex(signature.view());
  EXPECT_EQ(
      world.ask("opstack_publishBlockV1", R"([{"envelope":)" + to_json(block) + R"(,"signature":")" + text + R"("}])"),
      "null");
  ASSERT_EQ(world.frames.size(), 1u);
  EXPECT_EQ(world.versions[0], opstack::PayloadVersion::kV4);
  const auto body = opstack::parse_gossip_body(opstack::decompress_message(world.frames[0]).value());
  EXPECT_EQ(body->signature, signature);
  EXPECT_EQ(opstack::decode_ssz(opstack::PayloadVersion::kV4, body->ssz).value(), block);
  for (const char* wrong : {"\"0x07\"", "7", "\"\"", "null"}) {
    EXPECT_EQ(
        world.ask("opstack_publishBlockV1", R"([{"envelope":)" + to_json(block) + R"(,"signature":)" + wrong + "}]"),
        "-32602: invalid argument 0: signature: expected 65 bytes in 0x-hex");
  }
  EXPECT_EQ(world.ask("opstack_publishBlockV1", R"([{"envelope":)" + to_json(block) + "}]"),
            "-32602: invalid argument 0: signature: missing");
  EXPECT_EQ(world.ask("opstack_publishBlockV1", "[1]"), "-32602: invalid argument 0: expected an object");
}

TEST(NodeApi, SignsBlocksAndTellsWhatFails) {
  Publishing world;
  opstack::Envelope block = a_block(world);
  EXPECT_EQ(world.ask("opstack_publishBlockV1", "[" + to_json(block) + "]"), "null");
  ASSERT_EQ(world.envelopes.size(), 1u);
  EXPECT_EQ(world.envelopes[0], block);
  world.outcome = opstack::errors::kTooOld;
  EXPECT_EQ(world.ask("opstack_publishBlockV1", "[" + to_json(block) + "]"),
            "-32000: timestamp is further back than the limit");
  block.payload.version = opstack::PayloadVersion::kV3;
  EXPECT_EQ(world.ask("opstack_publishBlockV1", "[" + to_json(block) + "]"),
            "-32000: payload is not of the version that its timestamp asks for");
  ApiWorld closed;
  EXPECT_EQ(closed.ask("opstack_publishBlockV1", "[]").find("-32601"), 0u);
}

TEST(NodeApi, TellsOfBlocks) {
  ApiWorld world;
  rpc::SubscriptionSet set(rpc::SubscriptionLimits(), [] {});
  rpc::Context context;
  context.subscriptions = &set;
  EXPECT_EQ(world.ask("opwire_subscribe", R"(["unsafeBlocks"])", context), "\"0x1\"");
  EXPECT_EQ(world.ask("opwire_subscribe", R"(["unsafeBlocks",{"payload":true}])", context), "\"0x2\"");
  set.activate();
  const opstack::Envelope block = a_block(world);
  world.api->on_block(accepted(block));
  const std::string line = to_feed_line(accepted(block));
  EXPECT_NE(set.next().find(R"("subscription":"0x1","result":)" + line + "}}"), std::string::npos);
  EXPECT_NE(set.next().find(R"("subscription":"0x2","result":{"block":)" + line + R"(,"envelope":)" + to_json(block)),
            std::string::npos);
  EXPECT_EQ(world.api->subscribers(), 2u);
  EXPECT_EQ(world.ask("opwire_subscribe", R"(["blocks"])", context),
            "-32602: invalid argument 0: no such subscription: unsafeBlocks, heads, syncProgress");
  EXPECT_EQ(world.ask("opwire_subscribe", R"(["unsafeBlocks",{"pay":true}])", context),
            "-32602: invalid argument 1: expected {\"payload\":true}");
  EXPECT_EQ(world.ask("opwire_subscribe", R"(["heads",{}])", context), "-32602: too many arguments, want at most 1");
  EXPECT_EQ(world.ask("opwire_subscribe", R"(["heads"])"), "-32000: notifications not supported");
}

TEST(NodeApi, TellsOfHeadsAndProgress) {
  ApiWorld world;
  opstack::EngineController engine;
  opstack::EngineHeads heads;
  heads.head = opstack::test::ref(12);
  set_heads(engine, heads);
  world.parts.engine = [&engine] { return &engine; };
  std::optional<opstack::RangeProgress> progress;
  world.parts.sync_progress = [&progress] { return progress; };
  rpc::SubscriptionSet set(rpc::SubscriptionLimits(), [] {});
  rpc::Context context;
  context.subscriptions = &set;
  EXPECT_EQ(world.ask("opwire_subscribe", R"(["heads"])", context), "\"0x1\"");
  EXPECT_EQ(world.ask("opwire_subscribe", R"(["syncProgress"])", context), "\"0x2\"");
  set.activate();
  world.api->on_driver_event(opstack::StartedAgain{opstack::errors::kEngineTimeout});
  EXPECT_EQ(set.next(), "");
  world.api->on_driver_event(opstack::HeadMoved());
  EXPECT_NE(set.next().find(R"("result":{"unsafe":{"hash":"0x000000000000000d)"), std::string::npos);
  world.loop.run_for(std::chrono::seconds(3));
  EXPECT_EQ(set.next(), "") << "nothing is fetched";
  progress.emplace().wanted = 10;
  world.loop.run_for(std::chrono::seconds(2));
  EXPECT_NE(set.next().find(R"("result":{"wanted":10)"), std::string::npos);
  EXPECT_NE(set.next().find(R"("result":{"wanted":10)"), std::string::npos);
  progress.reset();
  world.loop.run_for(std::chrono::seconds(3));
  EXPECT_NE(set.next().find(R"("result":null)"), std::string::npos);
  EXPECT_EQ(set.next(), "");
}

}  // namespace
}  // namespace opwire::node
