// How much of the table those get who have many nodes in few networks.
#include <gtest/gtest.h>

#include <map>

#include "opwire/discv5/distance.hpp"
#include "opwire/discv5/records_for_test.hpp"
#include "opwire/discv5/subnet.hpp"
#include "opwire/discv5/table.hpp"

namespace opwire::discv5 {
namespace {

using Added = Table::Added;
using test::contact_at;
using test::endpoint_at;

class TableSubnetTest : public ::testing::Test {
 protected:
  Contact next(std::string_view ip) { return contact_at(ip, 9, number_++); }
  /// The next one at that distance from us, or at another one (0).
  Contact next(std::string_view ip, unsigned distance) {
    while (true) {
      Contact contact = next(ip);
      if (distance == 0 || log_distance(local_, contact.id) == distance) return contact;
    }
  }

  TimePoint now_{std::chrono::hours(1)};
  SeededRng rng_{3};
  TableOptions options_;
  const NodeId local_ = contact_at("52.0.0.1", 9, 1'000'000).id;
  Table table_{local_, options_, rng_};
  std::uint64_t number_ = 1;
};

bool shared(std::string_view a, std::string_view b) {
  return share_subnet(endpoint_at(a, 1), endpoint_at(b, 2));
}

TEST(Subnet, IsASlash24OrASlash48) {
  EXPECT_TRUE(shared("52.1.1.1", "52.1.1.255"));
  EXPECT_FALSE(shared("52.1.1.1", "52.1.2.1"));
  EXPECT_TRUE(shared("2600:1:2::1", "2600:1:2:ffff::1"));
  EXPECT_FALSE(shared("2600:1:2::1", "2600:1:3::1"));
  EXPECT_FALSE(shared("32.1.1.1", "2001:101::1")) << "bytes alike";
}

TEST(Subnet, PrivateOnesDoNotCount) {
  for (const char* ip : {"127.0.0.1", "10.0.0.1", "192.168.1.1", "::1", "fd00::1", "fe80::1"})
    EXPECT_FALSE(shared(ip, ip)) << ip;
}

TEST_F(TableSubnetTest, TwoOfASubnetInABucket) {
  EXPECT_EQ(table_.add(next("52.1.1.1", 256), now_), Added::kNew);
  const Contact second = next("52.1.1.2", 256);
  EXPECT_EQ(table_.add(second, now_), Added::kNew);
  const Contact third = next("52.1.1.3", 256);
  EXPECT_EQ(table_.add(third, now_), Added::kRefused);
  EXPECT_EQ(table_.find(third.id), nullptr);
  EXPECT_EQ(table_.add(next("52.1.2.3", 256), now_), Added::kNew) << "a neighbour";
  EXPECT_EQ(table_.add(next("52.1.1.3", 255), now_), Added::kNew) << "another bucket";
  table_.on_silence(second.id, now_);
  EXPECT_EQ(table_.add(third, now_), Added::kNew) << "a place is free again";
}

TEST_F(TableSubnetTest, ThoseWhoWaitAreCounted) {
  for (unsigned i = 0; i < options_.bucket_size; ++i) {
    const std::string ip = "52.2." + std::to_string(i) + ".1";
    EXPECT_EQ(table_.add(next(ip, 256), now_), Added::kNew);
  }
  EXPECT_EQ(table_.add(next("52.1.1.1", 256), now_), Added::kReplacement);
  const Contact waiting = next("52.1.1.2", 256);
  EXPECT_EQ(table_.add(waiting, now_), Added::kReplacement);
  EXPECT_EQ(table_.add(next("52.1.1.3", 256), now_), Added::kRefused);
  table_.remove(waiting.id);
  EXPECT_EQ(table_.add(next("52.1.1.3", 256), now_), Added::kReplacement);
}

TEST_F(TableSubnetTest, TenOfASubnetInAll) {
  std::vector<Contact> in;
  for (unsigned i = 0; i < 150; ++i) {
    const Contact contact = next("52.1.1.1");
    if (table_.add(contact, now_) == Added::kNew) in.push_back(contact);
  }
  EXPECT_EQ(in.size(), options_.subnet_in_table);
  EXPECT_EQ(table_.size(), options_.subnet_in_table);
  EXPECT_EQ(table_.replacements(), 0u);

  for (const Contact& contact : in) table_.remove(contact.id);
  EXPECT_EQ(table_.size(), 0u);
  for (const Contact& contact : in) EXPECT_EQ(table_.add(contact, now_), Added::kNew);
}

TEST_F(TableSubnetTest, TenOfASlash48InAll) {
  for (unsigned i = 0; i < 150; ++i) table_.add(next("2600:1:2:" + std::to_string(i) + "::1"), now_);
  EXPECT_EQ(table_.size(), options_.subnet_in_table);
}

TEST_F(TableSubnetTest, PrivateNetworksAndLoopbackHaveNoShare) {
  for (const char* ip : {"127.0.0.1", "192.168.1.1", "fd00::1"}) {
    Table table(local_, options_, rng_);
    for (unsigned i = 0; i < 30; ++i) EXPECT_NE(table.add(next(ip), now_), Added::kRefused);
    EXPECT_GE(table.size(), 25u) << ip;
  }
}

TEST_F(TableSubnetTest, WhoMovesNeedsAShareThere) {
  for (unsigned i = 0; i < 2; ++i) table_.add(next("52.1.1.1", 256), now_);
  table_.add(next("52.1.2.1", 256), now_);
  const Contact other = next("52.1.2.1", 256);
  const std::uint64_t its_number = number_ - 1;
  table_.add(other, now_);
  EXPECT_EQ(table_.add(contact_at("52.1.1.9", 9, its_number, 2), now_), Added::kRefused);
  EXPECT_EQ(table_.find(other.id), other.record);
  EXPECT_EQ(table_.add(contact_at("52.1.2.9", 9, its_number, 3), now_), Added::kUpdated) << "it does not count itself";
  EXPECT_EQ(table_.add(contact_at("52.1.3.9", 9, its_number, 4), now_), Added::kUpdated);
  EXPECT_EQ(table_.add(next("52.1.2.1", 256), now_), Added::kNew) << "it left";
  EXPECT_EQ(table_.add(next("52.1.2.1", 256), now_), Added::kRefused);
}

// Hundreds of nodes in four networks, with records as new as they please.
TEST_F(TableSubnetTest, FewNetworksPushNobodyOut) {
  std::vector<Contact> honest;
  for (unsigned i = 0; i < 60; ++i) {
    const Contact contact = next("52." + std::to_string(i) + ".0.1");
    if (table_.add(contact, now_) != Added::kNew) continue;
    table_.on_answer(contact.id, contact.endpoint, now_);
    honest.push_back(contact);
  }
  for (unsigned i = 0; i < 600; ++i) {
    const Contact contact = next("9.9." + std::to_string(i % 4) + "." + std::to_string(i / 4 % 256));
    table_.add(contact, now_);
    table_.on_answer(contact.id, contact.endpoint, now_);
  }
  EXPECT_LE(table_.size() + table_.replacements(), 60 + 4 * options_.subnet_in_table);
  std::size_t still_live = 0;
  for (const Contact& contact : honest) still_live += table_.closest(contact.id, 1, true)[0].id == contact.id ? 1 : 0;
  EXPECT_EQ(still_live, honest.size());
}

// Dozens of one /24 are near the target, and were here first: of the sixteen nearest, two are theirs.
TEST_F(TableSubnetTest, OneNetworkDoesNotSurroundATarget) {
  const NodeId target = next("9.9.9.1", 256).id;
  for (unsigned i = 0; i < 300; ++i) {
    const Contact contact = next("9.9.9.2");
    if (log_distance(contact.id, target) < 254) table_.add(contact, now_);
  }
  for (unsigned i = 0; i < 60; ++i) table_.add(next("52." + std::to_string(i) + ".0.1"), now_);
  const auto nearest = table_.closest(target, 16, false);
  const auto hostile = std::ranges::count_if(
      nearest, [](const Contact& contact) { return share_subnet(contact.endpoint, endpoint_at("9.9.9.1", 1)); });
  EXPECT_EQ(static_cast<std::size_t>(hostile), options_.subnet_in_bucket);
}

}  // namespace
}  // namespace opwire::discv5
