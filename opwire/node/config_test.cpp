#include "opwire/node/config.hpp"

#include <gtest/gtest.h>

namespace opwire::node {
namespace {

constexpr const char* kPeer = "/p2p/16Uiu2HAmV8yEbbJEZ2mdKwRMbLGpHMAbiwfbtTXXDzKQHgyWLjQA";

class ConfigTest : public testing::Test {
 protected:
  void expect_refused(const std::string& what) {
    const auto valid = config.validate();
    ASSERT_FALSE(valid);
    EXPECT_NE(valid.error().find(what), std::string::npos) << valid.error();
    EXPECT_EQ(valid.error().find('\n'), std::string::npos);
  }
  SeededRng rng{1};
  Config config{crypto::PrivateKey::generate(crypto::KeyType::kSecp256k1, rng)};
};

Multiaddr address(const std::string& text) {
  return Multiaddr::parse_text(text).value();
}

TEST_F(ConfigTest, DefaultsAreValid) {
  EXPECT_TRUE(config.validate());
  config.listen.push_back(address("/ip6/::/tcp/0"));
  config.static_peers.push_back(address(std::string("/dns4/example.org/tcp/9222") + kPeer));
  EXPECT_TRUE(config.validate()) << config.validate().error();
}

TEST_F(ConfigTest, StaticPeersNeedAnIdAndAPort) {
  config.static_peers = {address("/ip4/127.0.0.1/tcp/9222")};
  expect_refused("--p2p.static");
  config.static_peers = {address(std::string("/ip4/127.0.0.1/udp/9222/quic-v1") + kPeer)};
  expect_refused("--p2p.static");
  config.static_peers = {address("/ip4/127.0.0.1/tcp/9222" + std::string(kPeer) + "/p2p-circuit" + kPeer)};
  expect_refused("relay");
}

TEST_F(ConfigTest, MeshSizesAreBetweenOneAndAThousandAndOrdered) {
  config.gossip.mesh_d = 0;
  expect_refused("--p2p.gossip.mesh.d:");
  config.gossip.mesh_d = 8;
  config.gossip.mesh_lazy = 1001;
  expect_refused("--p2p.gossip.mesh.dlazy");
  config.gossip.mesh_lazy = 6;
  config.gossip.mesh_lo = 9;
  expect_refused("must not decrease");
}

TEST_F(ConfigTest, WatersAreOrderedAndNotZero) {
  config.peers.lo = 31;
  expect_refused("--p2p.peers.lo (31) and --p2p.peers.hi (30)");
  config.peers.lo = 0;
  expect_refused("must not be 0");
  config.peers.lo = config.peers.hi = 1;
  EXPECT_TRUE(config.validate());
  config.peers.hi = 1'000'000;
  expect_refused("--p2p.peers.hi");
  config.peers.hi = 30;
  config.peers.grace = -std::chrono::seconds(1);
  expect_refused("--p2p.peers.grace");
}

TEST_F(ConfigTest, OtherLimits) {
  config.dial_timeout = Duration::zero();
  expect_refused("--p2p.timeout.dial");
  config.dial_timeout = std::chrono::seconds(1);
  config.gossip.timestamp_threshold = -std::chrono::seconds(1);
  expect_refused("--p2p.gossip.timestamp.threshold");
  config.gossip.timestamp_threshold = std::chrono::seconds(1);
  config.listen = {address("/ip4/0.0.0.0/udp/9222")};
  expect_refused("--p2p.listen");
}

TEST_F(ConfigTest, TheSequencersKeyIsReadAndNotRepeated) {
  config.sequencer_key = "secret";
  expect_refused("--p2p.sequencer.key: ");
  EXPECT_EQ(config.validate().error().find("secret"), std::string::npos);
  config.sequencer_key = std::string(63, '0') + "1";
  EXPECT_TRUE(config.validate());
}

TEST_F(ConfigTest, PeersHaveSecp256k1Keys) {
  config.peer_key = crypto::PrivateKey::generate(crypto::KeyType::kEd25519, rng);
  expect_refused("secp256k1");
}

}  // namespace
}  // namespace opwire::node
