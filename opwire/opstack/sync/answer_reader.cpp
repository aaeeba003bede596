#include "opwire/opstack/sync/answer_reader.hpp"

#include <algorithm>

#include "opwire/opstack/payload/block_hash.hpp"
#include "opwire/opstack/payload/ssz.hpp"
#include "opwire/opstack/sync/errors.hpp"

namespace opwire::opstack {
namespace {
constexpr std::size_t kHead = std::tuple_size_v<decltype(answer_head(PayloadVersion::kV1))>;
}

Result<void> AnswerReader::feed(ByteView bytes) {
  if (head_.size() < kHead) {
    const ByteView taken = bytes.first(std::min(bytes.size(), kHead - head_.size()));
    head_.insert(head_.end(), taken.begin(), taken.end());
    bytes = bytes.subspan(taken.size());
    if (!head_.empty()) OPW_TRYV(take_code(head_[0]));
    if (head_.size() == kHead && !taken.empty()) OPW_TRYV(take_version(load_le<std::uint32_t>(head_.data() + 1)));
  }
  return body_.feed(bytes);
}

Result<void> AnswerReader::take_code(std::uint8_t code) const {
  switch (static_cast<AnswerCode>(code)) {
    case AnswerCode::kOk:
      return {};
    case AnswerCode::kNotFound:
      return errors::kNotFound;
    case AnswerCode::kInvalidRequest:
      return errors::kInvalidRequest;
    case AnswerCode::kUnknownError:
      return errors::kServerFailed;
  }
  return errors::kUnknownCode;
}

Result<void> AnswerReader::take_version(std::uint32_t version) const {
  if (version > 1) return errors::kUnknownVersion;
  if ((version == 1) != has_beacon_root(version_)) return errors::kWrongVersionForTime;
  return {};
}

Result<AnswerReader::Body> AnswerReader::finish() && {
  if (head_.size() < kHead) return errors::kAnswerTooShort;
  OPW_TRY(Bytes ssz, std::move(body_).finish());
  return Body{number_, version_, std::move(ssz)};
}

Result<Envelope> accept_answer(AnswerReader::Body body) {
  OPW_TRY(Envelope envelope, decode_ssz(body.version, SharedBytes(std::move(body.ssz))));
  if (envelope.payload.number != body.number) return errors::kOtherBlock;
  OPW_TRYV(check_block_hash(envelope));
  return envelope;
}

}  // namespace opwire::opstack
