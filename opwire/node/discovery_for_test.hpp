// A loopback network for tests of discovery: a bootnode, nodes that know only it, a folder for their databases.
#pragma once

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "opwire/base/check.hpp"
#include "opwire/base/log.hpp"
#include "opwire/discv5/service_for_test.hpp"
#include "opwire/node/block_builder.hpp"
#include "opwire/node/discovery.hpp"
#include "opwire/node/node.hpp"
#include "opwire/node/wait_for_test.hpp"
#include "opwire/runtime/reactor.hpp"

namespace opwire::node {

inline constexpr ByteArray<4> kLoopback{127, 0, 0, 1};

class DiscoveryTest : public testing::Test {
 protected:
  DiscoveryTest() {
    std::string pattern = (std::filesystem::temp_directory_path() / "opwire-discovery-XXXXXX").string();
    OPW_CHECK(mkdtemp(pattern.data()) != nullptr);
    folder_ = pattern;
    rollup_ = make_devnet_config(opstack::Fork::kIsthmus, 2, unix_seconds(loop_.wall_now()));
  }
  ~DiscoveryTest() override {
    for (auto& node : nodes_) loop_.run(node->close());
    if (bootnode_) loop_.run(bootnode_->close());
    std::filesystem::remove_all(folder_);
  }

  crypto::PrivateKey new_key() { return crypto::PrivateKey::generate(crypto::KeyType::kSecp256k1, rng_); }

  std::string bootnode() {
    if (bootnode_) return bootnode_->local_record().to_text();
    bootnode_ = discv5::test::make_loopback_service(loop_, rng_);
    bootnode_->start();
    return bootnode_->local_record().to_text();
  }

  /// Discovery on loopback, in memory, without a bootnode.
  Config config() {
    Config config(new_key());
    config.rollup = rollup_;
    config.listen = {Multiaddr::ip_tcp(kLoopback, 0)};
    config.discovery.emplace().listen = net::Endpoint(kLoopback, 0);
    return config;
  }
  Config config_with(const std::string& bootnode) {
    Config made = config();
    made.discovery->bootnodes.push_back(opstack::parse_bootnode(bootnode).value());
    return made;
  }

  Node& start(Config config) {
    nodes_.push_back(Node::make(loop_, pool_, std::move(config)).value());
    const auto begun = loop_.run(nodes_.back()->start());
    EXPECT_TRUE(begun) << begun.error();
    return *nodes_.back();
  }

  bool wait_until(const std::function<bool()>& condition, Duration patience = std::chrono::seconds(10)) {
    return test::wait_until(loop_, condition, patience);
  }

  ReactorLoop loop_;
  WorkerPool pool_;
  SystemRng rng_;
  opstack::RollupConfig rollup_;
  std::filesystem::path folder_;
  std::unique_ptr<discv5::Service> bootnode_;
  std::vector<std::unique_ptr<Node>> nodes_;
};

}  // namespace opwire::node
