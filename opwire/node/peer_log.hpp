// What peers did wrong goes to the log, a line now and then, and to whoever asked for all of it.
#pragma once

#include "opwire/base/log.hpp"
#include "opwire/p2p/core/peer_events.hpp"
#include "opwire/runtime/loop.hpp"

namespace opwire::node {

class PeerLog final : public PeerEvents {
 public:
  /// next may be null; both outlive it.
  PeerLog(Loop& loop, PeerEvents* next) : loop_(loop), next_(next) {}
  void on_misbehaviour(const PeerId& peer, const Error& error, std::string_view where) override {
    if (next_ != nullptr) next_->on_misbehaviour(peer, error, where);
    if (!limit_.admit(loop_.now())) return;
    kLog.info("peer misbehaves",
              {{"peer", peer.to_string()}, {"error", error}, {"where", where}, {"left_out", limit_.suppressed()}});
  }

 private:
  static constexpr log::Logger kLog{"node"};
  Loop& loop_;
  PeerEvents* next_;
  log::Limit limit_;
};

}  // namespace opwire::node
