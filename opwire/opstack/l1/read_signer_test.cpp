#include "opwire/opstack/l1/read_signer.hpp"

#include "opwire/opstack/l1/errors.hpp"
#include "opwire/opstack/l1/l1_node_for_test.hpp"

namespace opwire::opstack {
namespace {

template <class T>
testing::AssertionResult is_error(const Result<T>& result, const ErrorKind& kind) {
  if (!result && result.error().is(kind)) return testing::AssertionSuccess();
  return testing::AssertionFailure() << (result ? "no error" : result.error().message());
}

struct World {
  Result<SignerReading> read(const SignerReadOptions& options) {
    return loop.run(read_signer(loop, node.caller, options));
  }
  SimulatedLoop loop;
  TestL1Node node{loop};
};

TEST(ReadSigner, Proven) {
  World world;
  const auto reading = world.read(world.node.options(false));
  ASSERT_TRUE(reading) << reading.error().message();
  EXPECT_EQ(codec::to_hex0x(reading->signer.view()), "0x715b7219d986641df9efd9c7ef01218d528e19ec");
  EXPECT_EQ(reading->block.number.value, 100U);
  EXPECT_EQ(reading->head_timestamp, unix_seconds(world.loop.wall_now()) - 12);
  const auto& calls = world.node.caller.calls();
  ASSERT_EQ(calls.size(), 3U);
  EXPECT_EQ(calls[2].method, "eth_getProof");
  EXPECT_NE(calls[2].params.find(codec::to_hex0x(reading->block.hash.view())), std::string::npos);
}

TEST(ReadSigner, BelowTheHead) {
  World world;
  SignerReadOptions options = world.node.options(false);
  options.confirmations = 15;
  EXPECT_EQ(world.read(options)->block.number.value, 85U);
  EXPECT_EQ(world.node.caller.calls()[2].params, R"(["0x55",false])");
  world.node.off_by = 1;
  EXPECT_TRUE(is_error(world.read(options), errors::kL1Answer)) << "another block";
  world.node.off_by = 0;
  options.confirmations = 101;
  EXPECT_EQ(world.read(options)->block.number.value, 0U) << "not below the first block";
}

TEST(ReadSigner, Trusting) {
  World world;
  world.node.signer.bytes[19] = 7;
  world.node.wrong_hash = true;
  const auto reading = world.read(world.node.options(true));
  ASSERT_TRUE(reading) << reading.error().message();
  EXPECT_EQ(reading->signer, world.node.signer);
  EXPECT_EQ(world.node.caller.calls().back().method, "eth_getStorageAt");
}

TEST(ReadSigner, AnotherChainComesFirst) {
  World world;
  world.node.chain = 1;
  EXPECT_TRUE(is_error(world.read(world.node.options(false)), errors::kL1WrongChain));
  EXPECT_EQ(world.node.caller.calls().size(), 1U);
}

TEST(ReadSigner, WhatDoesNotHold) {
  World world;
  world.node.wrong_hash = true;
  EXPECT_TRUE(is_error(world.read(world.node.options(false)), errors::kL1HeaderHash));
  world.node.extra_field = "frontierHash";
  EXPECT_TRUE(is_error(world.read(world.node.options(false)), errors::kL1UnknownHeader));
  world.node.wrong_hash = false;
  EXPECT_TRUE(world.read(world.node.options(false))) << "a field beside the header";
  world.node.proof.state_root.bytes[0] ^= 1;
  EXPECT_TRUE(is_error(world.read(world.node.options(false)), errors::kL1Proof));
}

TEST(ReadSigner, WhatTheNodeDoesNotHave) {
  World world;
  world.node.caller.on("eth_getProof", [](const boost::json::array&) -> Result<rpc::Reply> {
    return rpc::Reply(rpc::Failure{-32000, "missing trie node", {}});
  });
  EXPECT_TRUE(is_error(world.read(world.node.options(false)), errors::kL1Refused));
  world.node.caller.on("eth_getBlockByNumber", "null");
  EXPECT_TRUE(is_error(world.read(world.node.options(false)), errors::kL1NoBlock));
  world.node.away = true;
  EXPECT_TRUE(is_error(world.read(world.node.options(false)), rpc::errors::kHttpStatus));
}

}  // namespace
}  // namespace opwire::opstack
