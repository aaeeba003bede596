#include "opwire/p2p/identify/message.hpp"

#include <gtest/gtest.h>

#include "opwire/multiformats/errors.hpp"
#include "opwire/multiformats/protobuf.hpp"
#include "opwire/p2p/identify/errors.hpp"

namespace opwire::identify {
namespace {

Multiaddr address(std::string_view text) {
  return Multiaddr::parse_text(text).value();
}

// The parts of an encoded answer, without their length prefixes.
std::vector<Bytes> parts_of(ByteView encoded) {
  std::vector<Bytes> parts;
  while (!encoded.empty()) {
    const auto length = multiformats::parse_varint(encoded).value();
    parts.push_back(to_bytes(encoded.subspan(length.size, length.value)));
    encoded = encoded.subspan(length.size + length.value);
  }
  return parts;
}

Message merge_all(const std::vector<Bytes>& parts) {
  Message message;
  for (const Bytes& part : parts) EXPECT_TRUE(merge_part(part, message));
  return message;
}

Message example() {
  Message message;
  message.public_key = Bytes{8, 2, 18, 1, 7};
  message.listen_addresses = {address("/ip4/127.0.0.1/tcp/9222"), address("/ip6/::1/tcp/9222")};
  message.protocols = {"/ipfs/id/1.0.0", "/meshsub/1.2.0"};
  message.observed_address = address("/ip4/10.0.0.1/tcp/1234");
  message.protocol_version = "opwire/1";
  message.agent = "opwire";
  message.signed_record = Bytes(100, 5);
  return message;
}

TEST(IdentifyMessage, RoundTrip) {
  const Message message = example();
  const auto parts = parts_of(encode(message));
  EXPECT_EQ(parts.size(), 1u);
  const Message back = merge_all(parts);
  EXPECT_EQ(back.public_key, message.public_key);
  EXPECT_EQ(back.listen_addresses, message.listen_addresses);
  EXPECT_EQ(back.protocols, message.protocols);
  EXPECT_EQ(back.observed_address, message.observed_address);
  EXPECT_EQ(back.protocol_version, message.protocol_version);
  EXPECT_EQ(back.agent, message.agent);
  EXPECT_EQ(back.signed_record, message.signed_record);
}

TEST(IdentifyMessage, LongListsAreSpreadOverPartsThatRustCanRead) {
  Message message = example();
  for (int i = 0; i < 400; ++i) message.protocols.push_back("/some/long/protocol/name/" + std::to_string(i));
  message.signed_record = Bytes(2000, 9);
  const auto parts = parts_of(encode(message));
  EXPECT_GT(parts.size(), 2u);
  for (const Bytes& part : parts) EXPECT_LE(part.size(), 4096u);
  const Message back = merge_all(parts);
  EXPECT_EQ(back.protocols, message.protocols);
  EXPECT_EQ(back.signed_record, message.signed_record);
}

TEST(IdentifyMessage, EmptyMessageIsOneEmptyPart) {
  EXPECT_EQ(encode(Message()), Bytes{0});
}

TEST(IdentifyMessage, LaterPartsReplaceSingleFieldsAndExtendLists) {
  Message first;
  first.agent = "one";
  first.protocols = {"/a"};
  Message second;
  second.agent = "two";
  second.protocols = {"/b"};
  Message merged = merge_all({parts_of(encode(first))[0], parts_of(encode(second))[0]});
  EXPECT_EQ(merged.agent, "two");
  EXPECT_EQ(merged.protocols, (std::vector<std::string>{"/a", "/b"}));
}

Bytes field(std::uint32_t number, ByteView value) {
  Bytes out;
  protobuf::Writer(out).bytes(number, value);
  return out;
}

TEST(IdentifyMessage, InvalidAddressesAreSkippedAndTheOthersKept) {
  Bytes part = field(2, Bytes{0xff, 0xff});
  const Multiaddr good = address("/ip4/1.2.3.4/tcp/1");
  protobuf::Writer(part).bytes(2, good.bytes());
  protobuf::Writer(part).bytes(2, Bytes(10'000, 1));
  Message message;
  ASSERT_TRUE(merge_part(part, message));
  EXPECT_EQ(message.listen_addresses, std::vector<Multiaddr>{good});
}

TEST(IdentifyMessage, AddressesBeyondTheLimitAreDropped) {
  Message message;
  const Bytes part = field(2, address("/ip4/1.2.3.4/tcp/1").bytes());
  for (std::size_t i = 0; i < kMaxAddresses + 10; ++i) ASSERT_TRUE(merge_part(part, message));
  EXPECT_EQ(message.listen_addresses.size(), kMaxAddresses);
}

TEST(IdentifyMessage, NamesThatNoHandlerHasAreSkipped) {
  Bytes part = field(3, as_bytes(""));
  protobuf::Writer(part).bytes(3, as_bytes("/with\nnewline"));
  protobuf::Writer(part).bytes(3, Bytes(100'000, 'a'));
  protobuf::Writer(part).bytes(3, as_bytes("/good"));
  Message message;
  ASSERT_TRUE(merge_part(part, message));
  EXPECT_EQ(message.protocols, std::vector<std::string>{"/good"});
}

TEST(IdentifyMessage, TooManyProtocolsIsAnError) {
  Message message;
  const Bytes part = field(3, as_bytes("/p"));
  for (std::size_t i = 0; i < kMaxProtocols; ++i) ASSERT_TRUE(merge_part(part, message));
  EXPECT_TRUE(merge_part(part, message).error().is(errors::kTooManyProtocols));
}

TEST(IdentifyMessage, LongTextsAreCut) {
  Message message;
  ASSERT_TRUE(merge_part(field(6, Bytes(5000, 'x')), message));
  EXPECT_EQ(message.agent.size(), 256u);
}

TEST(IdentifyMessage, MalformedProtobufIsAnError) {
  Message message;
  EXPECT_TRUE(merge_part(Bytes{0x12, 0x05, 0x01}, message).error().is(multiformats::errors::kBadProtobuf));
}

}  // namespace
}  // namespace opwire::identify
