// What peers did wrong goes to the log until there is a book of scores.
#pragma once

#include "opwire/base/log.hpp"
#include "opwire/p2p/core/peer_events.hpp"
#include "opwire/runtime/loop.hpp"

namespace opwire::node {

class PeerLog final : public PeerEvents {
 public:
  explicit PeerLog(Loop& loop) : loop_(loop) {}
  void on_misbehaviour(const PeerId& peer, const Error& error, std::string_view where) override {
    if (!limit_.admit(loop_.now())) return;
    kLog.info("peer misbehaves",
              {{"peer", peer.to_string()}, {"error", error}, {"where", where}, {"left_out", limit_.suppressed()}});
  }

 private:
  static constexpr log::Logger kLog{"node"};
  Loop& loop_;
  log::Limit limit_;
};

}  // namespace opwire::node
