#include "cli/top_view.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

namespace opwire::cli {
namespace {

TopAnswers answers() {
  TopAnswers all;
  all.status = boost::json::parse(R"({"version":"v0.1.0","chain":"op-mainnet","chainId":10,"peerId":"16Uiu2HAm1",
    "peers":2,"mesh":{"/optimism/10/0/blocks":0,"/optimism/10/3/blocks":8},
    "lastBlock":{"number":1205,"timestamp":1700000098},
    "blocks":{"accepted":200,"rejected":3,"ignored":4,"throttled":5},
    "discovery":{"record":"enr:x","table":30,"live":25,"candidates":10},
    "heads":{"unsafe":{"number":1200,"timestamp":1700000088},"safe":{"number":1100},"finalized":null},
    "sync":{"wanted":100,"proved":40,"peers":3,"quarantinedBytes":0,"seconds":12},
    "clock":{"state":"good","skewMs":140},"equivocations":1})");
  all.stats =
      boost::json::parse(R"({"connected":2,"table":30,"blocksTopic":1,"blocksTopicV2":11,"banned":0,"known":40})");
  all.peers = boost::json::parse(R"({"totalConnected":2,"peers":{
    "a":{"peerID":"16Uiu2HAmV8yEbbJEZ2mdKwRMbLGpHMAbiwfbtTXXDzKQHgyWLjQA","userAgent":"optimism","direction":2,
      "latency":12300000,"gossipBlocks":true,"addresses":["/ip4/203.0.113.7/tcp/9222/p2p/16Uiu2"],
      "scores":{"gossip":{"total":-0.5}}},
    "b":{"peerID":"16Uiu2HAmB","userAgent":"kona","direction":1,"latency":0,"gossipBlocks":false,"addresses":null,
      "scores":{"gossip":{"total":12.25}}}}})");
  all.blocks = boost::json::parse(R"([{"number":1205,"hash":"0x00112233445566778899aabbccddeeff0011223344556677",
    "timestamp":1700000098,"from":"16Uiu2HAmV8yEbbJEZ2mdKwRMbLGpHMAbiwfbtTXXDzKQHgyWLjQA","bytes":129000,
    "received_at":"2023-11-14T22:14:58.250000Z","validated_us":430}])");
  return all;
}

