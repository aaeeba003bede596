#include "opwire/opstack/gossip/block_check.hpp"

#include "opwire/codec/errors.hpp"
#include "opwire/codec/snappy.hpp"
#include "opwire/crypto/ecdsa_recovery.hpp"
#include "opwire/crypto/errors.hpp"
#include "opwire/opstack/gossip/errors.hpp"
#include "opwire/opstack/gossip/frames_for_test.hpp"
#include "opwire/opstack/payload/block_hash.hpp"
#include "opwire/opstack/payload/errors.hpp"
#include "opwire/opstack/payload/gossip_body.hpp"
#include "opwire/opstack/payload/ssz.hpp"
#include "opwire/opstack/signer/signing_hash.hpp"

namespace opwire::opstack {
namespace {

constexpr std::uint64_t kNow = 1'700'000'000;
// Hardhat's public development account 0.
constexpr std::string_view kKey = "ac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80";

Envelope make_envelope(PayloadVersion version, std::uint64_t timestamp = kNow) {
  Envelope envelope;
  envelope.payload.version = version;
  envelope.payload.number = BlockNumber{7};
  envelope.payload.timestamp = timestamp;
  if (has_beacon_root(version)) envelope.parent_beacon_block_root.bytes[0] = 1;
  envelope.payload.block_hash = block_hash(envelope);
  return envelope;
}

SharedBytes sign_ssz(Bytes ssz) {
  const Hash256 hash = signing_hash(ChainId{901}, payload_hash(ssz));
  const auto signature = crypto::sign_recoverable(hex_bytes(kKey), hash);
  return SharedBytes(make_gossip_body(signature.value(), ssz));
}

SharedBytes sign(const Envelope& envelope) {
  return sign_ssz(encode_ssz(envelope));
}

CheckOutcome check(const SharedBytes& plain, PayloadVersion version = PayloadVersion::kV3,
                   Fork active = Fork::kHolocene) {
  return check_block(devnet_context(kNow, active), version, plain);
}

void expect_refused(const CheckOutcome& outcome, const ErrorKind& kind) {
  ASSERT_FALSE(outcome.block);
  EXPECT_TRUE(outcome.block.error().is(kind)) << outcome.block.error().name();
}

TEST(BlockCheck, AcceptsAllThatOpNodeAccepted) {
  const auto recorded = load_testdata("opnode_accepted_frames.json");
  const BlockTopics topics(ChainId{901});
  int accepted = 0;
  for (const auto& value : recorded.at("frames").as_array()) {
    const auto& frame = value.as_object();
    const auto text = [&frame](const char* key) { return std::string_view(frame.at(key).as_string()); };
    const Bytes wire = hex_bytes(text("wire"));
    const auto version = topics.version_of(text("topic"));
    ASSERT_TRUE(version);
    const Result<SharedBytes> plain = decompress_message(wire);
    EXPECT_EQ(codec::to_hex(message_id(text("topic"), wire, plain)), text("message_id"));
    const auto context =
        devnet_context(frame.at("timestamp").to_number<std::uint64_t>() + 1, parse_fork(text("fork")).value());
    const CheckOutcome outcome = check_block(context, *version, plain);
    ASSERT_TRUE(outcome.block) << text("fork") << ": " << outcome.block.error().message();
    EXPECT_EQ(codec::to_hex0x(outcome.block->envelope.payload.block_hash.bytes), text("hash"));
    // "txs" leaves out the deposit that every block begins with.
    EXPECT_EQ(outcome.block->envelope.payload.transactions.size(), frame.at("txs").to_number<std::size_t>() + 1);
    EXPECT_TRUE(outcome.confirms_signer);
    ++accepted;
  }
  EXPECT_EQ(accepted, 20);
}

TEST(BlockCheck, JudgesTheFramesOfOtherImplementations) {
  int judged = 0;
  const auto recorded = load_testdata("gossip_frames.json");
  for (const auto& value : recorded.as_array()) {
    const auto& frame = value.as_object();
    if (frame.at("topic").is_null()) continue;  // codec-only: no signer, no hash
    const Bytes wire = hex_bytes(std::string_view(frame.at("frame_hex").as_string()));
    const std::string_view topic(frame.at("topic").as_string());
    CheckContext context;
    context.chain = ChainId{100};
    const std::string_view signer(frame.at("recovered_signer").as_string());
    context.signer = AuthorisedSigner(codec::from_hex_as<Address>(signer).value());
    const auto* timestamp = frame.if_contains("timestamp");  // absent where the body does not decode
    context.now = from_unix_seconds(timestamp != nullptr ? timestamp->to_number<std::uint64_t>() : 1);
    const Result<SharedBytes> plain = decompress_message(wire);
    EXPECT_EQ(codec::to_hex(message_id(topic, wire, plain)), frame.at("message_id_op_node").as_string());
    const CheckOutcome outcome = check_block(context, BlockTopics(ChainId{100}).version_of(topic).value(), plain);
    const bool rejected = frame.at("expected_result").as_string() == "REJECT";
    EXPECT_EQ(outcome.block.has_value(), !rejected) << frame.at("name").as_string();
    if (rejected) EXPECT_EQ(outcome.block.error().consequence(), Consequence::kPenalise);
    ++judged;
  }
  EXPECT_EQ(judged, 10);
}

TEST(BlockCheck, AcceptsTheRealBlockOfOpSepolia) {
  const auto recorded = load_testdata("real_op_sepolia_v3_signed_block_9427873.json").as_object();
  const SharedBytes plain(hex_bytes(std::string_view(recorded.at("decoded_hex").as_string())));
  CheckContext context;
  context.chain = ChainId{11155420};
  context.signer = AuthorisedSigner(
      codec::from_hex_as<Address>(std::string_view(recorded.at("recovered_signer").as_string())).value());
  context.now = from_unix_seconds(recorded.at("timestamp").to_number<std::uint64_t>());
  const CheckOutcome outcome = check_block(context, PayloadVersion::kV3, plain);
  ASSERT_TRUE(outcome.block) << outcome.block.error().message();
  EXPECT_EQ(outcome.block->envelope.payload.number, BlockNumber{9427873});
  const Bytes wire = codec::snappy::compress(plain.view());
  EXPECT_EQ(codec::to_hex(message_id(recorded.at("topic").as_string(), wire, plain)),
            recorded.at("message_id_op_node").as_string());
}

TEST(BlockCheck, TimeWindowIsExact) {
  for (const auto& [timestamp, kind] : {std::pair{kNow - 60, static_cast<const ErrorKind*>(nullptr)},
                                        {kNow - 61, &errors::kTooOld},
                                        {kNow + 5, nullptr},
                                        {kNow + 6, &errors::kTooNew}}) {
    const CheckOutcome outcome = check(sign(make_envelope(PayloadVersion::kV3, timestamp)));
    if (kind != nullptr) {
      expect_refused(outcome, *kind);
    } else {
      EXPECT_TRUE(outcome.block);
    }
  }
}

TEST(BlockCheck, AgeLimitIsSettable) {
  CheckContext context = devnet_context(kNow, Fork::kHolocene);
  context.max_age = std::chrono::seconds(120);
  EXPECT_TRUE(check_block(context, PayloadVersion::kV3, sign(make_envelope(PayloadVersion::kV3, kNow - 90))).block);
}

TEST(BlockCheck, SizeLimits) {
  expect_refused(check(SharedBytes(Bytes(65))), errors::kMessageTooShort);
  expect_refused(check(SharedBytes(Bytes(66))), crypto::errors::kBadSignature);
  const Result<SharedBytes> bomb = decompress_message(hex_bytes("ffffffff0f0041"));
  ASSERT_FALSE(bomb);
  expect_refused(check_block(devnet_context(kNow, Fork::kHolocene), PayloadVersion::kV3, bomb),
                 codec::errors::kSnappyTooLarge);
}

TEST(BlockCheck, WhatIsReallySignedIsToldWhateverTheVerdict) {
  Envelope envelope = make_envelope(PayloadVersion::kV3);
  const CheckOutcome accepted = check(sign(envelope));
  ASSERT_TRUE(accepted.signed_block);
  const SignedBlock& block = *accepted.signed_block;
  EXPECT_EQ(block.number, envelope.payload.number);
  EXPECT_EQ(block.timestamp, kNow);
  EXPECT_EQ(block.hash, envelope.payload.block_hash);
  EXPECT_EQ(block.version, PayloadVersion::kV3);
  EXPECT_EQ(block.payload_hash, payload_hash(encode_ssz(envelope)));
  EXPECT_EQ(crypto::recover_address(block.signature, signing_hash(ChainId{901}, block.payload_hash)).value(),
            block.signer);
  for (const std::uint64_t timestamp : {kNow - 100, kNow + 100}) {
    const CheckOutcome refused = check(sign(make_envelope(PayloadVersion::kV3, timestamp)));
    EXPECT_FALSE(refused.block);
    ASSERT_TRUE(refused.signed_block);
    EXPECT_EQ(refused.signed_block->timestamp, timestamp);
  }
  envelope.payload.block_hash.bytes[0] ^= 1;
  const CheckOutcome wrong_hash = check(sign(envelope));
  ASSERT_TRUE(wrong_hash.signed_block);
  EXPECT_NE(wrong_hash.signed_block->payload_hash, block.payload_hash);
  Bytes tampered = to_bytes(sign(envelope).view());
  tampered[100] ^= 1;
  EXPECT_FALSE(check(SharedBytes(tampered)).signed_block) << "another's signature";
  EXPECT_FALSE(check(sign_ssz(Bytes(40))).signed_block) << "signed, but no payload";
}

TEST(BlockCheck, SignatureComesBeforeDecoding) {
  expect_refused(check(sign_ssz(Bytes(40))), errors::kPayloadTooShort);
  Bytes body = to_bytes(sign_ssz(Bytes(40)).view());
  body[70] ^= 1;  // what was signed is no longer what is there
  expect_refused(check(SharedBytes(body)), errors::kWrongSigner);
}

TEST(BlockCheck, NoSignerIsIgnoredAndRotationHasItsGrace) {
  CheckContext context = devnet_context(kNow, Fork::kHolocene);
  const SharedBytes plain = sign(make_envelope(PayloadVersion::kV3));
  context.signer = AuthorisedSigner();
  const CheckOutcome unknown = check_block(context, PayloadVersion::kV3, plain);
  expect_refused(unknown, errors::kNoSignerConfigured);
  EXPECT_EQ(unknown.block.error().consequence(), Consequence::kIgnore);

  context = devnet_context(kNow, Fork::kHolocene);
  Address next;
  next.bytes[0] = 1;
  context.signer.rotate(next, context.now);
  const CheckOutcome previous = check_block(context, PayloadVersion::kV3, plain);
  ASSERT_TRUE(previous.block);
  EXPECT_FALSE(previous.block->by_current_signer);
  EXPECT_FALSE(previous.confirms_signer);
  context.now += AuthorisedSigner::kGrace;
  context.max_age = AuthorisedSigner::kGrace + std::chrono::seconds(60);
  const CheckOutcome late = check_block(context, PayloadVersion::kV3, plain);
  expect_refused(late, errors::kWrongSigner);
  EXPECT_EQ(late.unknown_signer, previous.block->signer);
}

TEST(BlockCheck, CurrentSignatureConfirmsEvenIfTheBlockIsRefused) {
  const CheckOutcome outcome = check(sign(make_envelope(PayloadVersion::kV3, kNow - 100)));
  expect_refused(outcome, errors::kTooOld);
  EXPECT_TRUE(outcome.confirms_signer);
}

// Whether the block hash is taken before the signature is checked (large transactions) or after (small ones) shows in
// nothing.
TEST(BlockCheck, SignatureComesBeforeTheBlockHash) {
  for (const std::size_t size : {50UL, 500UL}) {
    SCOPED_TRACE(size);
    const Bytes transaction(size, 0x5a);
    Envelope envelope = make_envelope(PayloadVersion::kV3);
    envelope.payload.transactions = TransactionList::make(std::vector<ByteView>(20, transaction)).value();
    envelope.payload.block_hash = block_hash(envelope);
    EXPECT_TRUE(check(sign(envelope)).block);

    Bytes body = to_bytes(sign(envelope).view());
    body.back() ^= 1;  // neither signed nor hashed
    expect_refused(check(SharedBytes(body)), errors::kWrongSigner);

    envelope.payload.block_hash.bytes[0] ^= 1;
    const CheckOutcome wrong_hash = check(sign(envelope));
    expect_refused(wrong_hash, errors::kBlockHash);
    EXPECT_TRUE(wrong_hash.confirms_signer);

    envelope.payload.timestamp = kNow - 61;
    expect_refused(check(sign(envelope)), errors::kTooOld);
  }
}

TEST(BlockCheck, WrongHashWithdrawalsAndBlobGas) {
  Envelope envelope = make_envelope(PayloadVersion::kV3);
  envelope.payload.block_hash.bytes[0] ^= 1;
  expect_refused(check(sign(envelope)), errors::kBlockHash);

  envelope = make_envelope(PayloadVersion::kV3);
  envelope.payload.withdrawals = WithdrawalList::make({Withdrawal{}}).value();
  envelope.payload.block_hash = block_hash(envelope);
  expect_refused(check(sign(envelope)), errors::kWithdrawals);

  envelope = make_envelope(PayloadVersion::kV4);
  envelope.payload.blob_gas_used = 1;
  envelope.payload.block_hash = block_hash(envelope);
  expect_refused(check(sign(envelope), PayloadVersion::kV4, Fork::kIsthmus), errors::kBlobGasUsed);
  EXPECT_TRUE(check(sign(envelope), PayloadVersion::kV4, Fork::kJovian).block);

  envelope.payload.excess_blob_gas = 1;
  envelope.payload.block_hash = block_hash(envelope);
  expect_refused(check(sign(envelope), PayloadVersion::kV4, Fork::kJovian), errors::kExcessBlobGas);
}

TEST(BlockCheck, BodyOfAnotherVersionIsRefused) {
  expect_refused(check(sign(make_envelope(PayloadVersion::kV4)), PayloadVersion::kV3), errors::kExtraDataOffset);
  expect_refused(check(sign(make_envelope(PayloadVersion::kV3)), PayloadVersion::kV4), errors::kPayloadTooShort);
}

// op-node does not compare the topic with the fork at the block's time.
TEST(BlockCheck, TopicNeedNotMatchTheFork) {
  EXPECT_TRUE(check(sign(make_envelope(PayloadVersion::kV1)), PayloadVersion::kV1, Fork::kJovian).block);
}

TEST(BlockCheck, TrailingBytesChangeTheSigningHash) {
  Bytes body = to_bytes(sign(make_envelope(PayloadVersion::kV3)).view());
  body.push_back(0);
  expect_refused(check(SharedBytes(body)), errors::kWrongSigner);
}

}  // namespace
}  // namespace opwire::opstack
