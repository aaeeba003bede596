#include "opwire/node/peer_pings.hpp"

#include "opwire/base/log.hpp"

namespace opwire::node {
namespace {

constexpr log::Logger kLog{"ping"};
constexpr Duration kFirst = std::chrono::seconds(15);
constexpr Duration kRound = std::chrono::minutes(3);
constexpr int kNewShare = 10;                            // one of so many parts
constexpr auto kPause = std::chrono::milliseconds(100);  // between two peers

// Over a connection that stands: a peer that has left is not dialled for this.
Task<Result<Duration>> ping_once(Host& host, PeerId peer) {
  std::vector<std::string> protocols{ping::kProtocol};
  OPW_CO_TRY(PeerStream stream, co_await host.network().new_stream_if_connected(peer, std::move(protocols)));
  OPW_CO_TRY(const Duration time, co_await ping::ping(host.loop(), *stream, host.rng()));
  (void)co_await stream->close_write();
  co_return time;
}

}  // namespace

PeerPings::PeerPings(Host& host) : host_(host), scope_(host.loop()) {
  scope_.spawn(run());
}

Task<void> PeerPings::close() {
  scope_.cancel();
  co_await scope_.join();
}

std::optional<Duration> PeerPings::latency(const PeerId& peer) const {
  const auto found = latencies_.find(peer);
  return found == latencies_.end() ? std::nullopt : std::optional(found->second);
}

void PeerPings::note(const PeerId& peer, Duration time) {
  const auto [at, is_first] = latencies_.try_emplace(peer, time);
  if (!is_first) at->second += (time - at->second) / kNewShare;
}

void PeerPings::forget_others() {
  std::erase_if(latencies_, [this](const auto& one) { return !host_.network().is_connected(one.first); });
}

Task<void> PeerPings::run() {
  Duration wait = kFirst;
  while (co_await sleep_for(host_.loop(), std::exchange(wait, kRound))) {
    forget_others();
    const std::vector<PeerId> peers = host_.network().connected_peers();
    for (const PeerId& peer : peers) {
      const Result<Duration> time = co_await ping_once(host_, peer);
      if (scope_.cancelled()) co_return;
      if (time) {
        note(peer, *time);
        const auto taken = std::chrono::duration_cast<std::chrono::microseconds>(*time).count();
        kLog.debug("peer answers", {{"peer", peer.to_string()}, {"microseconds", taken}});
      } else {
        kLog.debug("peer does not answer", {{"peer", peer.to_string()}, {"error", time.error()}});
      }
      co_await sleep_for(host_.loop(), kPause);
    }
  }
}

}  // namespace opwire::node
