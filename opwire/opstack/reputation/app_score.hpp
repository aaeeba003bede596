// What the application thinks of a peer, for gossipsub's app-specific component: op-node's score of reverse sync
// (op-node/p2p/app_params.go, app_scores.go).
//
//   value = 0.5 * valid responses - 1 * error responses - 20 * rejected payloads
//
// Each event adds one to its counter, up to the counter's cap. Once a slot the counters of connected peers, and of
// these alone, are multiplied by kDecay; below kDecayToZero they are zero. So errors alone cost nine at most, which
// stays above gossipsub's threshold, and the sixth rejected payload takes a peer below -100.
//
// The counters stand in the score book, where they are kept, expire and go with the rest of a peer's record.
#pragma once

#include <span>

#include "opwire/opstack/reputation/score_book.hpp"

namespace opwire::opstack::reputation {

/// A counter: what one of it is worth, and how far it goes.
struct AppCounter {
  double weight;
  double cap;
};
inline constexpr AppCounter kValidResponses{0.5, 10};
inline constexpr AppCounter kErrorResponses{-1, 9};
inline constexpr AppCounter kRejectedPayloads{-20, 20};
/// A hundredth is left after ten epochs of six slots.
inline constexpr double kDecay = 0.9261187281287935;
inline constexpr double kDecayToZero = 0.01;

class AppScore {
 public:
  /// kNone: nothing is counted, and all peers are worth zero.
  enum class Mode : std::uint8_t { kNone, kLight };

  /// book outlives it.
  AppScore(Mode mode, ScoreBook& book) : book_(book), mode_(mode) {}

  void on_valid_response(const PeerId& peer, WallTime now);
  /// It did not answer, or with an error.
  void on_error_response(const PeerId& peer, WallTime now);
  /// What it answered does not fit into the chain.
  void on_rejected_payload(const PeerId& peer, WallTime now);

  /// Once a slot (slot_of()). Counters that are all zero stay untouched.
  void decay(std::span<const PeerId> connected, WallTime now);
  /// Zero for who is not known.
  double value(const PeerId& peer, WallTime now) const;

 private:
  void count(const PeerId& peer, double ReqRespScores::* counter, double cap, WallTime now);

  ScoreBook& book_;
  Mode mode_;
};

}  // namespace opwire::opstack::reputation
