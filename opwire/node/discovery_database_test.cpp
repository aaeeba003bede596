// What discovery keeps on the disk, and what it leaves alone there.
#include <gtest/gtest.h>

#include <map>

#include "opwire/node/discovery_for_test.hpp"

namespace opwire::node {
namespace {

namespace fs = std::filesystem;

std::string content(const fs::path& file) {
  std::ifstream stream(file, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
}

class DiscoveryDatabase : public DiscoveryTest {
 protected:
  Config with_database(Config config) {
    config.discovery->database = (folder_ / "db").string();
    return config;
  }
  fs::path file() const { return folder_ / "db.opwire"; }

  /// What start() says. The node is closed, whatever it is.
  Result<void, std::string> try_to_start(Config config) {
    const auto node = Node::make(loop_, pool_, std::move(config)).value();
    auto begun = loop_.run(node->start());
    loop_.run(node->close());
    return begun;
  }
  std::vector<fs::path> set_aside() const {
    std::vector<fs::path> found;
    for (const auto& entry : fs::directory_iterator(folder_)) {
      if (entry.path().filename().string().starts_with("db.opwire.damaged-")) found.push_back(entry.path());
    }
    return found;
  }
};

TEST_F(DiscoveryDatabase, ARestartNeedsNoBootnode) {
  const Config first = with_database(config_with(bootnode()));
  Node& node = start(first);
  Node& other = start(config_with(bootnode()));
  const auto both = [&] { return node.status().peers == 1 && node.status().discovery->finder.table_live >= 2; };
  ASSERT_TRUE(wait_until(both));
  loop_.run(node.close());
  loop_.run(bootnode_->close());
  nodes_.erase(nodes_.begin());
  bootnode_.reset();

  Config again = first;
  again.discovery->bootnodes.clear();
  Node& restarted = start(std::move(again));
  EXPECT_TRUE(wait_until([&] { return restarted.host().network().is_connected(other.host().id()); }));
}

TEST_F(DiscoveryDatabase, WhatOpNodeKeepsThereStaysAsItIs) {
  std::map<fs::path, std::string> kept{{"CURRENT", "MANIFEST-000001\n"},
                                       {"MANIFEST-000001", "\x01\x02"},
                                       {"000002.log", std::string(1000, 'x')},
                                       {"LOCK", ""},
                                       {"LOG", "opened\n"}};
  fs::create_directory(folder_ / "db");
  for (const auto& [name, text] : kept) std::ofstream(folder_ / "db" / name, std::ios::binary) << text;
  const auto begun = try_to_start(with_database(config()));
  ASSERT_TRUE(begun) << begun.error();
  for (const auto& entry : fs::directory_iterator(folder_ / "db")) {
    const auto found = kept.find(entry.path().filename());
    ASSERT_NE(found, kept.end()) << entry.path();
    EXPECT_EQ(content(entry.path()), found->second) << entry.path();
    kept.erase(found);
  }
  EXPECT_TRUE(kept.empty());
  EXPECT_TRUE(fs::is_regular_file(file()));
}

TEST_F(DiscoveryDatabase, ADamagedOneIsNamedAndSetAsideOnlyOnRequest) {
  const std::string damage(8192, 'z');
  std::ofstream(file(), std::ios::binary) << damage;
  Config ours = with_database(config());
  const auto refused = try_to_start(ours);
  ASSERT_FALSE(refused);
  EXPECT_TRUE(refused.error().starts_with("--p2p.discovery.path: " + file().string() + ": ")) << refused.error();
  EXPECT_NE(refused.error().find("--p2p.discovery.reset-damaged"), std::string::npos) << refused.error();
  EXPECT_EQ(refused.error().find('\n'), std::string::npos);
  EXPECT_EQ(content(file()), damage);
  EXPECT_TRUE(set_aside().empty());

  ours.discovery->reset_damaged = true;
  const log::Capture log;
  const auto begun = try_to_start(ours);
  ASSERT_TRUE(begun) << begun.error();
  ASSERT_EQ(set_aside().size(), 1u);
  EXPECT_EQ(content(set_aside().front()), damage);
}

TEST_F(DiscoveryDatabase, IsOfOneNodeAtATime) {
  start(with_database(config()));
  const auto refused = try_to_start(with_database(config()));
  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error().find("another process has it open"), std::string::npos) << refused.error();
  EXPECT_NE(refused.error().find(file().string()), std::string::npos) << refused.error();
}

TEST_F(DiscoveryDatabase, AFolderThatCannotBeMadeIsNamed) {
  std::ofstream(folder_ / "file") << "x";
  Config ours = config();
  ours.discovery->database = (folder_ / "file" / "db").string();
  const auto refused = try_to_start(ours);
  ASSERT_FALSE(refused);
  EXPECT_TRUE(refused.error().starts_with("--p2p.discovery.path: ")) << refused.error();
}

}  // namespace
}  // namespace opwire::node
