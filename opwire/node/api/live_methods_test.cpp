#include "opwire/node/api/live_methods.hpp"

#include "opwire/node/api/parts_for_test.hpp"

namespace opwire::node {
namespace {

class LiveMethods : public testing::Test {
 protected:
  LiveMethods() {
    world_.parts.reputation = &world_.reputation;
    world_.parts.reconfigure = [this](LiveConfig next) -> Result<std::vector<std::string>, std::string> {
      OPW_TRYV(next.validate());
      const bool same = next.static_peers == world_.config.static_peers;
      static_cast<LiveConfig&>(world_.config) = std::move(next);
      return same ? std::vector<std::string>() : std::vector<std::string>{"static peers"};
    };
  }
  static std::string address_of(std::uint64_t peer) {
    return "/ip4/192.0.2.1/tcp/9222/p2p/" + peer_of(peer).to_string();
  }
  static std::string list(const std::string& text) { return "[\"" + text + "\"]"; }
  ApiWorld world_;
};

TEST_F(LiveMethods, StaticPeersComeAndGo) {
  EXPECT_EQ(world_.ask("opwire_staticPeers"), "[]");
  EXPECT_EQ(world_.ask("opwire_addStaticPeer", list(address_of(2))), "true");
  EXPECT_EQ(world_.ask("opwire_addStaticPeer", list(address_of(2))), "false") << "it is one";
  EXPECT_EQ(world_.ask("opwire_staticPeers"), list(address_of(2)));
  EXPECT_EQ(world_.ask("opwire_removeStaticPeer", list(peer_of(3).to_string())), "false");
  EXPECT_EQ(world_.ask("opwire_removeStaticPeer", list(peer_of(2).to_string())), "true");
  EXPECT_EQ(world_.ask("opwire_addStaticPeer", list(address_of(2))), "true");
  EXPECT_EQ(world_.ask("opwire_removeStaticPeer", list(address_of(2))), "true");
  EXPECT_EQ(world_.ask("opwire_staticPeers"), "[]");
}

TEST_F(LiveMethods, WhatIsNoPeerIsRefused) {
  EXPECT_EQ(world_.ask("opwire_addStaticPeer", list("/ip4/192.0.2.1/tcp/9222")),
            "-32000: bad peer address: it does not end in /p2p/ID");
  EXPECT_EQ(world_.ask("opwire_addStaticPeer", list("x")).find("-32000: bad peer address: "), 0u);
  EXPECT_EQ(world_.ask("opwire_addStaticPeer", list("/ip4/192.0.2.1/p2p/" + peer_of(2).to_string()))
                .find("-32000: --p2p.static"),
            0u);
  EXPECT_EQ(world_.ask("opwire_removeStaticPeer", list("x")), "-32000: invalid request");
}

TEST_F(LiveMethods, ReloadingIsAnAdminsAndTellsWhatHasChanged) {
  EXPECT_EQ(world_.ask("opwire_reload"), "-32000: there is nothing to read again");
  ApiWorld other;
  other.parts.reload = []() -> Result<ReloadReport, std::string> {
    return ReloadReport{{"log level", "bans"}, {"p2p.listen.tcp"}};
  };
  EXPECT_EQ(other.ask("opwire_reload"), R"({"changed":["log level","bans"],"needsRestart":["p2p.listen.tcp"]})");
  ApiWorld guest(false);
  EXPECT_EQ(guest.ask("opwire_reload").find("-32601"), 0u);
}

TEST_F(LiveMethods, BlocksAreEnforcedOnRequest) {
  EXPECT_EQ(world_.ask("opwire_enforceBlocks"), "0");
  ApiWorld none;
  EXPECT_EQ(none.ask("opwire_enforceBlocks"), "-32000: no connection gater");
}

}  // namespace
}  // namespace opwire::node
