// Who is banned for a time, and why: peers and IP addresses, each with the expiry, a reason and the scores that led to
// it. What an operator blocks by hand is in BlockList.
#pragma once

#include "opwire/opstack/reputation/ban_table.hpp"

namespace opwire::opstack::reputation {

struct BanBookOptions {
  std::size_t max_peers = 10'000;
  std::size_t max_ips = 10'000;
};

struct BanBook {
  explicit BanBook(BanBookOptions options = {}, Journal* journal = nullptr)
      : peers(Table::kPeerBans, options.max_peers, journal), ips(Table::kIpBans, options.max_ips, journal) {}

  BanTable<PeerId> peers;
  BanTable<Ip> ips;
};

}  // namespace opwire::opstack::reputation
