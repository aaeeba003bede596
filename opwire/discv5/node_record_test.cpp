#include "opwire/discv5/node_record.hpp"

#include <gtest/gtest.h>

#include "opwire/codec/errors.hpp"
#include "opwire/codec/hex.hpp"
#include "opwire/codec/rlp.hpp"
#include "opwire/crypto/ecdsa_compact.hpp"
#include "opwire/crypto/errors.hpp"
#include "opwire/crypto/hash.hpp"
#include "opwire/discv5/errors.hpp"
#include "opwire/discv5/vectors_for_test.hpp"

namespace opwire::discv5 {
namespace {

namespace json = boost::json;
using codec::from_hex;
using codec::to_hex;
using test::load;
using test::text_at;

const ByteView kKey = as_bytes("a private key of thirty-two byte");

/// A record put together by hand: whatever stands behind the signature, and the right signature over it.
Bytes signed_by_hand(Bytes content, ByteView key = kKey) {
  Bytes list = content;
  codec::rlp::wrap_list(list, 0);
  Bytes encoded;
  codec::rlp::append_bytes(encoded, crypto::sign_compact(key, crypto::keccak256(list)).value().view());
  encoded.insert(encoded.end(), content.begin(), content.end());
  codec::rlp::wrap_list(encoded, 0);
  return encoded;
}

class Content {
 public:
  explicit Content(std::uint64_t seq = 1) { codec::rlp::append_uint(bytes_, seq); }
  Content& add(std::string_view key, ByteView value) {
    codec::rlp::append_bytes(bytes_, as_bytes(key));
    codec::rlp::append_bytes(bytes_, value);
    return *this;
  }
  Content& add_id() { return add("id", as_bytes("v4")); }
  Content& add_key() {
    const NodeRecord mine = NodeRecordDraft().sign(kKey, 1).value();
    return add("secp256k1", mine.public_key());
  }
  const Bytes& bytes() const { return bytes_; }

