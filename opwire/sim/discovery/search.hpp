// A newcomer that looks for nodes of its chain.
#pragma once

#include <memory>

#include "opwire/sim/discovery/kademlia_network.hpp"

namespace opwire::sim {

class Search {
 public:
  virtual ~Search() = default;
  /// Nodes of its chain that it could dial.
  virtual std::size_t known() const = 0;
  virtual std::size_t connected() const = 0;
  /// Datagrams.
  virtual std::uint64_t sent() const = 0;
  /// To be awaited before it goes.
  virtual Task<void> close() = 0;
};

/// The chain of those who search, and what its nodes say in their records.
inline constexpr ChainId kOwnChain{10}, kOtherChain{8453};
void set_chain(discv5::ProtocolOptions& options, ChainId chain);

// Both begin at once; of the newcomer's number, as in KademliaNetwork.

/// As opwire runs: its discv5 service and its finder of peers, on simulated datagrams and dials.
std::unique_ptr<Search> search_as_opwire(KademliaNetwork& network, std::uint32_t number,
                                         discv5::ProtocolOptions options, std::uint64_t seed);
/// As op-node does, on opwire's discv5: the table once, after 3 s, then one node of a random walk every 5 s; every 5 s
/// all that are known are dialled by four workers, and no node is taken while their queue is full.
std::unique_ptr<Search> search_as_op_node(KademliaNetwork& network, std::uint32_t number,
                                          discv5::ProtocolOptions options, std::uint64_t seed);

}  // namespace opwire::sim
