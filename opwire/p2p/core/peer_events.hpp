// What a peer did, for whoever keeps score.
#pragma once

#include <string_view>

#include "opwire/base/error.hpp"
#include "opwire/multiformats/peer_id.hpp"

namespace opwire {

class PeerEvents {
 public:
  virtual ~PeerEvents() = default;
  /// A peer sent something that calls for more than ignoring it; error.consequence() tells what was done. where: the
  /// protocol or component, static text.
  virtual void on_misbehaviour(const PeerId& peer, const Error& error, std::string_view where) = 0;
};

/// Tells events (may be null) of an error that a peer caused and that calls for it; others are nobody's fault.
inline void report(PeerEvents* events, const PeerId& peer, const Error& error, std::string_view where) {
  if (events != nullptr && error.consequence() >= Consequence::kPenalise) events->on_misbehaviour(peer, error, where);
}

}  // namespace opwire
