#include "opwire/opstack/reputation/journal.hpp"

#include <gtest/gtest.h>

#include <map>

namespace opwire::opstack::reputation {
namespace {

/// A book whose values are asked for under their keys.
struct Book final : JournalSource {
  std::map<std::string, std::uint8_t> values;
  std::optional<Stored> stored(Table, ByteView key) const override {
    const auto found = values.find(std::string(as_text(key)));
    if (found == values.end()) return std::nullopt;
    return Stored{found->second, {found->second}};
  }
};

struct JournalTest : testing::Test {
  Journal journal{3};
  Book scores, bans;
  JournalTest() {
    journal.attach(Table::kScores, scores);
    journal.attach(Table::kPeerBans, bans);
  }
  std::string taken(std::size_t max) {
    std::string all;
    for (const Change& change : journal.take_changes(max)) {
      all += std::to_string(static_cast<int>(change.table)) + std::string(as_text(change.key)) + "=" +
             (change.now ? std::to_string(change.now->value.at(0)) : "gone") + " ";
    }
    return all;
  }
};

TEST_F(JournalTest, AKeyThatChangedOftenIsTakenOnceAsItIsThen) {
  scores.values["a"] = 1;
  journal.note(Table::kScores, as_bytes("a"));
  journal.note(Table::kScores, as_bytes("b"));
  scores.values["a"] = 2;
  journal.note(Table::kScores, as_bytes("a"));
  EXPECT_EQ(journal.waiting(), 2u);
  EXPECT_EQ(taken(10), "0a=2 0b=gone ");
  EXPECT_EQ(taken(10), "");
}

TEST_F(JournalTest, TablesHaveTheirOwnKeys) {
  scores.values["a"] = 1;
  bans.values["a"] = 2;
  journal.note(Table::kPeerBans, as_bytes("a"));
  journal.note(Table::kScores, as_bytes("a"));
  EXPECT_EQ(taken(10), "1a=2 0a=1 ");
}

TEST_F(JournalTest, TheOldestAreTakenFirstAndMayChangeAgain) {
  for (const char* key : {"a", "b", "c"}) journal.note(Table::kScores, as_bytes(key));
  EXPECT_EQ(taken(2), "0a=gone 0b=gone ");
  journal.note(Table::kScores, as_bytes("a"));
  EXPECT_EQ(taken(2), "0c=gone 0a=gone ");
}

TEST_F(JournalTest, IsBounded) {
  for (const char* key : {"a", "b", "c", "d", "a", "e"}) journal.note(Table::kScores, as_bytes(key));
  EXPECT_EQ(journal.waiting(), 3u);
  EXPECT_EQ(journal.lost(), 2u);
  EXPECT_EQ(taken(10), "0a=gone 0b=gone 0c=gone ");
  journal.note(Table::kScores, as_bytes("d"));
  EXPECT_EQ(taken(10), "0d=gone ");
}

}  // namespace
}  // namespace opwire::opstack::reputation