TopFrame frame(std::size_t columns, std::size_t lines = 0) {
  TopFrame one;
  one.url = "http://127.0.0.1:9545";
  one.now = from_unix_seconds(1'700'000'100);
  one.columns = columns;
  one.lines = lines;
  return one;
}

std::string joined(const std::vector<TopLine>& lines) {
  std::string text;
  for (const TopLine& line : lines) text += line.text + "\n";
  return text;
}

void expect_plain(const std::vector<TopLine>& lines, std::size_t columns) {
  for (const TopLine& line : lines) {
    EXPECT_LE(line.text.size(), columns) << line.text;
    EXPECT_TRUE(std::ranges::all_of(line.text, [](char c) { return c >= ' ' && c <= '~'; })) << line.text;
  }
}

TEST(TopView, At80Columns) {
  const auto lines = top_lines(read_top(answers()), frame(80));
  EXPECT_EQ(joined(lines),
            R"(opwire v0.1.0  op-mainnet (10)  http://127.0.0.1:9545
head 1200 (12 s old)  gossip 1205 (2 s old)  safe 1100  finalized -
[############..................]  40 of 100 blocks  from 3 peers  for 12 s
accepted 200  rejected 3  ignored 4  throttled 5  equivocations 1
clock good (140 ms)
peers 2  known 40  banned 0  discovery 30 nodes  25 live  10 candidates

TOPIC                  MESH  PEERS
/optimism/10/3/blocks     8     11
/optimism/10/0/blocks     0      1

BLOCK    LATE   BYTES  CHECKED  HASH              FROM
 1205  250 ms  129000   0.4 ms  0x00112233..6677  16Uiu2HA..yWLjQA

PEER              SCORE  LATENCY  DIR      AGENT     ADDRESS
16Uiu2HAmB        12.25        -  in mute  kona
16Uiu2HA..yWLjQA  -0.50    12 ms  out      optimism  /ip4/203.0.113.7/tcp/9222
)");
}

TEST(TopView, At40Columns) {
  const auto lines = top_lines(read_top(answers()), frame(40));
  expect_plain(lines, 40);
  const std::string text = joined(lines);
  for (const char* line : {"opwire v0.1.0  op-mainnet (10)\nhttp://127.0.0.1:9545\n",
                           "[############..................]\n40 of 100 blocks  from 3 peers  for 12 s\n",
                           "/optimism/10/3/blocks     8     11\n", "16Uiu2HA..yWLjQA  -0.50    12 ms  out"}) {
    EXPECT_NE(text.find(line), std::string::npos) << line << "\n" << text;
  }
}

TEST(TopView, FillsTheScreenAndNoMore) {
  TopAnswers all = answers();
  boost::json::object& peers = all.peers.at("peers").as_object();
  const boost::json::value one = peers.at("a");
  for (int i = 0; i < 60; ++i) peers["peer" + std::to_string(i)] = one;
  boost::json::array& blocks = all.blocks.as_array();
  while (blocks.size() < 32) blocks.push_back(boost::json::value(blocks.front()));
  const TopData data = read_top(all);
  EXPECT_EQ(data.peers.size(), 62u);
  for (std::size_t rows = 0; rows < 120; ++rows) {
    const auto lines = top_lines(data, frame(80, rows));
    if (rows == 0) continue;  // as many as it takes
    EXPECT_LE(lines.size(), rows);
    if (rows >= 8 && rows < 100) EXPECT_EQ(lines.size(), rows);
  }
  EXPECT_EQ(joined(top_lines(data, frame(80, 15))).find("TOPIC"), std::string::npos) << "the peers are what is left";
  const std::string text = joined(top_lines(data, frame(80, 40)));
  EXPECT_NE(text.find(" more\n"), std::string::npos) << text;
  EXPECT_NE(joined(top_lines(data, frame(80, 0))).find("16Uiu2HAmB"), std::string::npos);
}

TEST(TopView, WhatPeersSayNeverReachesTheTerminalAsItIs) {
  const std::string evil =
      "\x1b[2J\x1b]0;title\x07 \r\n\t\x7f\xc2\x9b"
      "31m\xe2\x80\xae"
      "evil";
  TopAnswers all = answers();
  for (const char* name : {"version", "chain", "peerId"}) all.status.as_object()[name] = evil;
  all.status.at("mesh").as_object()[evil] = 7;
  all.status.at("clock").as_object()["state"] = evil;
  for (auto& [id, peer] : all.peers.at("peers").as_object()) {
    for (const char* name : {"peerID", "userAgent"}) peer.as_object()[name] = evil;
    peer.as_object()["addresses"] = boost::json::array{evil};
  }
  for (auto& block : all.blocks.as_array()) {
    for (const char* name : {"hash", "from"}) block.as_object()[name] = evil;
  }
  TopFrame one = frame(80);
  one.url = one.problem = evil;
  for (const std::size_t columns : {0UL, 1UL, 7UL, 40UL, 80UL, 300UL}) {
    one.columns = columns;
    expect_plain(top_lines(read_top(all), one), std::max<std::size_t>(columns, 1));
  }
}

TEST(TopView, SaysWhenTheDataIsOld) {
  TopFrame one = frame(80);
  one.problem = "connection refused";
  EXPECT_EQ(top_lines(read_top(answers()), one)[1], (TopLine{"NO ANSWER: connection refused", true}));
}

TEST(TopView, OfAnEmptyNode) {
  const std::string text = joined(top_lines(TopData(), frame(80)));
  EXPECT_NE(text.find("head -  gossip -  safe -  finalized -\nsync nothing is being fetched\n"), std::string::npos)
      << text;
  EXPECT_NE(text.find("clock -\npeers 0  known 0  banned 0\n"), std::string::npos) << text;
  TopAnswers all = answers();
  all.status.as_object()["sync"] = nullptr;
  EXPECT_NE(joined(top_lines(read_top(all), frame(80))).find("sync 5 blocks behind gossip\n"), std::string::npos);
}

TEST(TopData, AnyJsonIsReadWithoutHarm) {
  const boost::json::value odd[] = {
      nullptr, true, -1, 1e300, "text", boost::json::array{1, "x", nullptr}, boost::json::object{{"peers", 7}}};
  const TopAnswers right = answers();
  // Each field of each answer, replaced by each of these.
  const auto replace_all = [&](boost::json::value TopAnswers::* part, const auto& self, boost::json::value& inside,
                               TopAnswers& all) -> void {
    const auto try_one = [&](boost::json::value& place) {
      for (const boost::json::value& value : odd) {
        const boost::json::value before = std::exchange(place, value);
        expect_plain(top_lines(read_top(all), frame(80, 40)), 80);
        place = before;
      }
      self(part, self, place, all);
    };
    if (auto* const fields = inside.if_object()) {
      for (auto& field : *fields) try_one(field.value());
    } else if (auto* const items = inside.if_array()) {
      for (auto& item : *items) try_one(item);
    }
  };
  for (auto part : {&TopAnswers::status, &TopAnswers::stats, &TopAnswers::peers, &TopAnswers::blocks}) {
    TopAnswers all = right;
    replace_all(part, replace_all, all.*part, all);
    for (const boost::json::value& value : odd) {
      all.*part = value;
      expect_plain(top_lines(read_top(all), frame(80, 40)), 80);
    }
  }
}

TEST(TopData, TimesOfBlocks) {
  TopAnswers all = answers();
  EXPECT_EQ(read_top(all).blocks[0].late, Duration(std::chrono::milliseconds(250)));
  auto& block = all.blocks.at(0).as_object();
  block["timestamp"] = 1'700'000'099;
  EXPECT_EQ(read_top(all).blocks[0].late, Duration(std::chrono::milliseconds(-750)));
  block["timestamp"] = ~std::uint64_t{0};
  EXPECT_EQ(read_top(all).blocks[0].late, std::nullopt);
  for (const char* odd : {"", "yesterday", "2023-13-14T22:14:58.250000Z", "9999-11-14T22:14:58.250000Z"}) {
    block["timestamp"] = 1;
    block["received_at"] = odd;
    EXPECT_EQ(read_top(all).blocks[0].late, std::nullopt) << odd;
  }
}

}  // namespace
}  // namespace opwire::cli
