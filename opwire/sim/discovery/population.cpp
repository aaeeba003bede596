#include "opwire/sim/discovery/population.hpp"

#include <algorithm>
#include <set>

#include "opwire/base/check.hpp"
#include "opwire/crypto/keys.hpp"
#include "opwire/discv5/distance.hpp"
#include "opwire/sim/links.hpp"

namespace opwire::sim {
namespace {

constexpr std::uint16_t kPort = 9222;
constexpr std::uint32_t kHosts = 253;  // of a /24, that are given
// 20.0.0.0 upwards, up to 99.255.255.0: public all of it.
constexpr std::uint32_t kFirstNetwork = 20U << 16;

const discv5::NodeId& id_of(const discv5::RecordPtr& record) {
  return record->id();
}

}  // namespace

Bytes key_of(std::uint64_t seed, std::uint64_t number) {
  SeededRng rng(derive_seed(seed, number));
  return to_bytes(crypto::PrivateKey::generate(crypto::KeyType::kSecp256k1, rng).data());
}

net::Endpoint public_endpoint(std::uint32_t subnet, std::uint32_t host) {
  const std::uint32_t network = kFirstNetwork + subnet;
  OPW_CHECK(network < (100U << 16));
  const ByteArray<4> ip{static_cast<std::uint8_t>(network >> 16), static_cast<std::uint8_t>(network >> 8),
                        static_cast<std::uint8_t>(network), static_cast<std::uint8_t>(1 + host % kHosts)};
  return {ip, static_cast<std::uint16_t>(kPort + host / kHosts)};
}

net::Endpoint endpoint_of_node(std::uint32_t number, std::uint32_t per_subnet) {
  return public_endpoint(number / per_subnet, number % per_subnet);
}

discv5::RecordPtr sign_record(ByteView key, const net::Endpoint& at) {
  discv5::NodeRecordDraft draft;
  draft.set("ip", at.ip()).set("udp", std::uint64_t{at.port});
  return std::make_shared<discv5::NodeRecord>(draft.sign(key, 1).value());
}

Directory::Directory(std::vector<discv5::RecordPtr> records) : records_(std::move(records)) {
  std::ranges::sort(records_, {}, id_of);
}

bool Directory::contains(const discv5::NodeId& id) const noexcept {
  return std::ranges::binary_search(records_, id, {}, id_of);
}

std::span<const discv5::RecordPtr> Directory::at_distance(const discv5::NodeId& from,
                                                          unsigned distance) const noexcept {
  discv5::NodeId zeros, ones;
  ones.bytes.fill(0xff);
  const auto first = std::ranges::lower_bound(records_, discv5::id_at_distance(from, distance, zeros), {}, id_of);
  const auto last = std::ranges::upper_bound(records_, discv5::id_at_distance(from, distance, ones), {}, id_of);
  return {first, last};
}

std::vector<discv5::RecordPtr> Directory::some_at(const discv5::NodeId& from, unsigned distance, std::size_t n,
                                                  Rng& rng) const {
  const auto all = at_distance(from, distance);
  std::vector<discv5::RecordPtr> some;
  if (all.size() <= 2 * n) {
    some.assign(all.begin(), all.end());
    rng.shuffle(some);
    some.resize(std::min(some.size(), n));
    return some;
  }
  std::set<std::size_t> chosen;
  while (some.size() < n) {
    const std::size_t one = rng.below(all.size());
    if (chosen.insert(one).second) some.push_back(all[one]);
  }
  return some;
}

std::vector<discv5::RecordPtr> Directory::nearest(const discv5::NodeId& target, std::size_t n,
                                                  const std::function<bool(const discv5::NodeRecord&)>& counts) const {
  std::vector<discv5::RecordPtr> found;
  // Whoever is at one log distance is nearer than all at the next.
  for (unsigned distance = 1; distance <= 256 && found.size() < n; ++distance) {
    for (const auto& record : at_distance(target, distance)) {
      if (counts(*record)) found.push_back(record);
    }
  }
  std::ranges::sort(found, [&](const discv5::RecordPtr& a, const discv5::RecordPtr& b) {
    return discv5::is_closer(target, a->id(), b->id());
  });
  found.resize(std::min(found.size(), n));
  return found;
}

}  // namespace opwire::sim
