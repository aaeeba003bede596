#include "opwire/node/known_peers.hpp"

#include <algorithm>

#include "opwire/opstack/reputation/errors.hpp"
#include "opwire/opstack/reputation/peer_scores.hpp"

namespace opwire::node {
namespace {

namespace reputation = opstack::reputation;
using reputation::to_record_time;

// Less than kStaticTtl: who is static is told by the configuration alone.
constexpr Duration kLongest = KnownPeers::kKept - std::chrono::seconds(1);

// Who was ever asked who it is, and is remembered for that alone.
bool is_identified(const KnownPeer& known, WallTime now) {
  return !known.agent.empty() && now - known.last_update <= KnownPeers::kKept;
}

// The identity multihash.
bool holds_key(const PeerId& peer) {
  return peer.bytes().front() == 0;
}

}  // namespace

KnownPeers::KnownPeers(const Clock& clock, reputation::Journal& journal) : clock_(clock), journal_(journal) {
  journal_.attach(reputation::Table::kKnownPeers, *this);
}

void KnownPeers::attach(PeerStore& store, Network* network) {
  store_ = &store;
  network_ = network;
  store.set_observer(this);
  if (network != nullptr) network->add_observer(*this);
  // Who came in before.
  for (const PeerId& peer : store.peers()) on_changed(peer);
  if (network == nullptr) return;
  for (const PeerId& peer : network->connected_peers()) seen(peer);
}

void KnownPeers::detach() {
  if (store_ != nullptr) store_->set_observer(nullptr);
  if (network_ != nullptr) network_->remove_observer(*this);
  store_ = nullptr;
  network_ = nullptr;
}

void KnownPeers::on_changed(const PeerId& peer) {
  if (loading_) return;
  Times& times = times_[peer];
  times.last_update = to_record_time(clock_.wall_now());
  times.on_disk = true;
  note(peer);
}

void KnownPeers::on_removed(const PeerId& peer) {
  times_.erase(peer);
  note(peer);
}

void KnownPeers::seen(const PeerId& peer) {
  const auto found = times_.find(peer);
  if (found == times_.end()) return;
  found->second.last_seen = found->second.last_update = to_record_time(clock_.wall_now());
  found->second.on_disk = true;
  note(peer);
}

void KnownPeers::note(const PeerId& peer) {
  journal_.note(reputation::Table::kKnownPeers, peer.bytes());
}

std::optional<KnownPeer> KnownPeers::find(const PeerId& peer) const {
  const auto times = times_.find(peer);
  if (store_ == nullptr || times == times_.end()) return std::nullopt;
  const WallTime wall = clock_.wall_now();
  const TimePoint now = clock_.now();
  KnownPeer known;
  for (KnownAddress& one : store_->known_addresses(peer)) {
    const Duration left = std::min(one.until - now, kKept);
    const bool lasts = left > kTemporaryTtl && known.addresses.size() < kMaxKnownAddresses;
    if (lasts) known.addresses.push_back({std::move(one.address), to_record_time(wall + left)});
  }
  known.agent = store_->agent(peer);
  known.last_update = times->second.last_update;
  known.last_seen = times->second.last_seen;
  if (known.addresses.empty() && !is_identified(known, wall)) return std::nullopt;
  known.protocols = store_->protocols(peer);
  if (!holds_key(peer)) known.key = store_->key(peer);
  return known;
}

std::optional<reputation::Stored> KnownPeers::stored(reputation::Table, ByteView key) const {
  const auto known = find(PeerId::parse(key).value());
  if (!known) return std::nullopt;
  return reputation::Stored{unix_seconds(known->last_update), encode(*known)};
}

Result<void> KnownPeers::load(ByteView key, ByteView value) {
  const auto peer = PeerId::parse(key);
  if (!peer) return reputation::errors::kRecordKey;
  OPW_TRY(KnownPeer known, parse_known_peer(*peer, value));
  const WallTime now = clock_.wall_now();
  std::erase_if(known.addresses, [now](const KnownPeer::Address& one) { return one.until <= now; });
  known.last_update = std::min(known.last_update, to_record_time(now));
  known.last_seen = std::min(known.last_seen, to_record_time(now));
  if (known.addresses.empty() && !is_identified(known, now)) return note(*peer), Result<void>();
  loading_ = true;
  put(*peer, known);
  loading_ = false;
  return {};
}

void KnownPeers::put(const PeerId& peer, const KnownPeer& known) {
  const WallTime now = clock_.wall_now();
  // The newest last, as they came.
  for (auto one = known.addresses.rbegin(); one != known.addresses.rend(); ++one) {
    const Duration left = std::min(one->until - now, kLongest);
    if (left > Duration::zero()) store_->add_addresses(peer, {one->address}, left);
  }
  if (known.key && !store_->key(peer)) store_->set_key(peer, *known.key);
  if (!known.agent.empty() && store_->agent(peer).empty()) store_->set_agent(peer, known.agent);
  const bool is_connected = network_ != nullptr && network_->is_connected(peer);  // then identify tells
  if (!is_connected && store_->protocols(peer).empty()) store_->set_protocols(peer, known.protocols);
  Times& times = times_[peer];
  times.last_update = std::max(times.last_update, known.last_update);
  times.last_seen = std::max(times.last_seen, known.last_seen);
  times.on_disk = true;
}

void KnownPeers::import(const PeerId& peer, const KnownPeer& known) {
  KnownPeer bounded = known;
  const WallTime now = to_record_time(clock_.wall_now());
  bounded.last_update = now;
  bounded.last_seen = std::min(known.last_seen, now);
  put(peer, bounded);
  note(peer);
}

void KnownPeers::refresh_connected() {
  if (network_ == nullptr) return;
  for (const PeerId& peer : network_->connected_peers()) {
    std::vector<Multiaddr> alive = store_->addresses(peer);
    std::ranges::reverse(alive);
    store_->add_addresses(peer, alive, kRecentlyConnectedTtl);
    seen(peer);
  }
}

void KnownPeers::gc(std::size_t most) {
  auto next = looked_at_ ? times_.upper_bound(*looked_at_) : times_.begin();
  for (std::size_t i = 0; i < std::min(most, times_.size()); ++i) {
    if (next == times_.end()) next = times_.begin();
    looked_at_ = next->first;
    const bool is_over = next->second.on_disk && !find(next->first);
    if (is_over) {
      next->second.on_disk = false;
      note(next->first);
    }
    ++next;
  }
}

}  // namespace opwire::node
