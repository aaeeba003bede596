#include "opwire/node/peer_import.hpp"

#include <gtest/gtest.h>

#include <boost/json/parse.hpp>

#include "opwire/multiformats/multibase.hpp"
#include "opwire/opstack/discovery/chain_entry.hpp"

namespace opwire::node {
namespace {

namespace reputation = opstack::reputation;
using namespace std::chrono_literals;

const WallTime kNow = from_unix_seconds(1'700'000'000);
constexpr ChainId kChain{10};

crypto::PrivateKey key_of(std::uint64_t number) {
  SeededRng rng(number);
  return crypto::PrivateKey::generate(crypto::KeyType::kSecp256k1, rng);
}
PeerId peer_of(std::uint64_t number) {
  return PeerId::of(key_of(number).public_key());
}
std::string enr_of(std::uint64_t number, std::optional<std::uint64_t> chain, std::uint64_t version = 0) {
  discv5::NodeRecordDraft draft;
  draft.set("ip", Bytes{1, 2, 3, 4}).set("tcp", std::uint64_t{9222}).set("udp", std::uint64_t{9222});
  if (chain) draft.set(opstack::kChainEntryKey, opstack::encode({ChainId{*chain}, version}));
  return draft.sign(key_of(number).data(), 1).value().to_text();
}

PeerEntry whole_entry() {
  PeerEntry entry(peer_of(1));
  entry.scores = reputation::ScoreRecord{{}, kNow};
  entry.scores->scores.gossip.total = -1.5;
  entry.scores->scores.req_resp.valid_responses = 3;
  entry.metadata = reputation::PeerMetadata{enr_of(1, 10), kChain, kNow - 5s};
  entry.known.emplace();
  entry.known->addresses = {{Multiaddr::parse_text("/ip4/1.2.3.4/tcp/9222").value(), kNow + 1h}};
  entry.known->agent = "a \"quoted\" \n agent";
  entry.known->protocols = {"/a", "/b"};
  entry.known->last_seen = kNow - 1s;
  entry.known->last_update = kNow;
  entry.ban = reputation::Ban{kNow + 1h, kNow, "why", std::nullopt};
  entry.blocked = true;
  return entry;
}

TEST(PeerEntry, IsReadAsItWasWritten) {
  const std::string text = to_json(whole_entry());
  EXPECT_EQ(text.find('\n'), text.npos);
  EXPECT_EQ(parse_peer_entry(boost::json::parse(text), kNow + 7s).value(), whole_entry());
  PeerEntry bare(peer_of(2));
  EXPECT_EQ(to_json(bare), "{\"peerID\":\"" + peer_of(2).to_string() + "\"}");
  EXPECT_EQ(parse_peer_entry(boost::json::parse(to_json(bare)), kNow).value(), bare);
}

TEST(PeerEntry, SaysWhatIsWrong) {
  const auto wrong = [](const std::string& fields) {
    return parse_peer_entry(boost::json::parse("{\"peerID\":\"" + peer_of(1).to_string() + "\"," + fields + "}"), kNow)
        .error();
  };
  EXPECT_EQ(parse_peer_entry(7, kNow).error(), "not a JSON object");
  EXPECT_EQ(parse_peer_entry(boost::json::object(), kNow).error(), "peerID: missing");
  EXPECT_EQ(wrong(R"("ENR":")" + enr_of(2, 10) + "\""), "ENR: it is another peer's");
  EXPECT_EQ(wrong(R"("ENR":"enr:abc")").substr(0, 5), "ENR: ");
  EXPECT_EQ(wrong(R"("peerScores":7)").substr(0, 12), "peerScores: ");
  EXPECT_EQ(wrong(R"("addresses":["/ip4/1.2.3.4/tcp/1/p2p/)" + peer_of(2).to_string() + "\"]"),
            "addresses: one is another peer's");
  EXPECT_EQ(wrong(R"("lastSeen":-1)"), "lastSeen: not a number in its bounds");
  EXPECT_EQ(wrong(R"("ban":{"expiry":"x"})").substr(0, 5), "ban: ");
  EXPECT_EQ(wrong(R"("key":"AAAA")"), "key: not this peer's");
  EXPECT_EQ(wrong(R"("blocked":1)"), "blocked: neither true nor false");
}

TEST(PeerImport, OfOurOwnLines) {
  const std::string text =
      to_json(whole_entry()) + "\n\nnothing {\n{\"peerID\":\"x\"}\n" + to_json(PeerEntry(peer_of(2)));
  const auto import = parse_peer_import(text, kChain, kNow).value();
  ASSERT_EQ(import.entries.size(), 2u);
  EXPECT_EQ(import.entries[0], whole_entry());
  EXPECT_FALSE(import.is_bootstore);
  ASSERT_EQ(import.problems.size(), 2u);
  EXPECT_EQ(import.problems[0].where, "line 3");
  EXPECT_EQ(import.problems[1].where, "line 4");
  EXPECT_EQ(parse_peer_import(text, ChainId{11}, kNow)->foreign, 1u);
}

TEST(PeerImport, OfABootstore) {
  const std::string text = R"([")" + enr_of(1, 10) + R"(",")" + enr_of(2, 8453) + R"(","enr:x",")" +
                           enr_of(3, std::nullopt) + R"(",")" + enr_of(4, 10, 1) + R"(",")" + enr_of(5, 10) + R"("])";
  const auto import = parse_peer_import(text, kChain, kNow).value();
  EXPECT_TRUE(import.is_bootstore);
  EXPECT_EQ(import.foreign, 3u);
  ASSERT_EQ(import.problems.size(), 1u);
  EXPECT_EQ(import.problems[0].where, "entry 3");
  ASSERT_EQ(import.entries.size(), 2u);
  EXPECT_EQ(import.entries[1].peer, peer_of(5));
  EXPECT_EQ(import.entries[0].known->addresses.at(0).address.to_string(), "/ip4/1.2.3.4/tcp/9222");
  EXPECT_EQ(import.entries[0].known->addresses.at(0).until, kNow + kImportedTtl);

  std::vector<PeerEntry> entries = import.entries;
  entries[0].metadata->last_update = kNow + 1s;
  EXPECT_EQ(to_bootstore(entries, kChain), R"([")" + enr_of(5, 10) + R"(",")" + enr_of(1, 10) + R"("])");
  EXPECT_EQ(to_bootstore(entries, ChainId{1}), "[]");
}