 private:
  Bytes bytes_;
};

std::string_view error_of(ByteView encoded) {
  const auto record = NodeRecord::parse(encoded);
  return record ? "none" : record.error().name();
}

TEST(NodeRecord, TheExampleOfEip778) {
  const json::object example = load("enr-eip778.json");
  const NodeRecord record = NodeRecord::parse_text(text_at(example, "text")).value();
  EXPECT_EQ(record.seq(), 1u);
  EXPECT_EQ(to_hex(record.id().view()), text_at(example, "node_id"));
  EXPECT_EQ(to_hex(record.public_key()), text_at(example.at("pairs").as_object(), "secp256k1"));
  EXPECT_EQ(record.ip4(), (ByteArray<4>{127, 0, 0, 1}));
  EXPECT_EQ(record.udp(), 30303);
  EXPECT_EQ(record.tcp(), std::nullopt);
  EXPECT_EQ(record.ip6(), std::nullopt);
  EXPECT_EQ(record.to_text(), text_at(example, "text"));
}

// Signatures are deterministic (RFC 6979), so the same record comes out.
TEST(NodeRecord, TheExampleOfEip778IsMadeAgain) {
  const json::object example = load("enr-eip778.json");
  const Bytes key = from_hex(text_at(example, "private_key")).value();
  const NodeRecord record =
      NodeRecordDraft().set("udp", std::uint64_t{30303}).set("ip", Bytes{127, 0, 0, 1}).sign(key, 1).value();
  EXPECT_EQ(record.to_text(), text_at(example, "text"));
}

TEST(NodeRecord, AllBootnodesOfTheOpStack) {
  unsigned valid = 0;
  const json::object bootnodes = load("opstack/bootnodes_all.json");
  for (const auto& [text, told] : bootnodes.at("enrs").as_object()) {
    const auto record = NodeRecord::parse_text(text);
    const json::object& want = told.as_object();
    if (!want.contains("sig_ok")) {
      EXPECT_FALSE(record) << "a placeholder in some documentation";
      continue;
    }
    ASSERT_TRUE(record) << text;
    ++valid;
    EXPECT_EQ(record->seq(), want.at("seq").to_number<std::uint64_t>());
    EXPECT_EQ(to_hex(record->id().view()), text_at(want, "node_id"));
    EXPECT_EQ(to_hex(record->public_key()), text_at(want, "pubkey"));
    EXPECT_EQ(record->to_text(), text);
    if (want.contains("tcp")) EXPECT_EQ(record->tcp(), want.at("tcp").to_number<std::uint16_t>());
    if (want.contains("udp")) EXPECT_EQ(record->udp(), want.at("udp").to_number<std::uint16_t>());
    EXPECT_EQ(record->ip4().has_value(), want.contains("ip"));
    if (want.contains("opstack_hex"))
      EXPECT_EQ(to_hex(record->find_bytes("opstack").value()), text_at(want, "opstack_hex"));
  }
  EXPECT_EQ(valid, 41u);
}

TEST(NodeRecord, WhatIsMadeByHandIsTaken) {
  EXPECT_EQ(error_of(signed_by_hand(Content().add_id().add_key().bytes())), "none");
}

// D12.
TEST(NodeRecord, KeysAscendAndStandOnce) {
  EXPECT_EQ(error_of(signed_by_hand(Content().add_key().add_id().bytes())), "discv5.record_keys");
  EXPECT_EQ(error_of(signed_by_hand(Content().add_id().add_id().add_key().bytes())), "discv5.record_keys");
}

TEST(NodeRecord, WhatIsMissingIsNamed) {
  EXPECT_EQ(error_of(signed_by_hand(Content().add_key().bytes())), "discv5.unknown_scheme");
  EXPECT_EQ(error_of(signed_by_hand(Content().add("id", as_bytes("v5")).add_key().bytes())), "discv5.unknown_scheme");
  EXPECT_EQ(error_of(signed_by_hand(Content().add_id().bytes())), "discv5.bad_record");
  EXPECT_EQ(error_of(signed_by_hand(Content().add_id().add("secp256k1", Bytes(33, 2)).bytes())),
            "discv5.record_signature");
  EXPECT_EQ(error_of(signed_by_hand(Content().add_id().add("secp256k1", Bytes(33, 9)).bytes())), "crypto.bad_key");
  Bytes without_value = Content().add_id().add_key().bytes();
  codec::rlp::append_bytes(without_value, as_bytes("tcp"));
  EXPECT_EQ(error_of(signed_by_hand(without_value)), "discv5.bad_record");
}

TEST(NodeRecord, OneEncodingOnly) {
  Bytes trailing = signed_by_hand(Content().add_id().add_key().bytes());
  trailing.push_back(0);
  EXPECT_EQ(error_of(trailing), "codec.bad_rlp");
  Bytes long_seq = from_hex("820001").value();
  const Bytes pairs = Content().add_id().add_key().bytes();
  long_seq.insert(long_seq.end(), pairs.begin() + 1, pairs.end());
  EXPECT_EQ(error_of(signed_by_hand(long_seq)), "codec.bad_rlp");
  EXPECT_EQ(error_of({}), "codec.bad_rlp");
}

TEST(NodeRecord, SignatureOfAnotherOrOfAnotherContent) {
  const Bytes content = Content().add_id().add_key().bytes();
  EXPECT_EQ(error_of(signed_by_hand(content, as_bytes("another key with thirty-two byte"))), "discv5.record_signature");
  Bytes changed = signed_by_hand(content);
  changed.back() ^= 1;
  EXPECT_NE(error_of(changed), "none");
}

TEST(NodeRecord, ThreeHundredBytesAndNoMore) {
  const std::size_t without = NodeRecordDraft().set("x", Bytes(150)).sign(kKey, 1).value().encoded().size() - 150;
  const NodeRecord largest = NodeRecordDraft().set("x", Bytes(300 - without)).sign(kKey, 1).value();
  EXPECT_EQ(largest.encoded().size(), kMaxRecordSize);
  EXPECT_TRUE(NodeRecord::parse_text(largest.to_text()));
  EXPECT_TRUE(NodeRecordDraft().set("x", Bytes(301 - without)).sign(kKey, 1).error().is(errors::kRecordTooLarge));
  EXPECT_TRUE(NodeRecord::parse_text("enr:" + std::string(10'000, 'A')).error().is(errors::kRecordTooLarge));
}

TEST(NodeRecord, ValuesThatMakeNoSenseAreNone) {
  const NodeRecord record = NodeRecordDraft()
                                .set("ip", Bytes(5))
                                .set("ip6", Bytes(4))
                                .set("tcp", std::uint64_t{65536})
                                .set("udp", Bytes{0, 1})
                                .sign(kKey, UINT64_MAX)
                                .value();
  EXPECT_EQ(record.seq(), UINT64_MAX);
  EXPECT_FALSE(record.ip4() || record.ip6() || record.tcp() || record.udp() || record.udp6());
  EXPECT_EQ(record.find("none"), std::nullopt);
}

TEST(NodeRecord, TextOfAnotherKind) {
  for (const char* text : {"", "enr", "enode://00", "enr:*", "ENR:-IS4", "enr:-IS4="}) {
    const auto record = NodeRecord::parse_text(text);
    EXPECT_FALSE(record) << text;
  }
  EXPECT_TRUE(NodeRecord::parse_text("enode://00").error().is(errors::kBadRecordText));
  EXPECT_TRUE(NodeRecordDraft().sign(Bytes(31), 1).error().is(crypto::errors::kBadKey));
}

TEST(NodeRecord, TellsItsKeysInOrder) {
  const ByteArray<32> key{1};
  const auto record = NodeRecordDraft().set("udp", std::uint64_t{1}).set("a", Bytes{1}).sign(key, 1);
  ASSERT_TRUE(record);
  EXPECT_EQ(record->keys(), (std::vector<std::string>{"a", "id", "secp256k1", "udp"}));
}

}  // namespace
}  // namespace opwire::discv5
