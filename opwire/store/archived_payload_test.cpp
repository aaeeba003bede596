#include "opwire/store/archived_payload.hpp"

#include "opwire/store/errors.hpp"
#include "opwire/store/payloads_for_test.hpp"

namespace opwire::store {
namespace {

TEST(ArchivedPayload, IsTheSameAfterwards) {
  for (const PayloadKind kind : {PayloadKind::kSigned, PayloadKind::kLinked}) {
    for (const opstack::PayloadVersion version : opstack::kPayloadVersions) {
      ArchivedPayload payload = test::payload(0x0123456789abcdef, kind);
      payload.version = version;
      const Bytes record = encode_payload(payload);
      EXPECT_EQ(record.size(), 83 + (payload.signature ? 65 : 0) + payload.framed.size());
      const auto parsed = parse_payload(record);
      ASSERT_TRUE(parsed);
      EXPECT_EQ(*parsed, payload);
      EXPECT_EQ(payload_kind(record), kind);
      EXPECT_EQ(payload_timestamp(record), payload.timestamp);
    }
  }
}

TEST(ArchivedPayload, RefusesWhatIsNone) {
  const Bytes record = encode_payload(test::payload(1));
  for (std::size_t size = 0; size < 83 + 65; ++size) EXPECT_FALSE(parse_payload(ByteView(record).first(size))) << size;
  EXPECT_TRUE(parse_payload(ByteView(record).first(83 + 65))) << "an empty body is the server's affair";
  const std::pair<std::size_t, std::uint8_t> wrong[] = {{0, 0}, {0, 2}, {1, 0}, {1, 3}, {2, 0}, {2, 5}};
  for (const auto& [at, byte] : wrong) {
    Bytes other = record;
    other[at] = byte;
    const auto parsed = parse_payload(other);
    ASSERT_FALSE(parsed) << at;
    EXPECT_TRUE(parsed.error().is(errors::kBadValue));
  }
  Bytes longer = record;
  longer.resize(83 + 65 + kMaxFramedPayload);
  EXPECT_TRUE(parse_payload(longer));
  longer.push_back(0);
  EXPECT_FALSE(parse_payload(longer));
}

TEST(ArchivedPayload, IsStorableWithItsSignatureOnly) {
  ArchivedPayload payload = test::payload(1);
  EXPECT_TRUE(is_storable(payload));
  payload.signature.reset();
  EXPECT_FALSE(is_storable(payload));
  payload.kind = PayloadKind::kLinked;
  EXPECT_TRUE(is_storable(payload));
  payload.signature.emplace();
  EXPECT_FALSE(is_storable(payload));
  payload.signature.reset();
  payload.framed.resize(kMaxFramedPayload + 1);
  EXPECT_FALSE(is_storable(payload));
}

}  // namespace
}  // namespace opwire::store
