#include "opwire/p2p/gossipsub/rpc.hpp"

#include <gtest/gtest.h>

#include "opwire/codec/hex.hpp"
#include "opwire/multiformats/errors.hpp"
#include "opwire/p2p/gossipsub/router_for_test.hpp"

namespace opwire::gossipsub {
namespace {

using test::ids_of;
using test::noise;
using test::Rpc;

MessageId id(std::uint64_t number) {
  return MessageId::from(noise(20, number)).value();
}

Result<void> parse(std::string_view hex) {
  RpcView view;
  return parse_rpc(codec::from_hex(hex).value(), RpcLimits{}, view);
}

TEST(ParseRpc, EverythingComesBack) {
  const Bytes data = noise(300, 1);
  const Buffer rpc = Rpc()
                         .subscribe("a")
                         .subscribe("b", false)
                         .message("a", data)
                         .ihave("a", {id(1), id(2)})
                         .iwant({id(3)})
                         .graft("a")
                         .prune("b", 60)
                         .prune("c")
                         .idontwant({id(4), id(5)})
                         .build();
  RpcView view;
  ASSERT_TRUE(parse_rpc(rpc, RpcLimits{}, view));
  ASSERT_EQ(view.subscriptions.size(), 2u);
  EXPECT_TRUE(view.subscriptions[0].subscribe);
  EXPECT_FALSE(view.subscriptions[1].subscribe);
  ASSERT_EQ(view.messages.size(), 1u);
  EXPECT_EQ(view.messages[0].topic, "a");
  EXPECT_TRUE(equal(view.messages[0].data, data));
  EXPECT_FALSE(view.messages[0].from || view.messages[0].seqno || view.messages[0].signature || view.messages[0].key);
  EXPECT_EQ(ids_of(view.ihave.at(0).ids), (std::vector{id(1), id(2)}));
  EXPECT_EQ(ids_of(view.iwant.at(0)), std::vector{id(3)});
  EXPECT_EQ(view.graft.at(0), "a");
  EXPECT_EQ(view.prune.at(0).backoff_seconds, 60u);
  EXPECT_EQ(view.prune.at(1).backoff_seconds, 0u);
  EXPECT_EQ(ids_of(view.idontwant.at(0)), (std::vector{id(4), id(5)}));
}

TEST(ParseRpc, LaterProtocolsAndUnknownFieldsAreSkipped) {
  // Partial messages (10), a test extension (6492434), flags in a subscription.
  Bytes rpc;
  protobuf::Writer(rpc).bytes(10, as_bytes("partial")).bytes(6492434, {}).varint(99, 1).fixed64(98, 1);
  Bytes subscription;
  protobuf::Writer(subscription).varint(1, 1).bytes(2, as_bytes("a")).varint(3, 0).varint(4, 0);
  protobuf::Writer(rpc).bytes(1, subscription);
  RpcView view;
  ASSERT_TRUE(parse_rpc(rpc, RpcLimits{}, view));
  EXPECT_EQ(view.subscriptions.at(0).topic, "a");
}

// F9: wire types 3, 4, 6, 7, field 0, lengths beyond the end, at the top and nested.
TEST(ParseRpc, MalformedIsOneError) {
  for (const std::string_view hex : {"0b", "0c", "0e", "0f", "0200", "0a05", "0affffffffffffffffff01", "1203120500",
                                     "1a040a020a05", "1a031a010b", "80808080808080808080ff"}) {
    const auto parsed = parse(hex);
    ASSERT_FALSE(parsed) << hex;
    EXPECT_TRUE(parsed.error().is(multiformats::errors::kBadProtobuf)) << hex;
    EXPECT_EQ(parsed.error().consequence(), Consequence::kResetStream);
  }
}

TEST(ParseRpc, LastOfRepeatedSingularFieldsCounts) {
  Bytes message;
  protobuf::Writer(message)
      .bytes(2, as_bytes("x"))
      .bytes(4, as_bytes("a"))
      .bytes(2, as_bytes("y"))
      .bytes(4, as_bytes("b"));
  RpcView view;
  const Buffer bytes = Rpc().raw_message(message).build();
  ASSERT_TRUE(parse_rpc(bytes, RpcLimits{}, view));
  EXPECT_EQ(view.messages.at(0).topic, "b");
  EXPECT_EQ(as_text(view.messages.at(0).data), "y");
}

TEST(ParseRpc, PresentAndEmptyIsNotAbsent) {
  Bytes message;
  protobuf::Writer(message).bytes(1, {}).bytes(3, {}).bytes(5, {}).bytes(6, {});
  RpcView view;
  const Buffer bytes = Rpc().raw_message(message).build();
  ASSERT_TRUE(parse_rpc(bytes, RpcLimits{}, view));
  EXPECT_TRUE(view.messages.at(0).from && view.messages.at(0).seqno && view.messages.at(0).signature &&
              view.messages.at(0).key);
}

TEST(ParseRpc, SeveralControlPartsAreOne) {
  Bytes rpc = to_bytes(Rpc().graft("a").build());
  const Buffer second = Rpc().graft("b").build();
  rpc.insert(rpc.end(), second.data(), second.data() + second.size());
  RpcView view;
  ASSERT_TRUE(parse_rpc(rpc, RpcLimits{}, view));
  EXPECT_EQ(view.graft, (std::vector<std::string_view>{"a", "b"}));
}

TEST(ParseRpc, EntriesBeyondALimitArePassedOver) {
  Rpc rpc;
  for (int i = 0; i < 10; ++i)
    rpc.subscribe("t").graft("t").prune("t").iwant({id(1)}).idontwant({id(2)}).message("t", {});
  rpc.ihave("t", {id(1)}).ihave("t", {id(1)}).ihave("t", {id(1)});
  RpcLimits limits;
  limits.subscriptions = 1;
  limits.messages = 3;
  limits.control = 2;
  RpcView view;
  const Buffer bytes = rpc.build();
  ASSERT_TRUE(parse_rpc(bytes, limits, view));
  EXPECT_EQ(view.subscriptions.size(), 1u);
  EXPECT_EQ(view.messages.size(), 3u);
  EXPECT_EQ(view.graft.size(), 2u);
  EXPECT_EQ(view.prune.size(), 2u);
  EXPECT_EQ(view.ihave.size(), 2u);
  EXPECT_EQ(view.passed_over, 9u + 7u + 8u * 4 + 1u);
}

TEST(MessageFrame, SharesTheDataAndHasTheExactSize) {
  const Buffer data = Buffer::copy_of(noise(70'000, 1));
  const Frame frame = make_message_frame("/topic", data);
  EXPECT_EQ(frame.body.data(), data.data());
  const Buffer rpc = test::received(frame);
  EXPECT_EQ(rpc.size(), message_rpc_size("/topic", data.size()));
  RpcView view;
  ASSERT_TRUE(parse_rpc(rpc, RpcLimits{}, view));
  EXPECT_EQ(view.messages.at(0).topic, "/topic");
  EXPECT_TRUE(equal(view.messages.at(0).data, data));
}

}  // namespace
}  // namespace opwire::gossipsub
