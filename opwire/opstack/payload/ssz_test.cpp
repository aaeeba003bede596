#include "opwire/opstack/payload/ssz.hpp"

#include "opwire/opstack/payload/block_hash.hpp"
#include "opwire/opstack/payload/errors.hpp"
#include "opwire/opstack/payload/gossip_body.hpp"
#include "opwire/opstack/payload/vectors_for_test.hpp"

namespace opwire::opstack {
namespace {

class SszVersions : public testing::TestWithParam<PayloadVersion> {
 protected:
  // Where the payload begins, and where its offsets are from there.
  std::size_t payload_at() const { return has_beacon_root(GetParam()) ? 32 : 0; }
  static constexpr std::size_t kExtraDataOffset = 436;
  static constexpr std::size_t kTransactionsOffset = 504;
  static constexpr std::size_t kWithdrawalsOffset = 508;

  Bytes sample() const { return encode_ssz(sample_envelope(GetParam())); }
  std::uint32_t offset(const Bytes& ssz, std::size_t field) const {
    return load_le<std::uint32_t>(ssz.data() + payload_at() + field);
  }
  void set_offset(Bytes& ssz, std::size_t field, std::size_t value) const {
    store_le(ssz.data() + payload_at() + field, static_cast<std::uint32_t>(value));
  }
  void expect_refused(Bytes ssz, const ErrorKind& kind) const {
    const auto result = decode_ssz(GetParam(), SharedBytes(std::move(ssz)));
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().name(), kind.name);
    EXPECT_EQ(result.error().consequence(), Consequence::kPenalise);
  }
  std::size_t scope(const Bytes& ssz) const { return ssz.size() - payload_at(); }
};

TEST_P(SszVersions, RoundTrip) {
  const Envelope envelope = sample_envelope(GetParam());
  const auto decoded = decode_ssz(GetParam(), SharedBytes(encode_ssz(envelope)));
  ASSERT_TRUE(decoded) << decoded.error().message();
  EXPECT_EQ(*decoded, envelope);
  EXPECT_EQ(encode_ssz(*decoded), encode_ssz(envelope));
}

TEST_P(SszVersions, AnEmptyPayloadIsItsFixedPart) {
  Envelope envelope;
  envelope.payload.version = GetParam();
  const Bytes ssz = encode_ssz(envelope);
  const std::size_t fixed[] = {508, 512, 528, 560};
  EXPECT_EQ(scope(ssz), fixed[topic_index(GetParam())]);
  EXPECT_EQ(decode_ssz(GetParam(), SharedBytes(ssz)).value(), envelope);
}

TEST_P(SszVersions, TransactionsPointIntoTheDecodedBytes) {
  const SharedBytes ssz(sample());
  const Envelope envelope = decode_ssz(GetParam(), ssz).value();
  const ByteView transaction = envelope.payload.transactions[0];
  EXPECT_GE(transaction.data(), ssz.view().data());
  EXPECT_LE(transaction.data() + transaction.size(), ssz.view().data() + ssz.size());
}

TEST_P(SszVersions, RefusesTooLittleData) {
  Bytes ssz = sample();
  ssz.resize(payload_at() + offset(ssz, kExtraDataOffset) - 1);
  expect_refused(std::move(ssz), errors::kPayloadTooShort);
  if (payload_at() == 0) return expect_refused({}, errors::kPayloadTooShort);
  expect_refused(Bytes(31), errors::kBeaconRootMissing);
  expect_refused({}, errors::kBeaconRootMissing);
}

TEST_P(SszVersions, RefusesExtraDataElsewhere) {
  for (const int shift : {-1, 1, 1 << 30}) {
    Bytes ssz = sample();
    set_offset(ssz, kExtraDataOffset, offset(ssz, kExtraDataOffset) + static_cast<std::uint32_t>(shift));
    expect_refused(std::move(ssz), errors::kExtraDataOffset);
  }
}

TEST_P(SszVersions, RefusesAnotherVersionsBody) {
  for (const PayloadVersion other : kPayloadVersions) {
    if (other == GetParam() || has_beacon_root(other) != has_beacon_root(GetParam())) continue;
    const auto result = decode_ssz(GetParam(), SharedBytes(encode_ssz(sample_envelope(other))));
    EXPECT_TRUE(result.error().is(errors::kExtraDataOffset));
  }
}

TEST_P(SszVersions, RefusesBadTransactionsOffsets) {
  Bytes ssz = sample();
  set_offset(ssz, kTransactionsOffset, offset(ssz, kExtraDataOffset) - 1);
  expect_refused(ssz, errors::kTransactionsOffset);
  set_offset(ssz, kTransactionsOffset, 0);
  expect_refused(ssz, errors::kTransactionsOffset);
  set_offset(ssz, kTransactionsOffset, scope(ssz) + 1);
  expect_refused(ssz, errors::kTransactionsOutOfScope);
  set_offset(ssz, kTransactionsOffset, offset(ssz, kExtraDataOffset) + 33);
  expect_refused(ssz, errors::kExtraDataTooLong);
}

TEST_P(SszVersions, RefusesABadTransactionList) {
  Bytes ssz = sample();
  const std::size_t list = payload_at() + offset(ssz, kTransactionsOffset);
  store_le<std::uint32_t>(ssz.data() + list, 0);
  expect_refused(ssz, errors::kFirstTransactionZero);
  store_le<std::uint32_t>(ssz.data() + list, 6);
  expect_refused(ssz, errors::kFirstTransactionMisaligned);
}

TEST_P(SszVersions, RefusesBadWithdrawals) {
  if (!has_withdrawals(GetParam())) return;
  Bytes ssz = sample();
  set_offset(ssz, kWithdrawalsOffset, offset(ssz, kTransactionsOffset) - 1);
  expect_refused(ssz, errors::kWithdrawalsOffset);
  set_offset(ssz, kWithdrawalsOffset, scope(ssz) + 1);
  expect_refused(ssz, errors::kWithdrawalsOutOfScope);

  ssz = sample();
  ssz.push_back(0);
  expect_refused(ssz, errors::kWithdrawalsLength);
  ssz.resize(sample().size() + 14 * 44);
  EXPECT_EQ(decode_ssz(GetParam(), SharedBytes(ssz)).value().payload.withdrawals.items().size(), 16u);
  ssz.resize(ssz.size() + 44);
  expect_refused(ssz, errors::kTooManyWithdrawals);
}

TEST_P(SszVersions, AnyTamperedByteChangesTheHashOrIsRefused) {
  Envelope envelope = sample_envelope(GetParam());
  envelope.payload.withdrawals = {};
  envelope.payload.block_hash = block_hash(envelope);
  const Bytes ssz = encode_ssz(envelope);
  EXPECT_TRUE(check_block_hash(envelope));
  for (std::size_t i = 0; i < ssz.size(); ++i) {
    Bytes tampered = ssz;
    tampered[i] ^= 0x10;
    const auto decoded = decode_ssz(GetParam(), SharedBytes(std::move(tampered)));
    EXPECT_FALSE(decoded && check_block_hash(*decoded)) << "byte " << i;
  }
}

INSTANTIATE_TEST_SUITE_P(All, SszVersions, testing::ValuesIn(kPayloadVersions),
                         [](const auto& version) { return "V" + std::to_string(topic_index(version.param) + 1); });

TEST(Ssz, AnIsthmusPayloadWithTheEmptyTriesRootStaysV4) {
  Envelope envelope = sample_envelope(PayloadVersion::kV4);
  envelope.payload.withdrawals_root = withdrawals_root({});
  const Bytes ssz = encode_ssz(envelope);
  EXPECT_EQ(load_le<std::uint32_t>(ssz.data() + 32 + 436), 560u);
  EXPECT_EQ(decode_ssz(PayloadVersion::kV4, SharedBytes(ssz)).value(), envelope);
}

TEST(GossipBody, IsASignatureAndTheRest) {
  crypto::RecoverableSignature signature;
  signature.bytes.fill(7);
  const Bytes plain = make_gossip_body(signature, Bytes{1, 2, 3});
  const auto body = parse_gossip_body(SharedBytes(plain));
  ASSERT_TRUE(body);
  EXPECT_EQ(body->signature, signature);
  EXPECT_EQ(to_bytes(body->ssz.view()), (Bytes{1, 2, 3}));
  EXPECT_EQ(parse_gossip_body(SharedBytes(Bytes(65))).value().ssz.size(), 0u);
}

TEST(GossipBody, RefusesLessThanASignature) {
  EXPECT_TRUE(parse_gossip_body(SharedBytes(Bytes(64))).error().is(errors::kBodyTooShort));
  EXPECT_TRUE(parse_gossip_body(SharedBytes()).error().is(errors::kBodyTooShort));
}

}  // namespace
}  // namespace opwire::opstack
