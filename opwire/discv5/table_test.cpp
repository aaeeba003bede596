#include "opwire/discv5/table.hpp"

#include <gtest/gtest.h>

#include <map>
#include <set>

#include "opwire/discv5/distance.hpp"
#include "opwire/discv5/records_for_test.hpp"

namespace opwire::discv5 {
namespace {

using Added = Table::Added;
using test::contact_at;
using test::endpoint_at;

/// A public address in a /24 of its own.
std::string ip_of(unsigned number, unsigned host = 1) {
  return "52." + std::to_string(number / 256) + "." + std::to_string(number % 256) + "." + std::to_string(host);
}

NodeId complement(NodeId id) {
  for (std::uint8_t& byte : id.bytes) byte = static_cast<std::uint8_t>(~byte);
  return id;
}

/// So far from key number 0 that half of all ids are at distance 256.
const NodeId kLocal = complement(test::record_at("52.0.0.1", 9, 0)->id());

class TableTest : public ::testing::Test {
 protected:
  /// The next node at that distance from us, each in a /24 of its own unless an endpoint is given.
  Contact node_at_distance(unsigned distance, std::optional<net::Endpoint> at = std::nullopt) {
    while (true) {
      const unsigned number = next_number_++;
      const Contact contact = contact_at(at ? *at : endpoint_at(ip_of(number), 9), number);
      if (log_distance(kLocal, contact.id) == distance) return contact;
    }
  }
  std::vector<Contact> fill_bucket(unsigned distance) {
    std::vector<Contact> contacts;
    for (std::size_t i = 0; i < options_.bucket_size; ++i) {
      contacts.push_back(node_at_distance(distance));
      EXPECT_EQ(table_.add(contacts.back(), now_), Added::kNew);
    }
    return contacts;
  }
  void answer(const Contact& contact) { table_.on_answer(contact.id, contact.endpoint, now_); }
  void silence(const Contact& contact) { table_.on_silence(contact.id, now_); }
  bool is_in(const Contact& contact) {
    const auto all = table_.all();
    return std::ranges::any_of(all, [&](const Contact& each) { return each.id == contact.id; });
  }
  bool is_live(const Contact& contact) {
    const auto live = table_.closest(contact.id, 1, true);
    return !live.empty() && live[0].id == contact.id;
  }

