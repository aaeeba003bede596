#include "opwire/node/static_peers.hpp"

#include "opwire/base/log.hpp"

namespace opwire::node {
namespace {

constexpr log::Logger kLog{"static"};
// op-node looks every minute; a lost peer is tried sooner, with growing pauses up to that.
constexpr Duration kFirstPause = std::chrono::seconds(2);
constexpr Duration kInterval = std::chrono::minutes(1);

}  // namespace

StaticPeers::StaticPeers(Host& host, const std::vector<Multiaddr>& addresses) : host_(host), scope_(host.loop()) {
  for (const Multiaddr& address : addresses) {
    const PeerId peer = address.peer_id().value();
    if (peer == host.id()) {
      kLog.info("own address among the static peers", {{"address", address.to_string()}});
      continue;
    }
    peers_[peer].push_back(address.without_peer());
  }
  for (const auto& [peer, known] : peers_) {
    host_.network().peerstore().add_addresses(peer, known, kStaticTtl);
    scope_.spawn(keep(peer));
  }
}

Task<void> StaticPeers::close() {
  scope_.cancel();
  co_await scope_.join();
}

Task<void> StaticPeers::keep(PeerId peer) {
  Duration pause = kFirstPause;
  bool warned = false;
  while (!scope_.cancelled()) {
    if (host_.network().is_connected(peer)) {
      pause = kFirstPause;
      warned = false;
    } else {
      const Result<void> connected = co_await host_.network().connect(peer, peers_.at(peer));
      if (connected) {
        kLog.info("static peer connected", {{"peer", peer.to_string()}});
      } else if (!scope_.cancelled()) {
        // Once per outage: the operator should see it, not be flooded by it.
        const auto level = std::exchange(warned, true) ? log::Level::kDebug : log::Level::kWarn;
        kLog.write(level, "cannot reach static peer", {{"peer", peer.to_string()}, {"error", connected.error()}});
      }
    }
    // Jitter, so that peers that lost each other do not dial each other at the same moment for ever.
    const auto jitter = Duration(host_.rng().below(static_cast<std::uint64_t>(pause.count() / 4)));
    co_await sleep_for(host_.loop(), pause + jitter);
    pause = std::min(pause * 2, kInterval);
  }
}

}  // namespace opwire::node
