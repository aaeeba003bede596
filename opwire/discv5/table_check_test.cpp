// Whom the table wants checked, and when.
#include <gtest/gtest.h>

#include <map>
#include <set>

#include "opwire/discv5/records_for_test.hpp"
#include "opwire/discv5/table.hpp"

namespace opwire::discv5 {
namespace {

using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;
using test::contact_at;

TableOptions one_a_second() {
  TableOptions options;
  options.check_new = seconds(1);
  return options;
}

class TableCheckTest : public ::testing::Test {
 protected:
  Contact add(unsigned number) {
    const Contact contact = contact_at("52.1." + std::to_string(number) + ".1", 9, number);
    EXPECT_EQ(table_.add(contact, now_), Table::Added::kNew);
    return contact;
  }
  std::vector<Contact> add_live(unsigned count) {
    std::vector<Contact> contacts;
    for (unsigned i = 1; i <= count; ++i) {
      contacts.push_back(add(i));
      answer(contacts.back());
    }
    return contacts;
  }
  void answer(const Contact& contact) { table_.on_answer(contact.id, contact.endpoint, now_); }
  void silence(const Contact& contact) { table_.on_silence(contact.id, now_); }
  /// Goes to when the next check is due.
  std::optional<Contact> wait_for_check() {
    now_ = std::max(now_, table_.next_check_time());
    return table_.next_check(now_);
  }