  TimePoint now_{std::chrono::hours(1)};
  SeededRng rng_{1};
  TableOptions options_;
  Table table_{kLocal, options_, rng_};
  unsigned next_number_ = 1;
};

TEST_F(TableTest, ANodeIsLiveWhenItAnswersWhereItsRecordSays) {
  const Contact contact = node_at_distance(256);
  EXPECT_EQ(table_.add(contact, now_), Added::kNew);
  EXPECT_EQ(table_.add(contact, now_), Added::kKnown);
  EXPECT_EQ(table_.size(), 1u);
  EXPECT_EQ(table_.live(), 0u);
  table_.on_answer(contact.id, endpoint_at("52.200.0.1", 9), now_);
  table_.on_answer(contact.id, net::Endpoint(contact.endpoint.ip(), 10), now_);
  EXPECT_EQ(table_.live(), 0u) << "from elsewhere";
  answer(contact);
  EXPECT_EQ(table_.live(), 1u);
  EXPECT_TRUE(is_live(contact));
  EXPECT_EQ(table_.find(contact.id), contact.record);
}

TEST_F(TableTest, NotOurselves) {
  const Contact contact = contact_at(ip_of(1), 9, 1);
  Table table(contact.id, options_, rng_);
  EXPECT_EQ(table.add(contact, now_), Added::kRefused);
  EXPECT_EQ(table.size(), 0u);
  EXPECT_EQ(table.find(contact.id), nullptr);
}

TEST_F(TableTest, NobodyOfWhomNothingIsKnown) {
  const Contact contact = node_at_distance(256);
  answer(contact);
  silence(contact);
  table_.remove(contact.id);
  EXPECT_EQ(table_.size(), 0u);
  EXPECT_EQ(table_.find(contact.id), nullptr);
  EXPECT_TRUE(table_.closest(contact.id, 5, false).empty());
}

TEST_F(TableTest, ANewcomerGoesAtItsFirstSilence) {
  const Contact contact = node_at_distance(256);
  table_.add(contact, now_);
  silence(contact);
  EXPECT_EQ(table_.size(), 0u);
}

TEST_F(TableTest, WhoAnsweredOftenGetsSeveralChances) {
  const auto silences_after = [&](unsigned answers) {
    const Contact contact = node_at_distance(256);
    table_.add(contact, now_);
    for (unsigned i = 0; i < answers; ++i) answer(contact);
    unsigned silences = 0;
    while (is_in(contact)) {
      EXPECT_EQ(is_live(contact), answers > 0) << "it is told until it goes";
      silence(contact), ++silences;
    }
    return silences;
  };
  EXPECT_EQ(silences_after(2), 1u);
  EXPECT_EQ(silences_after(3), 2u);
  EXPECT_EQ(silences_after(8), 2u);
  EXPECT_EQ(silences_after(9), 3u);
  EXPECT_EQ(silences_after(27), 4u);
  EXPECT_EQ(silences_after(10'000), 5u) << "there is an end to credit";
}

TEST_F(TableTest, AFullBucketLetsOthersWait) {
  const auto first = fill_bucket(256);
  std::vector<Contact> waiting;
  for (std::size_t i = 0; i < options_.replacements + 2; ++i) {
    waiting.push_back(node_at_distance(256));
    EXPECT_EQ(table_.add(waiting.back(), now_), Added::kReplacement);
    EXPECT_EQ(table_.add(waiting.back(), now_), Added::kKnown);
  }
  EXPECT_EQ(table_.size(), options_.bucket_size);
  EXPECT_EQ(table_.replacements(), options_.replacements);
  EXPECT_EQ(table_.find(waiting[0].id), nullptr) << "the newest replace the oldest";
  EXPECT_EQ(table_.find(waiting[1].id), nullptr);
  EXPECT_NE(table_.find(waiting[2].id), nullptr);
  EXPECT_FALSE(is_in(waiting[2]));
  answer(waiting[2]);
  EXPECT_EQ(table_.live(), 0u) << "who waits is not told to others";
  EXPECT_EQ(table_.add(node_at_distance(255), now_), Added::kNew) << "another bucket";
}

TEST_F(TableTest, AReplacementComesByChance) {
  std::set<std::size_t> chosen;
  std::vector<Contact> contacts;
  for (std::size_t i = 0; i < 20; ++i) contacts.push_back(node_at_distance(256));
  for (unsigned seed = 0; seed < 30; ++seed) {
    SeededRng rng(seed);
    Table table(kLocal, options_, rng);
    for (const Contact& contact : contacts) table.add(contact, now_);
    table.on_silence(contacts[3].id, now_);
    EXPECT_EQ(table.size(), 16u);
    EXPECT_EQ(table.replacements(), 3u);
    EXPECT_EQ(table.find(contacts[3].id), nullptr);
    const auto all = table.all();
    for (std::size_t i = 16; i < 20; ++i) {
      if (all.back().id == contacts[i].id) chosen.insert(i);
    }
  }
  EXPECT_EQ(chosen.size(), 4u);
}

TEST_F(TableTest, WhoWaitsGoesWhenItIsSilentOrRemoved) {
  const auto first = fill_bucket(256);
  const Contact silent = node_at_distance(256), removed = node_at_distance(256);
  table_.add(silent, now_);
  table_.add(removed, now_);
  silence(silent);
  EXPECT_EQ(table_.replacements(), 1u);
  table_.remove(removed.id);
  EXPECT_EQ(table_.replacements(), 0u);
  EXPECT_EQ(table_.size(), options_.bucket_size);
}

TEST_F(TableTest, ARemovedNodeIsReplaced) {
  const auto first = fill_bucket(256);
  const Contact waiting = node_at_distance(256);
  table_.add(waiting, now_);
  table_.remove(first[7].id);
  EXPECT_FALSE(is_in(first[7]));
  EXPECT_TRUE(is_in(waiting));
  EXPECT_FALSE(is_live(waiting)) << "it has yet to answer";
  EXPECT_EQ(table_.replacements(), 0u);
}

TEST_F(TableTest, ABucketOfLiveNodesTakesNoNewcomer) {
  const auto first = fill_bucket(256);
  for (const Contact& contact : first) answer(contact);
  for (unsigned i = 0; i < 200; ++i) EXPECT_EQ(table_.add(node_at_distance(256), now_), Added::kReplacement);
  for (const Contact& contact : first) EXPECT_TRUE(is_live(contact));
  EXPECT_EQ(table_.size(), options_.bucket_size);
  EXPECT_EQ(table_.replacements(), options_.replacements);
}

TEST_F(TableTest, WithoutReplacementsNobodyWaits) {
  options_.replacements = 0;
  options_.bucket_size = 1;
  Table table(kLocal, options_, rng_);
  EXPECT_EQ(table.add(node_at_distance(256), now_), Added::kNew);
  EXPECT_EQ(table.add(node_at_distance(256), now_), Added::kRefused);
}

TEST_F(TableTest, NodesThatAreNearShareTheFirstBucket) {
  // Two ids that agree in their first 16 bits or more are rare: our own id is made to be near.
  SeededRng rng(7);
  const Contact a = contact_at(ip_of(1), 9, 1);
  NodeId noise;
  rng.fill(noise.bytes);
  for (const unsigned distance : {1u, 100u, 230u, 239u, 240u, 241u}) {
    Table table(id_at_distance(a.id, distance, noise), options_, rng);
    EXPECT_EQ(table.add(a, now_), Added::kNew);
    table.on_answer(a.id, a.endpoint, now_);
    const std::vector<std::uint16_t> exactly{static_cast<std::uint16_t>(distance)};
    EXPECT_EQ(table.at_distances(exactly, 16, a.endpoint.ip()).size(), 1u);
    const std::vector<std::uint16_t> others{static_cast<std::uint16_t>(distance + 1),
                                            static_cast<std::uint16_t>(distance - 1)};
    EXPECT_TRUE(table.at_distances(others, 16, a.endpoint.ip()).empty()) << distance;
  }
}

TEST_F(TableTest, ANewerRecordIsTakenAndAnOlderOneIsNot) {
  const Contact second = contact_at(ip_of(1), 9, 1, 2);
  table_.add(second, now_);
  answer(second);
  EXPECT_EQ(table_.add(contact_at(ip_of(1), 9, 1, 1), now_), Added::kKnown);
  EXPECT_EQ(table_.add(contact_at(ip_of(2), 9, 1, 2), now_), Added::kKnown) << "the same number, whatever it says";
  EXPECT_EQ(table_.find(second.id), second.record);
  EXPECT_TRUE(is_live(second));

  const Contact third = contact_at(ip_of(1), 9, 1, 3);
  EXPECT_EQ(table_.add(third, now_), Added::kUpdated);
  EXPECT_EQ(table_.find(second.id), third.record);
  EXPECT_TRUE(is_live(third)) << "where it was is where it is";
}

TEST_F(TableTest, WhoMovedAnswersAnew) {
  const Contact before = contact_at(ip_of(1), 9, 1, 1), after = contact_at(ip_of(2), 9, 1, 2);
  table_.add(before, now_);
  for (int i = 0; i < 9; ++i) answer(before);
  EXPECT_EQ(table_.add(after, now_), Added::kUpdated);
  EXPECT_EQ(table_.live(), 0u);
  answer(before);
  EXPECT_EQ(table_.live(), 0u) << "from where it is no longer";
  answer(after);
  EXPECT_EQ(table_.live(), 1u);
  EXPECT_EQ(table_.all()[0].endpoint, after.endpoint);

  EXPECT_EQ(table_.add(contact_at(ip_of(2), 10, 1, 3), now_), Added::kUpdated) << "another port is elsewhere too";
  EXPECT_EQ(table_.live(), 0u);
  silence(after);
  EXPECT_EQ(table_.size(), 0u) << "what it earned it earned elsewhere";
}

TEST_F(TableTest, WhoWaitsIsUpdatedToo) {
  fill_bucket(256);
  Contact contact = node_at_distance(256);
  const unsigned number = next_number_ - 1;
  table_.add(contact, now_);
  const Contact moved = contact_at("53.0.0.1", 9, number, 2);
  EXPECT_EQ(table_.add(moved, now_), Added::kUpdated);
  EXPECT_EQ(table_.find(contact.id), moved.record);
  EXPECT_EQ(table_.replacements(), 1u);
}

TEST_F(TableTest, ClosestIsAsSortedByHand) {
  std::vector<Contact> in;
  for (unsigned i = 1; i <= 200; ++i) {
    const Contact contact = contact_at(ip_of(i), 9, i);
    if (table_.add(contact, now_) != Added::kNew) continue;
    in.push_back(contact);
    if (i % 3 == 0) answer(contact);
  }
  for (unsigned round = 0; round < 50; ++round) {
    NodeId target;
    rng_.fill(target.bytes);
    if (round % 5 == 0) target = in[round].id;
    const bool only_live = round % 2 == 0;
    std::vector<std::pair<NodeId, NodeId>> expected;  // difference, id
    for (const Contact& contact : in) {
      if (only_live && !is_live(contact)) continue;
      NodeId difference;
      for (std::size_t i = 0; i < NodeId::kSize; ++i) difference.bytes[i] = contact.id.bytes[i] ^ target.bytes[i];
      expected.emplace_back(difference, contact.id);
    }
    std::ranges::sort(expected);
    const std::size_t n = round == 0 ? 1000 : 16;
    const auto found = table_.closest(target, n, only_live);
    ASSERT_EQ(found.size(), std::min(n, expected.size()));
    for (std::size_t i = 0; i < found.size(); ++i) EXPECT_EQ(found[i].id, expected[i].second);
  }
  EXPECT_EQ(table_.all().size(), in.size());
  EXPECT_EQ(table_.size(), in.size());
}

TEST_F(TableTest, AContactSaysAllThatWasAdded) {
  const Contact contact = contact_at("2600::1", 77, 1);
  table_.add(contact, now_);
  const Contact found = table_.closest(contact.id, 1, false).at(0);
  EXPECT_EQ(found.id, contact.id);
  EXPECT_EQ(found.public_key, contact.public_key);
  EXPECT_EQ(found.endpoint, contact.endpoint);
  EXPECT_EQ(found.record, contact.record);
}

TEST_F(TableTest, LiveNodesAtExactlyTheDistances) {
  std::map<unsigned, std::set<NodeId>> live;
  for (unsigned i = 1; i <= 200; ++i) {
    const Contact contact = contact_at(ip_of(i), 9, i);
    if (table_.add(contact, now_) != Added::kNew || i % 4 == 0) continue;
    answer(contact);
    live[log_distance(kLocal, contact.id)].insert(contact.id);
  }
  const ByteArray<4> asker{8, 8, 8, 8};
  for (const std::vector<std::uint16_t>& distances :
       std::vector<std::vector<std::uint16_t>>{{256}, {253, 254}, {256, 255, 256}, {0, 257, 65535, 252}, {}}) {
    std::set<NodeId> expected;
    for (const std::uint16_t distance : distances) expected.insert(live[distance].begin(), live[distance].end());
    const auto found = table_.at_distances(distances, 1000, asker);
    std::set<NodeId> ids;
    for (const RecordPtr& record : found) ids.insert(record->id());
    EXPECT_EQ(found.size(), ids.size()) << "each once";
    EXPECT_EQ(ids, expected);
  }
}

TEST_F(TableTest, OfMoreThanAskedForChanceDecides) {
  for (const Contact& contact : fill_bucket(256)) answer(contact);
  const std::vector<std::uint16_t> distances{256};
  const ByteArray<4> asker{8, 8, 8, 8};
  std::map<NodeId, unsigned> times;
  for (unsigned round = 0; round < 400; ++round) {
    const auto found = table_.at_distances(distances, 4, asker);
    ASSERT_EQ(found.size(), 4u);
    for (const RecordPtr& record : found) ++times[record->id()];
  }
  EXPECT_EQ(times.size(), 16u);
  for (const auto& [id, count] : times) {
    EXPECT_GT(count, 60u) << "100 is even";
    EXPECT_LT(count, 150u);
  }
}

TEST_F(TableTest, PrivateAddressesAreToldToPrivateAskersOnly) {
  std::vector<std::uint16_t> all(256);
  for (std::size_t i = 0; i < all.size(); ++i) all[i] = static_cast<std::uint16_t>(i + 1);
  for (const Contact& contact : {contact_at("52.1.1.1", 9, 1), contact_at("192.168.1.7", 9, 2),
                                 contact_at("127.0.0.1", 9, 3), contact_at("2600::7", 9, 4)}) {
    EXPECT_EQ(table_.add(contact, now_), Added::kNew);
    answer(contact);
  }
  const auto told_to = [&](std::string_view ip) { return table_.at_distances(all, 16, test::ip_bytes(ip)).size(); };
  EXPECT_EQ(told_to("8.8.8.8"), 2u);
  EXPECT_EQ(told_to("2600::8"), 2u);
  EXPECT_EQ(told_to("10.0.0.1"), 3u);
  EXPECT_EQ(told_to("127.0.0.2"), 4u);
}

}  // namespace
}  // namespace opwire::discv5
