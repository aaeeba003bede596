// Peers, addresses and subnets that an operator blocks by hand, until they are unblocked. They stay over restarts, have
// no expiry, and end no connection by themselves.
//
// Lists are in order: peers by their bytes, addresses by number (IPv4 first), subnets by their text.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "opwire/multiformats/ip_network.hpp"
#include "opwire/multiformats/peer_id.hpp"
#include "opwire/opstack/reputation/ip.hpp"
#include "opwire/opstack/reputation/journal.hpp"

namespace opwire::opstack::reputation {

struct BlockListOptions {
  std::size_t max_peers = 10'000;
  std::size_t max_addresses = 10'000;
  std::size_t max_subnets = 1'000;  ///< an address that is no other's is compared with each of them
};

class BlockList final : public JournalSource {
 public:
  /// journal: null where nothing outlives the process.
  explicit BlockList(BlockListOptions options = {}, Journal* journal = nullptr);
  BlockList(const BlockList&) = delete;
  BlockList& operator=(const BlockList&) = delete;

  /// What is blocked already stays so. Errors: kBlocksFull.
  Result<void> block_peer(const PeerId& peer);
  Result<void> block_address(const Ip& ip);
  Result<void> block_subnet(const multiformats::IpNetwork& subnet);
  /// True when it was blocked. An address and a subnet of that address alone are two things.
  bool unblock_peer(const PeerId& peer);
  bool unblock_address(const Ip& ip);
  bool unblock_subnet(const multiformats::IpNetwork& subnet);

  bool is_blocked(const PeerId& peer) const { return peers_.contains(peer); }
  /// By itself, or inside a subnet.
  bool is_blocked(const Ip& ip) const;

  std::size_t peer_count() const noexcept { return peers_.size(); }
  std::size_t address_count() const noexcept { return addresses_.size(); }
  std::size_t subnet_count() const noexcept { return subnets_.size(); }
  std::vector<PeerId> peers() const { return {peers_.begin(), peers_.end()}; }
  std::vector<Ip> addresses() const { return {addresses_.begin(), addresses_.end()}; }
  std::vector<multiformats::IpNetwork> subnets() const;

  /// What the disk has. Errors, which concern this entry alone: kRecordKey (the key is none of its kind, or the value
  /// is not its text); kBlocksFull.
  Result<void> load(Table table, ByteView key, ByteView value);
  std::optional<Stored> stored(Table table, ByteView key) const override;

 private:
  void note(Table table, ByteView key);

  BlockListOptions options_;
  Journal* journal_;
  std::set<PeerId> peers_;
  std::set<Ip> addresses_;
  std::map<std::string, multiformats::IpNetwork> subnets_;  // by their texts
};

}  // namespace opwire::opstack::reputation
