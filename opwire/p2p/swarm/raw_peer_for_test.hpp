// A peer whose side of a connection a test holds in its hands: no swarm, streams as the muxer gives them.
#pragma once

#include "opwire/p2p/swarm/swarm_for_test.hpp"

namespace opwire::swarm {

class RawPeer {
 public:
  RawPeer(SimulatedLoop& loop, transport::MemoryHub& hub, std::uint64_t seed, const Multiaddr& to)
      : rng_(seed), loop_(loop), scope_(loop), id(peer_of(seed)) {
    transport::MemoryTransport transport(hub);
    SwarmParts parts = make_parts(loop, seed, rng_, nullptr);
    Upgrader upgrader(loop, std::move(parts.securities), std::move(parts.muxers), nullptr);
    Result<RawConnection> raw = loop.run(transport.dial(to, loop.now()));
    EXPECT_TRUE(raw);
    Result<Upgraded> upgraded =
        loop.run(upgrader.upgrade(std::move(*raw), Role::kDialer, std::nullopt, loop.now() + std::chrono::hours(1)));
    EXPECT_TRUE(upgraded);
    muxed_ = std::move(upgraded->muxed);
    scope_.spawn(run(*this));
  }
  ~RawPeer() {
    muxed_->close();
    loop_.run(scope_.join());
  }

  /// Must be destroyed before this peer.
  std::unique_ptr<Stream> open_stream() { return std::move(loop_.run(muxed_->open_stream())).value(); }
  MuxedConnection& muxed() { return *muxed_; }
  bool ended() const { return ended_; }

 private:
  static Task<void> run(RawPeer& self) {
    (void)co_await self.muxed_->run(
        [&self](std::unique_ptr<Stream> stream) { self.ignored_.push_back(std::move(stream)); });
    self.ended_ = true;
  }

  SeededRng rng_;
  SimulatedLoop& loop_;
  std::unique_ptr<MuxedConnection> muxed_;
  std::vector<std::unique_ptr<Stream>> ignored_;  // that the other side opened
  bool ended_ = false;
  Scope scope_;

 public:
  const PeerId id;
};

}  // namespace opwire::swarm
