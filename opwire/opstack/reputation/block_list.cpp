#include "opwire/opstack/reputation/block_list.hpp"

#include <algorithm>
#include <limits>

#include "opwire/opstack/reputation/errors.hpp"

namespace opwire::opstack::reputation {
namespace {

using multiformats::IpNetwork;

// They are never what goes to make room for others.
constexpr std::uint64_t kHighestRank = std::numeric_limits<std::uint64_t>::max();

constexpr Table kBlockTables[] = {Table::kBlockedPeers, Table::kBlockedAddresses, Table::kBlockedSubnets};

/// Whether it was not there; kBlocksFull where there is no room. value: what a map has under the key.
template <class Container, class Key, class... Value>
Result<bool> insert(Container& into, std::size_t max, const Key& key, const Value&... value) {
  if (into.contains(key)) return false;
  if (into.size() >= max) return errors::kBlocksFull;
  return into.emplace(key, value...).second;
}

template <class Key>
bool is_text_of(const Key& key, ByteView value) {
  return key.to_string() == as_text(value);
}

}  // namespace

BlockList::BlockList(BlockListOptions options, Journal* journal) : options_(options), journal_(journal) {
  if (journal_ == nullptr) return;
  for (const Table table : kBlockTables) journal_->attach(table, *this);
}

Result<void> BlockList::block_peer(const PeerId& peer) {
  OPW_TRY(const bool is_new, insert(peers_, options_.max_peers, peer));
  if (is_new) note(Table::kBlockedPeers, peer.bytes());
  return {};
}

Result<void> BlockList::block_address(const Ip& ip) {
  OPW_TRY(const bool is_new, insert(addresses_, options_.max_addresses, ip));
  if (is_new) note(Table::kBlockedAddresses, ip.bytes());
  return {};
}

Result<void> BlockList::block_subnet(const IpNetwork& subnet) {
  const std::string text = subnet.to_string();
  OPW_TRY(const bool is_new, insert(subnets_, options_.max_subnets, text, subnet));
  if (is_new) note(Table::kBlockedSubnets, as_bytes(text));
  return {};
}

bool BlockList::unblock_peer(const PeerId& peer) {
  if (peers_.erase(peer) == 0) return false;
  return note(Table::kBlockedPeers, peer.bytes()), true;
}

bool BlockList::unblock_address(const Ip& ip) {
  if (addresses_.erase(ip) == 0) return false;
  return note(Table::kBlockedAddresses, ip.bytes()), true;
}

bool BlockList::unblock_subnet(const IpNetwork& subnet) {
  const std::string text = subnet.to_string();
  if (subnets_.erase(text) == 0) return false;
  return note(Table::kBlockedSubnets, as_bytes(text)), true;
}

bool BlockList::is_blocked(const Ip& ip) const {
  return addresses_.contains(ip) ||
         std::ranges::any_of(subnets_, [&ip](const auto& subnet) { return subnet.second.contains(ip.bytes()); });
}

std::vector<IpNetwork> BlockList::subnets() const {
  std::vector<IpNetwork> all;
  for (const auto& [text, subnet] : subnets_) all.push_back(subnet);
  return all;
}

Result<void> BlockList::load(Table table, ByteView key, ByteView value) {
  switch (table) {
    case Table::kBlockedPeers: {
      const auto peer = PeerId::parse(key);
      if (!peer || !is_text_of(*peer, value)) return errors::kRecordKey;
      OPW_TRYV(insert(peers_, options_.max_peers, *peer));
      return {};
    }
    case Table::kBlockedAddresses: {
      const auto ip = Ip::from(key);
      if (!ip || !is_text_of(*ip, value)) return errors::kRecordKey;
      OPW_TRYV(insert(addresses_, options_.max_addresses, *ip));
      return {};
    }
    case Table::kBlockedSubnets: {
      const auto subnet = IpNetwork::parse(as_text(key));
      if (!subnet || !equal(key, value) || !is_text_of(*subnet, value)) return errors::kRecordKey;
      OPW_TRYV(insert(subnets_, options_.max_subnets, subnet->to_string(), *subnet));
      return {};
    }
    default:
      return errors::kRecordKey;
  }
}

std::optional<Stored> BlockList::stored(Table table, ByteView key) const {
  std::optional<std::string> text;
  if (table == Table::kBlockedPeers) {
    const PeerId peer = PeerId::parse(key).value();
    if (peers_.contains(peer)) text = peer.to_string();
  } else if (table == Table::kBlockedAddresses) {
    const Ip ip = Ip::from(key).value();
    if (addresses_.contains(ip)) text = ip.to_string();
  } else {
    text = as_text(key);
    if (!subnets_.contains(*text)) text.reset();
  }
  if (!text) return std::nullopt;
  return Stored{kHighestRank, to_bytes(as_bytes(*text))};
}

void BlockList::note(Table table, ByteView key) {
  if (journal_ != nullptr) journal_->note(table, key);
}

}  // namespace opwire::opstack::reputation
