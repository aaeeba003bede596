#include "opwire/discv5/lookup.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "opwire/base/rng.hpp"
#include "opwire/discv5/distance.hpp"

namespace opwire::discv5 {
namespace {

using namespace std::chrono_literals;

constexpr TimePoint kStart{1h};

RecordPtr any_record() {
  static const RecordPtr record = [] {
    ByteArray<32> key{};
    key[31] = 1;
    return std::make_shared<NodeRecord>(NodeRecordDraft().sign(key, 1).value());
  }();
  return record;
}

Contact random_contact(Rng& rng) {
  Contact contact;
  rng.fill(contact.id.bytes);
  contact.record = any_record();
  return contact;
}

NodeId random_id(Rng& rng) {
  return random_contact(rng).id;
}

TEST(Lookup, AsksThreeAtATimeNearestFirst) {
  SeededRng rng(1);
  const NodeId target = random_id(rng);
  Lookup lookup(target, random_id(rng));
  std::vector<Contact> nodes;
  for (int i = 0; i < 10; ++i) nodes.push_back(random_contact(rng));
  for (const Contact& node : nodes) lookup.add(node);
  std::ranges::sort(nodes, [&](const Contact& a, const Contact& b) { return is_closer(target, a.id, b.id); });
  for (int i = 0; i < 3; ++i) EXPECT_EQ(lookup.next(kStart)->id, nodes[static_cast<std::size_t>(i)].id);
  EXPECT_FALSE(lookup.next(kStart));
  lookup.on_answer(nodes[1].id, {});
  EXPECT_EQ(lookup.next(kStart)->id, nodes[3].id);
  EXPECT_FALSE(lookup.next(kStart));
}

TEST(Lookup, WhoHasNotAnsweredForAWhileDoesNotKeepOthersWaiting) {
  SeededRng rng(2);
  Lookup lookup(random_id(rng), random_id(rng));
  for (int i = 0; i < 20; ++i) lookup.add(random_contact(rng));
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(lookup.next(kStart));
  EXPECT_FALSE(lookup.next(kStart));
  const TimePoint later = lookup.next_wake(kStart);
  EXPECT_EQ(later, kStart + 250ms);
  EXPECT_FALSE(lookup.next(later - 1ms));
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(lookup.next(later));
  EXPECT_EQ(lookup.next_wake(later), later + 250ms);
  for (int i = 0; i < 2; ++i) EXPECT_TRUE(lookup.next(later + 250ms));
  EXPECT_FALSE(lookup.next(later + 250ms));  // eight at once, and no more
  EXPECT_FALSE(lookup.done());
}

TEST(Lookup, OneSubnetHasTwoPlaces) {
  SeededRng rng(7);
  const NodeId target = random_id(rng);
  Lookup lookup(target, random_id(rng));
  const auto named_from = [&](const ByteArray<4>& ip, std::size_t count) {
    std::vector<Contact> nodes;
    for (std::size_t i = 0; i < count; ++i) {
      nodes.push_back(random_contact(rng));
      ByteArray<4> host = ip;
      host[3] = static_cast<std::uint8_t>(i);
      nodes.back().endpoint = net::Endpoint(host, 9000);
    }
    return nodes;
  };
  for (const Contact& node : named_from({20, 0, 0, 0}, 10)) lookup.add(node);
  std::size_t asked = 0;
  while (const auto node = lookup.next(kStart)) {
    ++asked;
    lookup.on_answer(node->id, named_from({20, 0, 0, 0}, 10));
  }
  EXPECT_EQ(asked, 2U);
  EXPECT_TRUE(lookup.done());
  EXPECT_EQ(lookup.results().size(), 2U);
  // Networks of ours are not counted.
  for (const Contact& node : named_from({10, 0, 0, 0}, 10)) lookup.add(node);
  while (const auto node = lookup.next(kStart)) {
    ++asked;
    lookup.on_answer(node->id, {});
  }
  EXPECT_EQ(asked, 12U);
}

TEST(Lookup, ASilentNodeLeavesItsPlaceToAnotherOfItsSubnet) {
  SeededRng rng(8);
  Lookup lookup(random_id(rng), random_id(rng));
  const auto add = [&] {
    Contact node = random_contact(rng);
    node.endpoint = net::Endpoint(ByteArray<4>{20, 0, 0, 1}, 9000);
    lookup.add(node);
  };
  add();
  add();
  lookup.on_silence(lookup.next(kStart)->id);
  add();
  std::size_t asked = 0;
  while (lookup.next(kStart)) ++asked;
  EXPECT_EQ(asked, 2U);
}

TEST(Lookup, EndsWhenTheNearestSixteenHaveAnswered) {
  SeededRng rng(3);
  const NodeId target = random_id(rng);
  Lookup lookup(target, random_id(rng));
  for (int i = 0; i < 40; ++i) lookup.add(random_contact(rng));
  std::size_t asked = 0;
  while (!lookup.done()) {
    const auto node = lookup.next(kStart);
    ASSERT_TRUE(node);
    ++asked;
    lookup.on_answer(node->id, {});
  }
  EXPECT_EQ(asked, 16U);
  EXPECT_EQ(lookup.results().size(), 16U);
}

TEST(Lookup, SilentNodesAreLeftOutAndNotAskedAgain) {
  SeededRng rng(4);
  Lookup lookup(random_id(rng), random_id(rng));
  const Contact silent = random_contact(rng), other = random_contact(rng);
  lookup.add(silent);
  ASSERT_TRUE(lookup.next(kStart));
  lookup.on_silence(silent.id);
  EXPECT_TRUE(lookup.done());
  lookup.add(silent);
  EXPECT_TRUE(lookup.done());
  lookup.add(other);
  EXPECT_EQ(lookup.next(kStart)->id, other.id);
  lookup.on_answer(other.id, {silent});
  EXPECT_TRUE(lookup.done());
  EXPECT_EQ(lookup.results().size(), 1U);
}

TEST(Lookup, WhoNamesNodesWithoutEndIsNotFollowedWithoutEnd) {
  SeededRng rng(5);
  const NodeId target = random_id(rng);
  Lookup lookup(target, random_id(rng));
  lookup.add(random_contact(rng));
  std::size_t asked = 0;
  while (!lookup.done()) {
    const auto node = lookup.next(kStart);
    ASSERT_TRUE(node);
    ++asked;
    // Each names sixteen that are a little nearer than itself.
    std::vector<Contact> named;
    const unsigned distance = std::max(2U, log_distance(target, node->id));
    for (int i = 0; i < 16; ++i) {
      named.push_back(random_contact(rng));
      named.back().id = id_at_distance(target, distance - 1, random_id(rng));
    }
    lookup.on_answer(node->id, named);
  }
  EXPECT_LE(asked, 100U);
}

TEST(Lookup, CountsTheStepsToTheNearest) {
  SeededRng rng(6);
  const NodeId target = random_id(rng);
  Lookup lookup(target, random_id(rng));
  Contact at = random_contact(rng);
  lookup.add(at);
  for (unsigned step = 1; step <= 4; ++step) {
    ASSERT_EQ(lookup.next(kStart)->id, at.id);
    Contact nearer = random_contact(rng);
    nearer.id = id_at_distance(target, log_distance(target, at.id) - 1, random_id(rng));
    lookup.on_answer(at.id, {nearer});
    at = nearer;
  }
  ASSERT_TRUE(lookup.next(kStart));
  lookup.on_answer(at.id, {});
  EXPECT_EQ(lookup.hops(), 4U);
}

TEST(Lookup, NeverAsksUs) {
  SeededRng rng(7);
  const Contact self = random_contact(rng);
  Lookup lookup(random_id(rng), self.id);
  lookup.add(self);
  EXPECT_TRUE(lookup.done());
}

TEST(Lookup, AsksForDistancesAroundTheTargets) {
  SeededRng rng(8);
  const NodeId target = random_id(rng);
  for (const unsigned distance : {1U, 2U, 100U, 255U, 256U}) {
    const NodeId asked = id_at_distance(target, distance, random_id(rng));
    const auto distances = Lookup::distances(target, asked);
    EXPECT_EQ(distances.size(), 3U);
    EXPECT_EQ(distances.front(), distance);
    EXPECT_EQ(std::set(distances.begin(), distances.end()).size(), 3U);
    for (const std::uint16_t one : distances) EXPECT_TRUE(one >= 1 && one <= 256);
  }
  EXPECT_EQ(Lookup::distances(target, target).front(), 0);
}

}  // namespace
}  // namespace opwire::discv5