  TimePoint now_{std::chrono::hours(1)};
  SeededRng rng_{5};
  Table table_{contact_at("52.0.0.1", 9, 1'000'000).id, one_a_second(), rng_};
};

TEST_F(TableCheckTest, AnEmptyTableWaitsForEver) {
  EXPECT_EQ(table_.next_check_time(), TimePoint::max());
  EXPECT_FALSE(table_.next_check(now_));
  const Contact contact = add(1);
  table_.remove(contact.id);
  EXPECT_EQ(table_.next_check_time(), TimePoint::max());
}

TEST_F(TableCheckTest, ANewcomerIsCheckedAtOnceAndOneEverySecond) {
  std::set<NodeId> left;
  for (unsigned i = 1; i <= 5; ++i) left.insert(add(i).id);
  const TimePoint start = now_;
  EXPECT_LE(table_.next_check_time(), now_);
  for (unsigned i = 0; i < 5; ++i) {
    const auto contact = wait_for_check();
    ASSERT_TRUE(contact);
    EXPECT_EQ(now_, start + seconds(i));
    EXPECT_EQ(left.erase(contact->id), 1u) << "nobody twice while it is waited for";
    EXPECT_FALSE(table_.next_check(now_));
    EXPECT_FALSE(table_.next_check(now_ + milliseconds(999)));
  }
}

TEST_F(TableCheckTest, ACheckNobodyReportsOnIsForgottenAfterHalfAMinute) {
  add(1);
  const TimePoint start = now_;
  ASSERT_TRUE(wait_for_check());
  EXPECT_EQ(table_.next_check_time(), start + seconds(30));
  EXPECT_FALSE(table_.next_check(start + seconds(29)));
  EXPECT_TRUE(table_.next_check(start + seconds(30)));
}

TEST_F(TableCheckTest, NewOnesAreChosenByChance) {
  std::set<NodeId> first;
  for (unsigned seed = 0; seed < 40; ++seed) {
    SeededRng rng(seed);
    Table table(contact_at("52.0.0.1", 9, 1'000'000).id, one_a_second(), rng);
    for (unsigned i = 1; i <= 4; ++i) table.add(contact_at("52.1." + std::to_string(i) + ".1", 9, i), now_);
    first.insert(table.next_check(now_)->id);
  }
  EXPECT_EQ(first.size(), 4u);
}

TEST_F(TableCheckTest, WhoAnsweredRestsForTenSeconds) {
  const auto live = add_live(1);
  const TimePoint start = now_;
  EXPECT_EQ(table_.next_check_time(), start + seconds(10));
  now_ += seconds(7);
  answer(live[0]);
  EXPECT_EQ(table_.next_check_time(), start + seconds(17)) << "whatever it answered to";
}

// Each in its turn: in a hundred rounds everybody answers once, ten seconds apart.
TEST_F(TableCheckTest, LiveNodesAreCheckedOneAfterAnother) {
  const unsigned count = 40;
  add_live(count);
  const TimePoint start = now_;
  std::map<NodeId, unsigned> times;
  for (unsigned i = 1; i <= 3 * count; ++i) {
    const auto contact = wait_for_check();
    ASSERT_TRUE(contact);
    EXPECT_EQ(now_, start + i * seconds(10));
    ++times[contact->id];
    now_ += milliseconds(50);
    answer(*contact);
    now_ -= milliseconds(50);
  }
  EXPECT_EQ(times.size(), count);
  for (const auto& [id, n] : times) EXPECT_EQ(n, 3u);
}

TEST_F(TableCheckTest, WhoWasSilentIsAskedAgainSoonAndNotAtOnce) {
  const auto live = add_live(20);
  for (int i = 0; i < 8; ++i) answer(live[4]);
  now_ += seconds(3);
  silence(live[4]);  // of nine answers three are left
  const TimePoint start = now_;
  unsigned checks = 0;
  while (true) {
    const auto contact = wait_for_check();
    ASSERT_TRUE(contact);
    ASSERT_LT(now_, start + seconds(12));
    if (contact->id == live[4].id) break;
    answer(*contact);
    ++checks;
  }
  EXPECT_GE(now_, start + seconds(10));
  EXPECT_LE(checks, 1u) << "out of its turn";
  answer(live[4]);
  EXPECT_EQ(table_.live(), 20u);
}

TEST_F(TableCheckTest, NewOnesDoNotKeepTheLiveOnesWaiting) {
  const auto live = add_live(3);
  for (unsigned i = 100; i < 120; ++i) add(i);
  const TimePoint start = now_;
  std::set<NodeId> checked;
  while (now_ < start + seconds(35)) {
    if (const auto contact = wait_for_check()) checked.insert(contact->id);
  }
  for (const Contact& contact : live) EXPECT_TRUE(checked.contains(contact.id));
}

TEST_F(TableCheckTest, WhoMovedIsCheckedAsANewcomer) {
  add_live(1);
  const TimePoint start = now_;
  const Contact moved = contact_at("52.9.9.9", 9, 1, 2);
  EXPECT_EQ(table_.add(moved, now_), Table::Added::kUpdated);
  EXPECT_EQ(table_.next_check_time(), start);
  EXPECT_EQ(table_.next_check(now_)->endpoint, moved.endpoint);
}

// A node that stays away is gone after a minute, however long it was there.
TEST_F(TableCheckTest, TheDeadGo) {
  const auto live = add_live(10);
  for (int i = 0; i < 1000; ++i) {
    for (const Contact& contact : live) answer(contact);
  }
  const TimePoint start = now_;
  while (table_.size() > 0) {
    const auto contact = wait_for_check();
    ASSERT_TRUE(contact);
    silence(*contact);
  }
  EXPECT_GT(now_, start + seconds(50));
  EXPECT_LT(now_, start + minutes(4));
}

TEST_F(TableCheckTest, ATimeIsWhatItPromises) {
  for (unsigned i = 1; i <= 30; ++i) add(i);
  unsigned checks = 0;
  for (unsigned step = 0; step < 5000; ++step) {
    const bool is_due = table_.next_check_time() <= now_;
    const auto contact = table_.next_check(now_);
    ASSERT_EQ(contact.has_value(), is_due);
    if (contact) {
      ++checks;
      if (const std::uint64_t what = rng_.below(10); what > 0) {
        answer(*contact);
      } else if (table_.size() > 10) {
        silence(*contact);
      }
    }
    now_ += milliseconds(rng_.below(1000));
  }
  EXPECT_GT(checks, 200u);
  EXPECT_LT(checks, 600u) << "in 2500 s";
}

}  // namespace
}  // namespace opwire::discv5
