#include "cli/peers_view.hpp"

#include <gtest/gtest.h>

#include "cli/command.hpp"

namespace opwire::cli {
namespace {

using namespace std::chrono_literals;
using node::PeerEntry;

const WallTime kNow = from_unix_seconds(1'700'000'000);
const PeerId kPeer = PeerId::parse_text("16Uiu2HAmV8yEbbJEZ2mdKwRMbLGpHMAbiwfbtTXXDzKQHgyWLjQA").value();
const PeerId kOther = PeerId::parse_text("12D3KooWD3eckifWpRn9wQpMG9R9hX3sD158z7EqHWmweQAJU5SA").value();

PeerEntry busy_entry() {
  PeerEntry entry(kPeer);
  entry.scores = opstack::reputation::ScoreRecord{{}, kNow - 3min};
  entry.scores->scores.gossip.total = -101.256;
  entry.known.emplace();
  entry.known->addresses = {{Multiaddr::parse_text("/ip4/1.2.3.4/tcp/9222").value(), kNow + 2h},
                            {Multiaddr::parse_text("/ip4/1.2.3.5/tcp/9222").value(), kNow + 2h}};
  entry.known->agent = "an agent with \x1b[2J a very long name indeed";
  entry.known->last_seen = kNow - 2min;
  entry.ban = opstack::reputation::Ban{kNow + 59min + 59s, kNow, "score is below", std::nullopt};
  return entry;
}

TEST(PeersView, ALineAPeerThoseSeenLastFirst) {
  node::PeerFile file;
  file.peers = {PeerEntry(kOther), busy_entry()};
  file.peers[0].blocked = true;
  file.banned_ips.ban(opstack::reputation::Ip::parse_text("5.6.7.8").value(), kNow + 1h, "floods", std::nullopt, kNow);
  ASSERT_TRUE(file.blocks.block_address(opstack::reputation::Ip::parse_text("5.6.7.9").value()));
  ASSERT_TRUE(file.blocks.block_subnet(multiformats::IpNetwork::parse("10.0.0.0/8").value()));
  EXPECT_EQ(peer_table(file, kNow, 120),
            (std::vector<std::string>{
                "PEER     SCORE     SEEN  AGENT                        ADDRESS                              STANDING",
                "HgyWLjQA -101.26   2m    an agent with ?[2J a very l~ /ip4/1.2.3.4/tcp/9222 +1             banned for "
                "59m: score is b",
                "QAJU5SA", "5.6.7.8 banned for 1h: floods", "5.6.7.9 blocked", "10.0.0.0/8 blocked"}));
}

TEST(PeersView, IsCutForTerminalsAlone) {
  node::PeerFile file;
  file.peers = {busy_entry()};
  for (const std::string& line : peer_table(file, kNow, 40)) EXPECT_LE(line.size(), 40u);
  const std::string whole = peer_table(file, kNow, 0).at(1);
  EXPECT_TRUE(whole.starts_with(kPeer.to_string() + " -101.26"));
  EXPECT_TRUE(whole.ends_with("banned for 59m: score is below"));
}

TEST(PeersView, AllOfOnePeer) {
  PeerEntry entry = busy_entry();
  entry.metadata = opstack::reputation::PeerMetadata{"enr:-abc", ChainId{10}, kNow};
  entry.known->protocols = {"/a\n"};
  entry.blocked = true;
  std::string text;
  for (const std::string& line : peer_lines(entry, kNow)) text += line + "\n";
  for (const char* part :
       {"peer         16Uiu2HAmV8", "seen         2023-11-14T22:11:20", "ban          banned for 59m: score is below",
        "blocked ", "score        -101.26, 3m old", "agent        an agent with ?[2J",
        "address      /ip4/1.2.3.4/tcp/9222, for 2h", "protocol     /a?", "chain        10", "record       enr:-abc"}) {
    EXPECT_NE(text.find(part), text.npos) << part << "\n" << text;
  }
  EXPECT_EQ(peer_lines(PeerEntry(kOther), kNow).size(), 1u);
}

TEST(PeersView, SpansAreRough) {
  EXPECT_EQ(rough_span(0s), "now");
  EXPECT_EQ(rough_span(-5s), "now");
  EXPECT_EQ(rough_span(59s), "59s");
  EXPECT_EQ(rough_span(60s), "1m");
  EXPECT_EQ(rough_span(47h + 59min), "47h");
  EXPECT_EQ(rough_span(48h), "2d");
}

}  // namespace
}  // namespace opwire::cli
