// The two sides of a negotiation: tokens in, bytes to write out. Either side sends its header at once and never waits
// for the other's.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "opwire/p2p/multistream/token.hpp"

namespace opwire::multistream {

/// What to do after a token: write these bytes (may be none), and if a protocol is named, go on with it.
struct Step {
  Bytes send;
  std::optional<std::string> selected;
};

/// Proposes protocols in order of preference.
class Proposer {
 public:
  /// At least one protocol.
  explicit Proposer(std::vector<std::string> protocols);
  /// Header and first proposal: one write.
  Bytes start() const;
  /// Errors: kBadHeader, kWrongAnswer, kNotSupported (all proposals were refused).
  Result<Step> on_token(std::string_view token);

 private:
  std::vector<std::string> protocols_;
  std::size_t proposed_ = 0;  // the one that waits for an answer
  bool header_seen_ = false;
};

/// Answers proposals. ls is no command: it is refused like any unknown protocol.
class Responder {
 public:
  /// More proposals than this end the negotiation; the caller bounds it in time as well.
  static constexpr unsigned kMaxProposals = 256;

  explicit Responder(std::function<bool(std::string_view)> supports) : supports_(std::move(supports)) {}
  /// The header.
  Bytes start() const;
  /// Errors: kBadHeader, kTooManyProposals.
  Result<Step> on_token(std::string_view token);

 private:
  std::function<bool(std::string_view)> supports_;
  unsigned proposals_ = 0;
  bool header_seen_ = false;
};

}  // namespace opwire::multistream
