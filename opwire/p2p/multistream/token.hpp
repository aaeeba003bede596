// The tokens of multistream-select 1.0 (multiformats/multistream-select): varint length, text, newline.
#pragma once

#include <optional>
#include <string_view>

#include "opwire/base/bytes.hpp"
#include "opwire/base/result.hpp"

namespace opwire::multistream {

/// Longest token, newline included (go-multistream has the same).
inline constexpr std::size_t kMaxToken = 1024;
inline constexpr std::string_view kHeader = "/multistream/1.0.0";
inline constexpr std::string_view kNotAvailable = "na";

/// text: at most kMaxToken - 1 bytes without a newline.
void append_token(Bytes& out, std::string_view text);

/// Says how many bytes it wants next, so that its owner never reads beyond the token: what follows belongs to the
/// application.
class TokenReader {
 public:
  /// Bytes wanted now; at least 1.
  std::size_t wanted() const noexcept { return wanted_; }
  /// Takes exactly wanted() bytes. Gives the token without its newline once it is whole, valid until the next call.
  /// Errors: kTokenTooLong, kBadLength, kNoNewline.
  Result<std::optional<std::string_view>> feed(ByteView bytes);

 private:
  enum class State : std::uint8_t { kLength, kLengthEnd, kText };
  Result<void> on_length(std::size_t length);

  State state_ = State::kLength;
  std::size_t wanted_ = 1;
  std::size_t low_bits_ = 0;
  ByteArray<kMaxToken> text_;
};

}  // namespace opwire::multistream
