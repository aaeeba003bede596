#include "opwire/p2p/multistream/token.hpp"

#include "opwire/base/check.hpp"
#include "opwire/multiformats/varint.hpp"
#include "opwire/p2p/multistream/errors.hpp"

namespace opwire::multistream {

void append_token(Bytes& out, std::string_view text) {
  OPW_CHECK(text.size() < kMaxToken && text.find('\n') == std::string_view::npos);
  multiformats::append_varint(out, text.size() + 1);
  out.insert(out.end(), text.begin(), text.end());
  out.push_back('\n');
}

Result<std::optional<std::string_view>> TokenReader::feed(ByteView bytes) {
  OPW_CHECK(bytes.size() == wanted_);
  switch (state_) {
    case State::kLength:
      if (bytes[0] < 0x80) {
        OPW_TRYV(on_length(bytes[0]));
      } else {
        low_bits_ = bytes[0] & 0x7F;
        state_ = State::kLengthEnd;
      }
      return std::optional<std::string_view>();
    case State::kLengthEnd:
      if (bytes[0] == 0) return errors::kBadLength;
      if (bytes[0] >= 0x80) return errors::kTokenTooLong;
      OPW_TRYV(on_length(low_bits_ | std::size_t{bytes[0]} << 7));
      return std::optional<std::string_view>();
    case State::kText:
      break;
  }
  state_ = State::kLength;
  wanted_ = 1;
  if (bytes.back() != '\n') return errors::kNoNewline;
  std::memcpy(text_.data(), bytes.data(), bytes.size());
  return std::optional(as_text(ByteView(text_).first(bytes.size() - 1)));
}

Result<void> TokenReader::on_length(std::size_t length) {
  if (length > kMaxToken) return errors::kTokenTooLong;
  if (length == 0) return errors::kNoNewline;
  state_ = State::kText;
  wanted_ = length;
  return {};
}

}  // namespace opwire::multistream
