#include "opwire/opstack/sync/answer_reader.hpp"

#include <gtest/gtest.h>

#include "opwire/codec/errors.hpp"
#include "opwire/codec/snappy_frames.hpp"
#include "opwire/opstack/payload/errors.hpp"
#include "opwire/opstack/payload/vectors_for_test.hpp"
#include "opwire/opstack/sync/chain_for_test.hpp"

namespace opwire::opstack {
namespace {

using test::answer_of;

const BlockNumber kNumber{3};

Envelope block() {
  return test::make_chain(4).back();
}

Result<Envelope> read(ByteView answer, std::size_t step = 1 << 20, PayloadVersion version = PayloadVersion::kV4) {
  AnswerReader reader(kNumber, version);
  for (; !answer.empty(); answer = answer.subspan(std::min(step, answer.size()))) {
    OPW_TRYV(reader.feed(answer.first(std::min(step, answer.size()))));
  }
  OPW_TRY(AnswerReader::Body body, std::move(reader).finish());
  return accept_answer(std::move(body));
}
void expect_error(const Result<Envelope>& result, const ErrorKind& kind) {
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error(), Error(kind)) << result.error().name();
}

TEST(AnswerReader, TakesAnAnswerInAnyPieces) {
  const Bytes answer = answer_of(block());
  for (const std::size_t step : {1UL, 2UL, 5UL, 6UL, 1000UL}) EXPECT_EQ(read(answer, step).value(), block()) << step;
}

TEST(AnswerReader, NamesEveryCode) {
  expect_error(read(Bytes{1}), errors::kNotFound);
  expect_error(read(Bytes{2}), errors::kInvalidRequest);
  expect_error(read(Bytes{3}), errors::kServerFailed);
  expect_error(read(Bytes{4}), errors::kUnknownCode);
  expect_error(read(Bytes{255, 0, 0, 0, 0}), errors::kUnknownCode);
}

TEST(AnswerReader, DoesNotBlameAPeerThatHasNotGotIt) {
  EXPECT_EQ(read(Bytes{1}).error().consequence(), Consequence::kLocal);
}

TEST(AnswerReader, RefusesUnknownVersions) {
  expect_error(read(Bytes{0, 2, 0, 0, 0}), errors::kUnknownVersion);
  expect_error(read(Bytes{0, 1, 0, 0, 1}), errors::kUnknownVersion);
}

TEST(AnswerReader, RefusesTheLayoutOfAnotherTime) {
  expect_error(read(Bytes{0, 0, 0, 0, 0}), errors::kWrongVersionForTime);
  expect_error(read(Bytes{0, 1, 0, 0, 0}, 9, PayloadVersion::kV2), errors::kWrongVersionForTime);
}

TEST(AnswerReader, RefusesAnAnswerThatEndsEarly) {
  expect_error(read({}), errors::kAnswerTooShort);
  expect_error(read(Bytes{0, 1, 0, 0}), errors::kAnswerTooShort);
  const Bytes answer = answer_of(block());
  expect_error(read(ByteView(answer).first(answer.size() - 1)), codec::errors::kSnappyTruncated);
  expect_error(read(ByteView(answer).first(5)), errors::kBeaconRootMissing);
}

TEST(AnswerReader, RefusesWhatFollowsTheBody) {
  Bytes answer = answer_of(block());
  answer.push_back(0);
  expect_error(read(answer), codec::errors::kSnappyTruncated);
  answer.back() = 2;
  answer.insert(answer.end(), 3, 0);
  expect_error(read(answer), codec::errors::kSnappyFrame);
}

TEST(AnswerReader, RefusesABlockOfAnotherHeight) {
  expect_error(read(answer_of(test::make_chain(5).back())), errors::kOtherBlock);
}

TEST(AnswerReader, RefusesABlockThatDoesNotHaveItsHash) {
  Envelope forged = block();
  forged.payload.block_hash.bytes[0] ^= 1;
  expect_error(read(answer_of(forged)), errors::kBlockHash);
}

TEST(AnswerReader, RefusesTheSszOfAnotherFork) {
  // Of V3, where V4 is due: the same version word.
  const auto times = test::schedule(Fork::kEcotone);
  expect_error(read(answer_of(test::make_chain(4, 1000, 1, times).back())), errors::kExtraDataOffset);
}

TEST(AnswerReader, KeepsToTenMebibytes) {
  ByteArray<5> head = answer_head(PayloadVersion::kV4);
  AnswerReader reader(kNumber, PayloadVersion::kV4);
  ASSERT_TRUE(reader.feed(head));
  Bytes chunk;
  codec::snappy::append_stream_identifier(chunk);
  ASSERT_TRUE(reader.feed(chunk));
  chunk.clear();
  codec::snappy::append_chunk(Bytes(codec::snappy::kMaxChunkPlain), chunk);
  for (int i = 0; i < 160; ++i) ASSERT_TRUE(reader.feed(chunk)) << i;
  Bytes one_more;
  codec::snappy::append_chunk(Bytes(1), one_more);
  const Result<void> fed = reader.feed(one_more);
  ASSERT_FALSE(fed);
  EXPECT_EQ(fed.error(), Error(codec::errors::kSnappyTooLarge));
}

PayloadVersion version_at(std::string_view fork) {
  if (fork == "bedrock") return PayloadVersion::kV1;
  if (fork == "canyon") return PayloadVersion::kV2;
  return fork == "holocene" ? PayloadVersion::kV3 : PayloadVersion::kV4;
}

TEST(AnswerReader, TakesWhatOpNodeAnswers) {
  std::size_t payloads = 0;
  const boost::json::value recorded = read_vectors("opnode_payload_by_number.json");
  for (const auto& exchange : recorded.at("exchanges").as_array()) {
    const auto number = exchange.at("number").to_number<std::uint64_t>();
    const Bytes request = bytes_of(exchange.at("request"));
    EXPECT_TRUE(equal(encode_request({number}), request));
    const Bytes answer = bytes_of(exchange.at("response"));
    const PayloadVersion version = version_at(exchange.at("fork").as_string());
    AnswerReader reader({number}, version);
    const Result<void> fed = reader.feed(answer);
    if (answer.size() <= 2) {
      EXPECT_FALSE(fed);
      continue;
    }
    ASSERT_TRUE(fed) << fed.error().message();
    AnswerReader::Body body = std::move(reader).finish().value();
    const Bytes ssz = body.ssz;
    const auto envelope = accept_answer(std::move(body));
    ASSERT_TRUE(envelope) << exchange.at("fork") << ": " << envelope.error().message();
    // And ours is the same after decompression.
    EXPECT_EQ(encode_ssz(*envelope), ssz);
    EXPECT_TRUE(equal(ByteView(answer).first(5), answer_head(version)));
    ++payloads;
  }
  EXPECT_EQ(payloads, 10U);
}

}  // namespace
}  // namespace opwire::opstack
