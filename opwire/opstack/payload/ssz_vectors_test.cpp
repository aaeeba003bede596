// Payloads of real chains and of other implementations: decode, hash, encode again.
#include "opwire/codec/snappy.hpp"
#include "opwire/opstack/payload/block_hash.hpp"
#include "opwire/opstack/payload/errors.hpp"
#include "opwire/opstack/payload/gossip_body.hpp"
#include "opwire/opstack/payload/ssz.hpp"
#include "opwire/opstack/payload/vectors_for_test.hpp"

namespace opwire::opstack {
namespace {

constexpr std::size_t kLimit = 10 * 1024 * 1024;

// Decodes; the bytes must come out again, and both hashes be the same together as alone.
Envelope expect_round_trip(PayloadVersion version, const Bytes& ssz) {
  const auto envelope = decode_ssz(version, SharedBytes(ssz));
  EXPECT_TRUE(envelope);
  if (!envelope) return {};
  EXPECT_EQ(envelope->payload.version, version);
  EXPECT_EQ(encode_ssz(*envelope), ssz);
  const BlockHashes hashes = block_hashes(*envelope, ssz);
  EXPECT_EQ(hashes.block, block_hash(*envelope));
  EXPECT_EQ(hashes.payload, payload_hash(ssz));
  return *envelope;
}

TEST(SszVectors, RealBlocks) {
  for (const char* name : {"op_goerli_block_8381743_v1_unsigned", "op_sepolia_block_11065316_v3_unsigned",
                           "op_sepolia_block_11318753_v3_unsigned", "op_sepolia_block_26207960_v3_unsigned",
                           "op_sepolia_block_26207961_v3_unsigned", "op_sepolia_block_26207962_v3_unsigned",
                           "unichain_sepolia_block_35535698_v4_unsigned"}) {
    SCOPED_TRACE(name);
    const auto block = read_vectors(std::string(name) + ".json");
    const Bytes ssz = bytes_of(block.at("signed_message_hex"));
    const Envelope envelope = expect_round_trip(version_of(block.at("payload_version").as_int64()), ssz);
    const ExecutionPayload& payload = envelope.payload;
    EXPECT_EQ(payload.number.value, block.at("block_number").to_number<std::uint64_t>());
    EXPECT_EQ(payload.timestamp, block.at("timestamp").to_number<std::uint64_t>());
    EXPECT_EQ(payload.transactions.size(), block.at("transactions_count").to_number<std::size_t>());
    EXPECT_EQ(payload.block_hash, hash_of(block.at("expected_block_hash")));
    EXPECT_TRUE(check_block_hash(envelope));
    EXPECT_EQ(payload_hash(ssz), hash_of(block.at("payload_hash_keccak256")));
    if (const auto* root = block.as_object().if_contains("transactions_root")) {
      EXPECT_EQ(transactions_root(payload.transactions), hash_of(*root));
    }
    if (has_beacon_root(payload.version)) {
      EXPECT_EQ(envelope.parent_beacon_block_root, hash_of(block.at("parent_beacon_block_root")));
    }
  }
}

TEST(SszVectors, TheCapturedMessageOfOpSepolia) {
  const auto message = read_vectors("real_op_sepolia_v3_signed_block_9427873.json");
  const Bytes plain = bytes_of(message.at("decoded_hex"));
  const auto body = parse_gossip_body(SharedBytes(plain));
  ASSERT_TRUE(body);
  EXPECT_EQ(codec::to_hex(body->signature.view()), text_of(message.at("signature_hex")));
  EXPECT_EQ(payload_hash(body->ssz.view()), hash_of(message.at("payload_hash_keccak256")));
  const auto envelope = decode_ssz(PayloadVersion::kV3, body->ssz);
  ASSERT_TRUE(envelope);
  EXPECT_EQ(envelope->payload.number.value, 9427873u);
  EXPECT_EQ(envelope->payload.block_hash, hash_of(message.at("block_hash")));
  EXPECT_TRUE(check_block_hash(*envelope));
  EXPECT_EQ(make_gossip_body(body->signature, encode_ssz(*envelope)), plain);
}

TEST(SszVectors, FramesThatOpNodeAccepted) {
  const auto frames = read_vectors("opnode_accepted_frames.json").at("frames").as_array();
  ASSERT_EQ(frames.size(), 20u);
  for (const auto& frame : frames) {
    SCOPED_TRACE(text_of(frame.at("fork")) + " " + std::to_string(frame.at("txs").as_int64()));
    Bytes plain = codec::snappy::decompress(bytes_of(frame.at("wire")), kLimit).value();
    if (const auto* expected = frame.as_object().if_contains("plain")) EXPECT_EQ(plain, bytes_of(*expected));
    const GossipBody body = parse_gossip_body(SharedBytes(std::move(plain))).value();
    const auto version = version_of(text_of(frame.at("version")).at(1) - '0');
    const Envelope envelope = expect_round_trip(version, to_bytes(body.ssz.view()));
    EXPECT_EQ(envelope.payload.block_hash, hash_of(frame.at("hash")));
    EXPECT_TRUE(check_block_hash(envelope));
    const auto txs = frame.at("txs").to_number<std::size_t>();
    EXPECT_EQ(envelope.payload.transactions.size(), txs + 1);  // the deposit
  }
}

TEST(SszVectors, FramesOfOtherImplementations) {
  std::size_t refused = 0;
  const auto frames = read_vectors("gossip_frames.json");
  for (const auto& frame : frames.as_array()) {
    SCOPED_TRACE(text_of(frame.at("name")));
    Bytes plain = codec::snappy::decompress(bytes_of(frame.at("frame_hex")), kLimit).value();
    EXPECT_EQ(plain.size(), frame.at("decoded_len").to_number<std::size_t>());
    const GossipBody body = parse_gossip_body(SharedBytes(std::move(plain))).value();
    EXPECT_EQ(payload_hash(body.ssz.view()), hash_of(frame.at("payload_hash_keccak256")));
    const auto version = version_of(frame.at("topic_version").as_int64());
    if (text_of(frame.at("reason")).starts_with("V3-shaped payload")) {
      const auto decoded = decode_ssz(version, body.ssz);
      ASSERT_FALSE(decoded);
      EXPECT_EQ(decoded.error().consequence(), Consequence::kPenalise) << decoded.error().message();
      ++refused;
      continue;
    }
    const Envelope envelope = expect_round_trip(version, to_bytes(body.ssz.view()));
    EXPECT_EQ(block_hash(envelope), hash_of(frame.at("recomputed_block_hash")));
    EXPECT_EQ(check_block_hash(envelope).has_value(), frame.at("block_hash_ok").as_bool());
  }
  EXPECT_EQ(refused, 2u);
}

TEST(SszVectors, CasesOfOtherImplementations) {
  const auto cases = read_vectors("ssz_payload_cases.json");
  for (const auto& vector : cases.at("cases").as_array()) {
    const std::string name = text_of(vector.at("name"));
    SCOPED_TRACE(name);
    const Bytes ssz = bytes_of(vector.at("hex"));
    if (name == "tooManyWithdrawalsErrors") {
      EXPECT_TRUE(decode_ssz(PayloadVersion::kV2, SharedBytes(ssz)).error().is(errors::kTooManyWithdrawals));
    } else if (name.ends_with("FailsToDeserialize")) {
      EXPECT_TRUE(decode_ssz(PayloadVersion::kV1, SharedBytes(ssz)).error().is(errors::kExtraDataOffset));
    } else if (ssz.size() == 568) {
      const Envelope envelope = expect_round_trip(PayloadVersion::kV3, ssz);
      EXPECT_EQ(envelope.parent_beacon_block_root.bytes[30], 0x01);
      EXPECT_EQ(envelope.payload.number.value, 222u);
      EXPECT_EQ(envelope.payload.timestamp, 555u);
      EXPECT_EQ(to_bytes(envelope.payload.extra_data.view()), Bytes(2, 0x66));
    } else if (ssz.size() == 600) {
      expect_round_trip(PayloadVersion::kV4, ssz);
    } else {
      const Envelope envelope = expect_round_trip(PayloadVersion::kV2, ssz);
      EXPECT_EQ(load_be<std::uint16_t>(envelope.payload.base_fee_per_gas.bytes.data() + 30), 777u);
      EXPECT_EQ(envelope.payload.withdrawals.items().size(), (ssz.size() - 516) / 44);
    }
  }
}

// The chunks of a snappy stream; checksums are the stream decoder's concern.
Bytes unframe(ByteView stream) {
  Bytes plain;
  while (stream.size() >= 4) {
    const std::size_t size = stream[1] | stream[2] << 8 | stream[3] << 16;
    const ByteView chunk = stream.subspan(4, size);
    if (stream[0] == 0x00) {
      const Bytes part = codec::snappy::decompress(chunk.subspan(4), kLimit).value();
      plain.insert(plain.end(), part.begin(), part.end());
    } else if (stream[0] == 0x01) {
      plain.insert(plain.end(), chunk.begin() + 4, chunk.end());
    }
    stream = stream.subspan(4 + size);
  }
  return plain;
}

TEST(SszVectors, AnswersOfOpNodesServer) {
  std::size_t bodies = 0;
  const auto recorded = read_vectors("opnode_payload_by_number.json");
  for (const auto& exchange : recorded.at("exchanges").as_array()) {
    if (text_of(exchange.at("case")) != "stored") continue;
    const std::string fork = text_of(exchange.at("fork"));
    SCOPED_TRACE(fork);
    const auto version = fork == "bedrock"    ? PayloadVersion::kV1
                         : fork == "canyon"   ? PayloadVersion::kV2
                         : fork == "holocene" ? PayloadVersion::kV3
                                              : PayloadVersion::kV4;
    const Bytes response = bytes_of(exchange.at("response"));
    const Envelope envelope = expect_round_trip(version, unframe(ByteView(response).subspan(5)));
    EXPECT_EQ(envelope.payload.number.value, exchange.at("number").to_number<std::uint64_t>());
    EXPECT_TRUE(check_block_hash(envelope));
    ++bodies;
  }
  EXPECT_EQ(bodies, 10u);
}

}  // namespace
}  // namespace opwire::opstack
