// What peers are worth to us. Protocols say it by tags; the connection manager goes by their sum when there are too
// many connections, and leaves protected peers alone.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "opwire/base/time.hpp"
#include "opwire/multiformats/peer_id.hpp"

namespace opwire {

/// Protects peers that the operator named. They are also exempt from dial back-offs and from limits of connections.
inline constexpr std::string_view kStaticTag = "static";

/// What becomes of a decaying value at each interval of its tag.
struct Decay {
  enum class Kind : unsigned char { kNone, kAmount, kFactor, kExpiry };

  /// It stays.
  static Decay none() { return {}; }
  /// Less by amount, at least 1.
  static Decay by_amount(int amount) { return {Kind::kAmount, amount, 0, {}}; }
  /// Multiplied by a factor from 0 to below 1, and rounded down.
  static Decay by_factor(double factor) { return {Kind::kFactor, 0, factor, {}}; }
  /// It stays, and is gone when nothing was added for that long.
  static Decay when_idle(Duration after) { return {Kind::kExpiry, 0, 0, after}; }

  Kind kind = Kind::kNone;
  int amount = 0;
  double factor = 0;
  Duration after{};
};

struct DecayingTag {
  DecayingTag(std::string tag, Duration every, Decay rule, int most)
      : name(std::move(tag)), interval(every), decay(rule), cap(most) {}

  std::string name;
  Duration interval;  ///< at least a second; counted from the definition, for all peers alike
  Decay decay;
  int cap;  ///< values stay between 0 and this; one of 0 is gone
};

/// All is bounded: peers with tags, tags of a peer, what protects it. What goes beyond is not taken.
class PeerTags {
 public:
  virtual ~PeerTags() = default;

  /// Holds while any tag protects the peer, also while it is not connected: who protects must unprotect.
  virtual void protect(const PeerId& peer, std::string_view tag) = 0;
  virtual void unprotect(const PeerId& peer, std::string_view tag) = 0;
  virtual bool is_protected(const PeerId& peer) const = 0;
  virtual bool is_protected_by(const PeerId& peer, std::string_view tag) const = 0;

  /// Values are forgotten with the peer's last connection, or when none comes within two minutes.
  virtual void set_tag(const PeerId& peer, std::string_view tag, int value) = 0;
  virtual void remove_tag(const PeerId& peer, std::string_view tag) = 0;

  /// Once per name, before the first bump.
  virtual void define_decaying(DecayingTag tag) = 0;
  /// With all peers' values of it.
  virtual void remove_decaying(std::string_view tag) = 0;
  /// Adds to the value that is left of the peer's.
  virtual void bump(const PeerId& peer, std::string_view tag, int by) = 0;

  /// The sum of all its tags, decayed ones included.
  virtual std::int64_t value(const PeerId& peer) const = 0;
};

}  // namespace opwire
