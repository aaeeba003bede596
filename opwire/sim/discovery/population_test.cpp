#include "opwire/sim/discovery/population.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "opwire/discv5/distance.hpp"
#include "opwire/multiformats/ip_scope.hpp"

namespace opwire::sim {
namespace {

Directory directory_of(std::uint32_t count) {
  std::vector<discv5::RecordPtr> records;
  for (std::uint32_t i = 0; i < count; ++i) records.push_back(sign_record(key_of(1, i), endpoint_of_node(i, 3)));
  return Directory(std::move(records));
}

TEST(Population, EveryNodeHasAPublicPlaceOfItsOwn) {
  std::set<net::Endpoint> places;
  std::set<std::uint32_t> subnets;
  for (std::uint32_t i = 0; i < 3000; ++i) {
    const net::Endpoint at = endpoint_of_node(i, 3);
    EXPECT_TRUE(multiformats::is_public_ip(at.ip()));
    EXPECT_TRUE(places.insert(at).second);
    subnets.insert(load_be<std::uint32_t>(at.address.data()) >> 8);
  }
  EXPECT_EQ(subnets.size(), 1000U);
  for (std::uint32_t host = 0; host < 3000; ++host)
    EXPECT_TRUE(places.insert(public_endpoint(kRogueSubnets, host)).second);
  EXPECT_TRUE(multiformats::is_public_ip(public_endpoint(kRogueSubnets, 0).ip()));
}

TEST(Population, TheSameNumberIsTheSameNode) {
  EXPECT_EQ(key_of(1, 5), key_of(1, 5));
  EXPECT_NE(key_of(1, 5), key_of(1, 6));
  EXPECT_NE(key_of(1, 5), key_of(2, 5));
}

TEST(Directory, FindsAllAtADistance) {
  const Directory directory = directory_of(200);
  const discv5::NodeId& from = directory.all()[17]->id();
  EXPECT_TRUE(directory.contains(from));
  std::size_t found = 0;
  for (unsigned distance = 1; distance <= 256; ++distance) {
    const auto at = directory.at_distance(from, distance);
    for (const auto& record : at) EXPECT_EQ(discv5::log_distance(from, record->id()), distance);
    found += at.size();
  }
  EXPECT_EQ(found, 199U);
}

TEST(Directory, SomeAreDifferentOnes) {
  const Directory directory = directory_of(200);
  SeededRng rng(3);
  const auto some = directory.some_at(directory.all()[0]->id(), 256, 16, rng);
  std::set<discv5::NodeId> ids;
  for (const auto& record : some) ids.insert(record->id());
  EXPECT_EQ(ids.size(), 16U);
  EXPECT_LE(directory.some_at(directory.all()[0]->id(), 250, 16, rng).size(), 16U);
}

TEST(Directory, NearestAreThoseThatCount) {
  const Directory directory = directory_of(200);
  discv5::NodeId target;
  target.bytes.fill(0x5a);
  const auto odd = [](const discv5::NodeRecord& record) { return record.id().bytes[31] % 2 == 1; };
  const auto nearest = directory.nearest(target, 10, odd);
  ASSERT_EQ(nearest.size(), 10U);
  std::size_t as_near = 0;
  for (const auto& record : directory.all()) {
    if (odd(*record) && !discv5::is_closer(target, nearest.back()->id(), record->id())) ++as_near;
  }
  EXPECT_EQ(as_near, 10U);
  for (std::size_t i = 1; i < nearest.size(); ++i) {
    EXPECT_TRUE(discv5::is_closer(target, nearest[i - 1]->id(), nearest[i]->id()));
  }
}

}  // namespace
}  // namespace opwire::sim
