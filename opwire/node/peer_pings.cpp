#include "opwire/node/peer_pings.hpp"

#include <set>

#include "opwire/base/log.hpp"

namespace opwire::node {
namespace {

constexpr log::Logger kLog{"ping"};
constexpr auto kRound = std::chrono::minutes(3);
constexpr auto kPause = std::chrono::milliseconds(100);  // between two peers

std::set<PeerId> connected_peers(Network& network) {
  std::set<PeerId> peers;
  for (const ConnectionInfo& connection : network.connections()) peers.insert(connection.peer);
  return peers;
}

}  // namespace

PeerPings::PeerPings(Host& host) : host_(host), scope_(host.loop()) {
  scope_.spawn(run());
}

Task<void> PeerPings::close() {
  scope_.cancel();
  co_await scope_.join();
}

Task<void> PeerPings::run() {
  while (co_await sleep_for(host_.loop(), kRound)) {
    for (const PeerId& peer : connected_peers(host_.network())) {
      const Result<std::vector<Duration>> times = co_await host_.ping(peer, 1);
      if (scope_.cancelled()) co_return;
      if (times) {
        const auto taken = std::chrono::duration_cast<std::chrono::microseconds>(times->front()).count();
        kLog.debug("peer answers", {{"peer", peer.to_string()}, {"microseconds", taken}});
      } else {
        kLog.debug("peer does not answer", {{"peer", peer.to_string()}, {"error", times.error()}});
      }
      co_await sleep_for(host_.loop(), kPause);
    }
  }
}

}  // namespace opwire::node