TEST(PeerImport, ABootstoreHas2048RecordsTheNewestLast) {
  std::vector<PeerEntry> entries(2050, whole_entry());
  for (std::size_t i = 0; i < entries.size(); ++i) entries[i].metadata->last_update = kNow + i * 1s;
  entries[1].metadata->enr = "enr:gone";
  entries[2].metadata->enr = "enr:first";
  const auto records = boost::json::parse(to_bootstore(entries, std::nullopt)).as_array();
  ASSERT_EQ(records.size(), 2048u);
  EXPECT_EQ(records[0].as_string(), "enr:first");
}

TEST(PeerImport, OfOpNodesAnswerToPeers) {
  const std::string id = peer_of(1).to_string();
  const std::string peers = R"({"totalConnected":1,"peers":{")" + id + R"(":{"peerID":")" + id +
                            R"(","nodeID":"00","userAgent":"optimism","protocolVersion":"","ENR":")" + enr_of(1, 10) +
                            R"(","addresses":["/ip4/5.6.7.8/tcp/9003/p2p/)" + id +
                            R"("],"protocols":["/a"],"connectedness":1,"direction":2,"protected":false,"chainID":10,)"
                            R"("latency":5,"gossipBlocks":true,"scores":{"gossip":{"total":4.5},"reqResp":{}}},")" +
                            peer_of(2).to_string() + R"(":{"peerID":")" + peer_of(2).to_string() +
                            R"(","ENR":"","addresses":["/p2p/)" + peer_of(2).to_string() +
                            R"("],"protocols":null,"scores":{"gossip":{"total":0}}}},"bannedPeers":[]})";
  for (const std::string& text : {peers, R"({"jsonrpc":"2.0","id":1,"result":)" + peers + "}"}) {
    const auto import = parse_peer_import(text, kChain, kNow).value();
    ASSERT_EQ(import.entries.size(), 2u) << text;
    const PeerEntry& entry = import.entries[0].peer == peer_of(1) ? import.entries[0] : import.entries[1];
    const PeerEntry& other = import.entries[0].peer == peer_of(1) ? import.entries[1] : import.entries[0];
    EXPECT_EQ(entry.known->agent, "optimism");
    EXPECT_EQ(entry.known->addresses.at(0).address.to_string(), "/ip4/5.6.7.8/tcp/9003");
    EXPECT_EQ(entry.scores->scores.gossip.total, 4.5);
    EXPECT_EQ(entry.scores->last_update, kNow);
    EXPECT_EQ(entry.metadata->chain, kChain);
    EXPECT_EQ(other, PeerEntry(peer_of(2))) << "nothing is known of it";
  }
}

TEST(PeerImport, OfOpNodesScoreRecordsUnderTheirKeys) {
  std::string key = multiformats::to_base32(peer_of(1).bytes());
  for (char& letter : key) letter = static_cast<char>(std::toupper(letter));
  const std::string record = R"({"lastUpdate":1699999990,"peerScores":{"gossip":{"total":-2},"reqRespSync":7}})";
  const auto import = parse_peer_import("{\"/peers/scores/" + key + "\":" + record + ",\"" + peer_of(2).to_string() +
                                            "\":" + record + ",\"/peers/scores/18\":" + record + "}",
                                        kChain, kNow)
                          .value();
  ASSERT_EQ(import.entries.size(), 2u);
  EXPECT_EQ(import.entries[0].peer, peer_of(1));
  EXPECT_EQ(import.entries[0].scores->scores.gossip.total, -2);
  EXPECT_EQ(import.entries[0].scores->last_update, from_unix_seconds(1'699'999'990));
  ASSERT_EQ(import.problems.size(), 1u);
  EXPECT_EQ(import.problems[0].where, "/peers/scores/18");
}

TEST(PeerImport, WhatIsNothingOfTheKind) {
  EXPECT_EQ(parse_peer_import("7", kChain, kNow).error(), "neither node records nor peers");
  EXPECT_EQ(parse_peer_import("{\"a\":7}", kChain, kNow).error(), "neither node records nor peers");
  EXPECT_EQ(parse_peer_import("hello", kChain, kNow).error(), "not JSON");
  EXPECT_EQ(parse_peer_import("", kChain, kNow).error(), "not JSON");
  EXPECT_EQ(parse_peer_import("[]", kChain, kNow)->entries.size(), 0u);
  std::string many;
  for (int i = 0; i < 1000; ++i) many += "{\n";
  const auto import = parse_peer_import(many, kChain, kNow).value();
  EXPECT_EQ(import.wrong, 1000u);
  EXPECT_EQ(import.problems.size(), kMaxProblems);
}

}  // namespace
}  // namespace opwire::node
