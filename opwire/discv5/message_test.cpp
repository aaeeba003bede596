#include "opwire/discv5/message.hpp"

#include <gtest/gtest.h>

#include "opwire/codec/hex.hpp"
#include "opwire/codec/rlp.hpp"
#include "opwire/discv5/errors.hpp"
#include "opwire/discv5/node_record.hpp"

namespace opwire::discv5 {
namespace {

namespace rlp = codec::rlp;

const RequestId kId = {0, 0, 0, 1};

template <class T>
T again(const T& message) {
  const Message read = parse_message(encode_message(message)).value();
  EXPECT_EQ(request_id(read), message.id);
  return std::get<T>(read);
}

std::string error_of(const std::string& hex) {
  const auto message = parse_message(codec::from_hex(hex).value());
  return message ? "none" : std::string(message.error().name());
}

// The PING of the published packets (devp2p, discv5-wire-test-vectors).
TEST(Message, PublishedPing) {
  EXPECT_EQ(codec::to_hex(encode_message(Ping{kId, 2})), "01c6840000000102");
  EXPECT_EQ(again(Ping{kId, 2}).record_seq, 2u);
}

TEST(Message, EachKindIsReadAsItWasWritten) {
  const Pong pong = again(Pong{kId, UINT64_MAX, {127, 0, 0, 1}, 30303});
  EXPECT_EQ(pong.record_seq, UINT64_MAX);
  EXPECT_EQ(pong.ip, (Bytes{127, 0, 0, 1}));
  EXPECT_EQ(pong.port, 30303);
  EXPECT_EQ(again(Pong{kId, 1, Bytes(16, 1), 0}).ip.size(), 16u);
  EXPECT_EQ(again(FindNode{kId, {256, 0, 255}}).distances, (std::vector<std::uint16_t>{256, 0, 255}));
  EXPECT_TRUE(again(FindNode{kId, {}}).distances.empty());
  const NodeRecord record = NodeRecordDraft().sign(as_bytes("a private key of thirty-two byte"), 1).value();
  const Nodes nodes = again(Nodes{kId, 3, {to_bytes(record.encoded()), to_bytes(record.encoded())}});
  EXPECT_EQ(nodes.total, 3);
  ASSERT_EQ(nodes.records.size(), 2u);
  EXPECT_EQ(NodeRecord::parse(nodes.records[1]).value(), record);
  const TalkRequest request = again(TalkRequest{kId, to_bytes(as_bytes("utp")), Bytes(1000, 7)});
  EXPECT_EQ(as_text(request.protocol), "utp");
  EXPECT_EQ(request.message, Bytes(1000, 7));
  EXPECT_TRUE(again(TalkResponse{kId, {}}).message.empty());
}

// D7.
TEST(BadMessage, RequestIds) {
  EXPECT_TRUE(again(Ping{{}, 1}).id.empty());
  EXPECT_EQ(again(Ping{Bytes(8, 0), 1}).id, Bytes(8, 0));
  EXPECT_TRUE(parse_message(encode_message(Ping{Bytes(9, 1), 1})).error().is(errors::kBadMessage));
}

// D8.
TEST(BadMessage, DistancesTwiceOrTooFarArePassedOver) {
  FindNode request{kId, {}};
  for (std::uint16_t i = 0; i < 300; ++i) request.distances.push_back(i);
  for (std::uint16_t i = 0; i < 300; ++i) request.distances.push_back(5);
  EXPECT_EQ(again(request).distances.size(), 257u);
}

TEST(BadMessage, WhatIsWrongIsNamed) {
  EXPECT_EQ(error_of(""), "discv5.bad_message");
  EXPECT_EQ(error_of("01"), "codec.bad_rlp");
  EXPECT_EQ(error_of("00c0"), "codec.bad_rlp");
  EXPECT_EQ(error_of("00c20102"), "discv5.unknown_message");
  EXPECT_EQ(error_of("07c20102"), "discv5.unknown_message") << "of topics, which nobody speaks";
  EXPECT_EQ(error_of("01c20102"), "none");
  EXPECT_EQ(error_of("01c101"), "codec.bad_rlp") << "no seq";
  EXPECT_EQ(error_of("01c3010203"), "discv5.bad_message") << "an item more";
  EXPECT_EQ(error_of("01c2010200"), "codec.bad_rlp") << "more behind the list";
  EXPECT_EQ(error_of("01c3018100"), "codec.bad_rlp") << "a seq with a leading zero";
  EXPECT_EQ(error_of("02c80101837f0000"
                     "7f"
                     "05"),
            "discv5.bad_message")
      << "an address of 3 bytes";
  EXPECT_TRUE(parse_message(encode_message(Pong{kId, 1, Bytes(5), 1})).error().is(errors::kBadMessage));
  EXPECT_EQ(error_of("02cb0101847f00000183010000"), "discv5.bad_message") << "port 65536";
  EXPECT_EQ(error_of("03c20101"), "codec.bad_rlp") << "distances are no list";
  EXPECT_EQ(error_of("04c501820100c0"), "discv5.bad_message") << "256 messages";
}

}  // namespace
}  // namespace opwire::discv5
