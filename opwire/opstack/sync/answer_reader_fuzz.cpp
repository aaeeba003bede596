// Any bytes as an answer, of each layout: read at once and in pieces they come to the same, and what is taken is a
// block of that number with its own hash.
#include "opwire/base/check.hpp"
#include "opwire/opstack/payload/block_hash.hpp"
#include "opwire/opstack/sync/answer_reader.hpp"

namespace {

using namespace opwire;
using namespace opwire::opstack;

Result<Envelope> read(ByteView answer, PayloadVersion version, std::size_t step) {
  AnswerReader reader({3}, version);
  for (; !answer.empty(); answer = answer.subspan(std::min(step, answer.size()))) {
    OPW_TRYV(reader.feed(answer.first(std::min(step, answer.size()))));
  }
  OPW_TRY(AnswerReader::Body body, std::move(reader).finish());
  return accept_answer(std::move(body));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  if (size == 0) return 0;
  const ByteView answer = ByteView(bytes, size).subspan(1);
  const PayloadVersion version = kPayloadVersions.at(bytes[0] % kPayloadVersions.size());
  const auto whole = read(answer, version, size);
  const auto in_pieces = read(answer, version, 1 + bytes[0] / 4);
  OPW_CHECK(whole.has_value() == in_pieces.has_value());
  if (!whole) return 0;
  OPW_CHECK(*whole == *in_pieces);
  OPW_CHECK(whole->payload.number == BlockNumber{3} && block_hash(*whole) == whole->payload.block_hash);
  return 0;
}
