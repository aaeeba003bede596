// Who lives in a simulated network: keys, addresses and records, made once.
#pragma once

#include <functional>
#include <span>
#include <vector>

#include "opwire/base/rng.hpp"
#include "opwire/discv5/contact.hpp"

namespace opwire::sim {

/// The private key of that number: 32 bytes, secp256k1.
Bytes key_of(std::uint64_t seed, std::uint64_t number);
/// A public address and port. subnet: of the /24; host: what is in it, 253 addresses, then further ports.
net::Endpoint public_endpoint(std::uint32_t subnet, std::uint32_t host);
/// So that per_subnet nodes share each /24.
net::Endpoint endpoint_of_node(std::uint32_t number, std::uint32_t per_subnet);
/// From here on /24s are those of attackers; honest nodes do not get so far.
inline constexpr std::uint32_t kRogueSubnets = 3'000'000;

/// Takes 0.2 ms.
discv5::RecordPtr sign_record(ByteView key, const net::Endpoint& at);

/// Records in the order of their ids, by distance from anywhere.
class Directory {
 public:
  Directory() = default;
  explicit Directory(std::vector<discv5::RecordPtr> records);

  std::size_t size() const noexcept { return records_.size(); }
  std::span<const discv5::RecordPtr> all() const noexcept { return records_; }
  bool contains(const discv5::NodeId& id) const noexcept;
  /// At that log distance, 1 to 256.
  std::span<const discv5::RecordPtr> at_distance(const discv5::NodeId& from, unsigned distance) const noexcept;
  /// At most n at that distance, by chance.
  std::vector<discv5::RecordPtr> some_at(const discv5::NodeId& from, unsigned distance, std::size_t n, Rng& rng) const;
  /// The n nearest that are counted, nearest first.
  std::vector<discv5::RecordPtr> nearest(const discv5::NodeId& target, std::size_t n,
                                         const std::function<bool(const discv5::NodeRecord&)>& counts) const;

 private:
  std::vector<discv5::RecordPtr> records_;
};

}  // namespace opwire::sim
