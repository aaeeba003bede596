#include "opwire/node/static_peers.hpp"

#include "opwire/base/log.hpp"

namespace opwire::node {
namespace {

constexpr log::Logger kLog{"static"};
constexpr Duration kFirstPause = std::chrono::seconds(2);
constexpr Duration kInterval = std::chrono::minutes(1);
constexpr std::size_t kMostSeeks = 4;  // at once

}  // namespace

StaticPeers::StaticPeers(Host& host, const std::vector<Multiaddr>& addresses)
    : host_(host), changed_(host.loop()), scope_(host.loop()) {
  host_.network().add_observer(*this);
  set(addresses);
}

void StaticPeers::set(const std::vector<Multiaddr>& addresses) {
  std::map<PeerId, std::vector<Multiaddr>> wanted;
  for (const Multiaddr& address : addresses) {
    const PeerId peer = address.peer_id().value();
    if (peer == host_.id()) {
      kLog.info("own address among the static peers", {{"address", address.to_string()}});
      continue;
    }
    wanted[peer].push_back(address.without_peer());
  }
  for (auto& [peer, known] : peers_) {
    if (!known.wanted || wanted.contains(peer)) continue;
    known.wanted = false;
    host_.network().tags().unprotect(peer, kStaticTag);
  }
  for (auto& [peer, known] : wanted) {
    host_.network().tags().protect(peer, kStaticTag);
    host_.network().peerstore().add_addresses(peer, known, kStaticTtl);
    const auto [at, is_new] = peers_.try_emplace(peer);
    at->second = {std::move(known), true};
    if (is_new) scope_.spawn(keep(peer));
  }
  changed_.notify_all();
}

bool StaticPeers::is_wanted(const PeerId& peer) const {
  return !scope_.cancelled() && peers_.at(peer).wanted;
}

Task<void> StaticPeers::close() {
  host_.network().remove_observer(*this);
  for (const auto& [peer, known] : peers_) {
    if (known.wanted) host_.network().tags().unprotect(peer, kStaticTag);
  }
  scope_.cancel();
  co_await scope_.join();
}

Task<void> StaticPeers::keep(PeerId peer) {
  Duration pause = kFirstPause;
  bool warned = false;
  while (is_wanted(peer)) {
    const TimePoint begun = host_.loop().now();
    co_await dial(peer, warned);
    const bool lost = co_await stay_connected(peer);
    if (!lost) break;
    if (host_.loop().now() - begun >= kInterval) pause = kFirstPause;
    const bool waited = co_await wait_to_dial(peer, pause);
    if (!waited) break;
    pause = std::min(pause * 2, kInterval);
  }
  if (!scope_.cancelled()) peers_.erase(peer);
}

Task<void> StaticPeers::dial(PeerId peer, bool& warned) {
  std::vector<Multiaddr> addresses = peers_.at(peer).addresses;
  const Result<void> connected = co_await host_.network().connect(peer, std::move(addresses));
  if (!is_wanted(peer)) co_return;
  if (connected) {
    warned = false;
    co_return kLog.info("static peer connected", {{"peer", peer.to_string()}});
  }
  const auto level = std::exchange(warned, true) ? log::Level::kDebug : log::Level::kWarn;
  kLog.write(level, "cannot reach static peer", {{"peer", peer.to_string()}, {"error", connected.error()}});
  if (!seek_ || seeks_ >= kMostSeeks) co_return;
  ++seeks_;
  co_await seek_(peer);
  --seeks_;
}

Task<bool> StaticPeers::stay_connected(PeerId peer) {
  while (is_wanted(peer) && host_.network().is_connected(peer)) {
    const bool notified = co_await changed_.wait();
    if (!notified) co_return false;
  }
  co_return is_wanted(peer);
}

Task<bool> StaticPeers::wait_to_dial(PeerId peer, Duration pause) {
  // By chance, so that peers that lost each other do not dial each other at the same moment for ever.
  const auto chance = Duration(host_.rng().below(static_cast<std::uint64_t>(pause.count() / 4)));
  const TimePoint until = host_.loop().now() + pause - chance;
  while (is_wanted(peer) && !host_.network().is_connected(peer)) {
    const Wake wake = co_await changed_.wait_until(until);
    if (wake == Wake::kCancelled) co_return false;
    if (wake == Wake::kTimeout) break;
  }
  co_return is_wanted(peer);
}

}  // namespace opwire::node
