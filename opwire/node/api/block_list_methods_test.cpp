#include "opwire/node/api/block_list_methods.hpp"

#include "opwire/node/api/parts_for_test.hpp"

namespace opwire::node {
namespace {

constexpr const char* kSubnet = R"([{"IP":"10.1.0.0","Mask":"//8AAA=="}])";

class BlockListMethods : public testing::Test {
 protected:
  BlockListMethods() { world_.parts.reputation = &world_.reputation; }
  std::string quoted(const std::string& text) { return "[\"" + text + "\"]"; }
  ApiWorld world_;
};

TEST_F(BlockListMethods, ListsAreEmptyUntilSomethingIsBlocked) {
  for (const char* method : {"opp2p_listBlockedPeers", "opp2p_listBlockedAddrs", "opp2p_listBlockedSubnets"}) {
    EXPECT_EQ(world_.ask(method), "[]") << method;
  }
}

TEST_F(BlockListMethods, BlocksListsAndUnblocks) {
  const std::string peer = quoted(peer_of(2).to_string());
  EXPECT_EQ(world_.ask("opp2p_blockPeer", peer), "null");
  EXPECT_EQ(world_.ask("opp2p_listBlockedPeers"), peer);
  EXPECT_EQ(world_.ask("opp2p_blockAddr", R"(["1.2.3.4"])"), "null");
  EXPECT_EQ(world_.ask("opp2p_listBlockedAddrs"), R"(["1.2.3.4"])");
  EXPECT_EQ(world_.ask("opp2p_blockSubnet", kSubnet), "null");
  EXPECT_EQ(world_.ask("opp2p_listBlockedSubnets"), kSubnet);
  const auto dump = boost::json::parse(world_.ask("opp2p_peers", "[true]"));
  EXPECT_EQ(dump.at("bannedPeers").as_array().size(), 1u);
  EXPECT_EQ(dump.at("bannedIPS").as_array().size(), 1u);
  EXPECT_EQ(boost::json::serialize(dump.at("bannedSubnets")), kSubnet);
  EXPECT_EQ(boost::json::parse(world_.ask("opp2p_peerStats")).at("banned").as_int64(), 1);

  EXPECT_EQ(world_.ask("opp2p_unblockPeer", peer), "null");
  EXPECT_EQ(world_.ask("opp2p_unblockAddr", R"(["1.2.3.4"])"), "null");
  EXPECT_EQ(world_.ask("opp2p_unblockSubnet", kSubnet), "null");
  EXPECT_EQ(world_.ask("opp2p_listBlockedPeers"), "[]");
  EXPECT_EQ(world_.ask("opp2p_listBlockedAddrs"), "[]");
  EXPECT_EQ(world_.ask("opp2p_listBlockedSubnets"), "[]");
}

TEST_F(BlockListMethods, TakesNamesInAnyCaseAsGoDoes) {
  EXPECT_EQ(world_.ask("opp2p_blockSubnet", R"([{"ip":"10.1.0.0","mask":"//8AAA=="}])"), "null");
  EXPECT_EQ(world_.ask("opp2p_listBlockedSubnets"), kSubnet);
}

TEST_F(BlockListMethods, BlocksNobodyByNonsense) {
  for (const char* subnet : {"[]", "[null]", "[{}]", R"([{"IP":"10.1.0.0"}])", R"([{"IP":null,"Mask":"//8AAA=="}])",
                             R"([{"IP":"","Mask":"//8AAA=="}])", R"([{"IP":"10.1.0.0","Mask":"/wD/AA=="}])",
                             R"([{"IP":"10.1.0.0","Mask":"//8="}])", R"([{"IP":"10.1.0.0","Mask":""}])"}) {
    EXPECT_EQ(world_.ask("opp2p_blockSubnet", subnet), "-32000: invalid request") << subnet;
  }
  for (const char* subnet :
       {R"(["10.1.0.0/16"])", R"([{"IP":"10.1.0.0","Mask":"?"}])", R"([{"IP":"10.1.0.0","Mask":1}])"}) {
    EXPECT_EQ(world_.ask("opp2p_blockSubnet", subnet).find("-32602: invalid argument 0: "), 0u) << subnet;
  }
  const std::string unreadable = "-32602: invalid argument 0: invalid IP address: ";
  EXPECT_EQ(world_.ask("opp2p_blockSubnet", R"([{"IP":"x","Mask":"//8AAA=="}])"), unreadable + "x");
  EXPECT_EQ(world_.ask("opp2p_blockAddr", R"(["1.2.3"])"), unreadable + "1.2.3");
  for (const char* address : {R"([""])", "[null]"}) {
    EXPECT_EQ(world_.ask("opp2p_blockAddr", address), "-32000: invalid request") << address;
  }
  EXPECT_EQ(world_.ask("opp2p_blockPeer", R"(["x"])").find("-32602: invalid argument 0: failed to parse peer ID: "),
            0u);
}

TEST_F(BlockListMethods, SaysWhoIsBannedUntilWhenAndWhy) {
  EXPECT_EQ(world_.ask("opwire_bans"), "[]");
  const WallTime until = world_.loop.wall_now() + std::chrono::hours(1);
  world_.reputation.ban(peer_of(2), until, "three invalid blocks");
  const auto bans = boost::json::parse(world_.ask("opwire_bans")).as_array();
  ASSERT_EQ(bans.size(), 1u);
  EXPECT_EQ(bans[0].at("peer").as_string(), peer_of(2).to_string());
  EXPECT_EQ(bans[0].at("reason").as_string(), "three invalid blocks");
  EXPECT_EQ(bans[0].at("until").to_number<std::uint64_t>(), unix_seconds(until));
  EXPECT_EQ(world_.ask("opp2p_unblockPeer", quoted(peer_of(2).to_string())), "null");
  EXPECT_EQ(world_.ask("opwire_bans"), "[]");
}

TEST_F(BlockListMethods, WithoutBooksThereIsNothingToBlockWith) {
  world_.parts.reputation = nullptr;
  EXPECT_EQ(world_.ask("opp2p_listBlockedPeers"), "-32000: no connection gater");
}

}  // namespace
}  // namespace opwire::node
