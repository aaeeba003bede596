#include "opwire/p2p/swarm/memory_peer_store.hpp"

#include <algorithm>

namespace opwire::swarm {
namespace {

TimePoint end_of(TimePoint now, Duration ttl) {
  return ttl > TimePoint::max() - now ? TimePoint::max() : now + ttl;
}

}  // namespace

const MemoryPeerStore::Entry* MemoryPeerStore::find(const PeerId& peer) const {
  const auto found = entries_.find(peer);
  return found == entries_.end() ? nullptr : &found->second;
}

MemoryPeerStore::Entry& MemoryPeerStore::touch(const PeerId& peer) {
  if (observer_ != nullptr) observer_->on_changed(peer);
  if (const auto found = entries_.find(peer); found != entries_.end()) {
    order_.splice(order_.end(), order_, found->second.place);
    return found->second;
  }
  if (entries_.size() >= options_.max_peers) make_room();
  Entry& entry = entries_[peer];
  entry.place = order_.insert(order_.end(), peer);
  return entry;
}

void MemoryPeerStore::make_room() {
  const auto is_static = [this](const PeerId& peer) {
    const auto& known = entries_.at(peer).addresses;
    return std::any_of(known.begin(), known.end(), [](const Known& one) { return one.is_static; });
  };
  const auto victim = std::find_if_not(order_.begin(), order_.end(), is_static);
  remove(victim == order_.end() ? PeerId(order_.front()) : PeerId(*victim));
}

void MemoryPeerStore::add_addresses(const PeerId& peer, const std::vector<Multiaddr>& addresses, Duration ttl) {
  if (addresses.empty()) return;
  Entry& entry = touch(peer);
  const TimePoint now = clock_.now();
  std::erase_if(entry.addresses, [now](const Known& known) { return known.until <= now; });
  for (const Multiaddr& address : addresses) {
    const std::optional<PeerId> named = address.peer_id();
    if (!named || *named == peer) add_address(entry, address.without_peer(), ttl);
  }
}

void MemoryPeerStore::add_address(Entry& entry, const Multiaddr& address, Duration ttl) {
  if (address.empty()) return;
  auto& known = entry.addresses;
  Known fresh{address, end_of(clock_.now(), ttl), ttl >= kStaticTtl};
  const auto same = std::find_if(known.begin(), known.end(), [&](const Known& one) { return one.address == address; });
  if (same != known.end()) {
    fresh.until = std::max(fresh.until, same->until);
    fresh.is_static |= same->is_static;
    known.erase(same);
  } else if (known.size() >= options_.max_addresses_per_peer) {
    known.erase(
        std::min_element(known.begin(), known.end(), [](const Known& a, const Known& b) { return a.until < b.until; }));
  }
  known.push_back(std::move(fresh));
}

std::vector<Multiaddr> MemoryPeerStore::addresses(const PeerId& peer) const {
  std::vector<Multiaddr> alive;
  for (KnownAddress& known : known_addresses(peer)) alive.push_back(std::move(known.address));
  return alive;
}

std::vector<KnownAddress> MemoryPeerStore::known_addresses(const PeerId& peer) const {
  std::vector<KnownAddress> alive;
  const Entry* entry = find(peer);
  if (entry == nullptr) return alive;
  const TimePoint now = clock_.now();
  for (auto known = entry->addresses.rbegin(); known != entry->addresses.rend(); ++known) {
    if (known->until > now) alive.push_back({known->address, known->until});
  }
  return alive;
}

void MemoryPeerStore::set_protocols(const PeerId& peer, std::vector<std::string> protocols) {
  if (protocols.empty() && find(peer) == nullptr) return;  // one that was removed while connected stays so
  touch(peer).protocols = std::move(protocols);
}

std::vector<std::string> MemoryPeerStore::protocols(const PeerId& peer) const {
  const Entry* entry = find(peer);
  return entry == nullptr ? std::vector<std::string>() : entry->protocols;
}

void MemoryPeerStore::set_agent(const PeerId& peer, std::string agent) {
  touch(peer).agent = std::move(agent);
}

std::string MemoryPeerStore::agent(const PeerId& peer) const {
  const Entry* entry = find(peer);
  return entry == nullptr ? std::string() : entry->agent;
}

void MemoryPeerStore::set_key(const PeerId& peer, const crypto::PublicKey& key) {
  touch(peer).key = key;
}

std::optional<crypto::PublicKey> MemoryPeerStore::key(const PeerId& peer) const {
  const Entry* entry = find(peer);
  return entry == nullptr ? std::nullopt : entry->key;
}

bool MemoryPeerStore::set_record(const multiformats::PeerRecord& record, ByteView sealed, Duration ttl) {
  Entry& entry = touch(record.peer);
  if (record.seq < entry.record_seq) return false;
  entry.record_seq = record.seq;
  // One that is too large takes the former one's place all the same: what is passed on is the newest or nothing.
  if (keeps_sealed_) entry.sealed_record = sealed.size() <= options_.max_sealed_record ? to_bytes(sealed) : Bytes();
  add_addresses(record.peer, record.addresses, ttl);
  return true;
}

Bytes MemoryPeerStore::sealed_record(const PeerId& peer) const {
  const Entry* entry = find(peer);
  return entry == nullptr ? Bytes() : entry->sealed_record;
}

std::vector<PeerId> MemoryPeerStore::peers() const {
  return {order_.begin(), order_.end()};
}

void MemoryPeerStore::remove(const PeerId& peer) {
  const auto found = entries_.find(peer);
  if (found == entries_.end()) return;
  order_.erase(found->second.place);
  entries_.erase(found);
  if (observer_ != nullptr) observer_->on_removed(peer);
}

}  // namespace opwire::swarm
