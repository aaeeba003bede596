#include "opwire/dns_tree/forest.hpp"

#include <gtest/gtest.h>

#include "opwire/discv5/errors.hpp"
#include "opwire/dns_tree/errors.hpp"
#include "opwire/dns_tree/trees_for_test.hpp"
#include "opwire/dns_tree/vectors_for_test.hpp"

namespace opwire::dns_tree {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;
using test::ids_of;
using test::link_to;
using test::record_of;
using test::records_of;
using test::tree_of;

class ForestTest : public testing::Test {
 protected:
  void publish(const MadeTree& tree) {
    for (const auto& [name, text] : tree.texts) zone[name] = text;
  }
  /// Signed like the others, but with entries as they are given; they are named by their own texts. e, l: entries.
  void publish_by_hand(std::string_view domain, const std::vector<std::string>& entries, std::string_view e,
                       std::string_view l, std::uint64_t seq = 1) {
    for (const auto& entry : entries) zone[to_text(hash_of(entry)) + "." + std::string(domain)] = entry;
    Root root;
    root.records = hash_of(e);
    root.links = hash_of(l);
    root.seq = seq;
    zone[std::string(domain)] = sign_root(root, test::key_of(test::kSigner)).value();
  }
  void begin(const std::vector<Link>& links) {
    auto made = Forest::make(links);
    ASSERT_TRUE(made);
    forest.emplace(std::move(*made));
  }
  /// Asks one question and answers it. The record found, or null.
  discv5::RecordPtr step() {
    const auto name = forest->question(now, rng);
    if (!name) return nullptr;
    asked.push_back(*name);
    const auto found = zone.find(*name);
    if (found == zone.end()) {
      forest->on_no_answer(now);
      return nullptr;
    }
    return forest->on_texts(std::vector<std::string>{found->second}, now);
  }
  /// Until nothing is left to ask.
  std::vector<discv5::RecordPtr> exhaust() {
    std::vector<discv5::RecordPtr> records;
    while (forest->has_question(now)) {
      if (auto record = step()) records.push_back(std::move(record));
    }
    return records;
  }
  std::uint64_t failures(const ErrorKind& kind) const {
    const auto found = forest->counts().failures.find(kind.name);
    return found == forest->counts().failures.end() ? 0 : found->second;
  }

  std::map<std::string, std::string> zone;
  std::optional<Forest> forest;
  SeededRng rng{1};
  TimePoint now{std::chrono::hours(1)};
  std::vector<std::string> asked;
};

TEST_F(ForestTest, FindsEveryRecordOnce) {
  const auto records = records_of(1, 60);
  publish(tree_of("n", records));
  begin({link_to("n")});
  EXPECT_EQ(ids_of(exhaust()), ids_of(records));
  EXPECT_EQ(asked.size(), 1 + 60 + 6 + 1u);
  EXPECT_EQ(forest->counts().records, 60u);
  EXPECT_TRUE(forest->counts().failures.empty());
  EXPECT_EQ(forest->next_check(), now + kRecheck);
}

TEST_F(ForestTest, TheOrderIsOfChance) {
  publish(tree_of("n", records_of(1, 13)));
  std::vector<std::vector<std::string>> orders;
  for (const std::uint64_t seed : {1, 1, 2}) {
    rng = SeededRng(seed);
    asked.clear();
    begin({link_to("n")});
    (void)exhaust();
    orders.push_back(asked);
  }
  EXPECT_EQ(orders[0], orders[1]);
  EXPECT_NE(orders[0], orders[2]);
}

TEST_F(ForestTest, TheExample) {
  const auto tree = test::published_tree("example");
  const Link link = Link::parse(tree.link).value();
  zone[link.domain()] = tree.root;
  for (const auto& [name, text] : tree.entries) zone[name + "." + link.domain()] = text;
  begin({link});
  EXPECT_EQ(exhaust().size(), 3u);
  EXPECT_TRUE(forest->trees().contains("morenodes.example.org"));
  EXPECT_EQ(forest->counts().no_answers, 1u);
}

TEST_F(ForestTest, FollowsLinksInALoop) {
  const auto records = records_of(1, 30);
  publish(tree_of("a", {records.begin(), records.begin() + 10}, {link_to("b"), link_to("a")}));
  publish(tree_of("b", {records.begin() + 10, records.begin() + 20}, {link_to("c")}));
  publish(tree_of("c", {records.begin() + 20, records.end()}, {link_to("a")}));
  begin({link_to("a")});
  EXPECT_EQ(ids_of(exhaust()), ids_of(records));
  EXPECT_EQ(forest->trees().size(), 3u);
}

TEST_F(ForestTest, ARootIsCheckedAgainAndTheRecordsGoneThroughOnceMore) {
  publish(tree_of("n", records_of(1, 5)));
  begin({link_to("n")});
  EXPECT_EQ(exhaust().size(), 5u);
  now += kRecheck - seconds(1);
  EXPECT_FALSE(forest->has_question(now));
  now += seconds(1);
  publish(tree_of("n", records_of(3, 6), {}, 2));
  EXPECT_EQ(ids_of(exhaust()), ids_of(records_of(3, 6)));
  EXPECT_EQ(forest->trees().at("n").seq(), 2u);
  now += kRecheck;
  EXPECT_EQ(exhaust().size(), 6u);
}

TEST_F(ForestTest, AnOlderRootIsNotTaken) {
  publish(tree_of("n", records_of(1, 5), {}, 7));
  begin({link_to("n")});
  EXPECT_EQ(exhaust().size(), 5u);
  for (const std::uint64_t seq : {6, 7}) {
    publish(tree_of("n", records_of(10, 5), {}, seq));
    now += kRecheck;
    EXPECT_TRUE(exhaust().empty()) << seq;
    EXPECT_EQ(forest->trees().at("n").seq(), 7u);
  }
  EXPECT_EQ(failures(errors::kOldRoot), 2u);
}

TEST_F(ForestTest, LinksThatAreGoneAreForgotten) {
  publish(tree_of("a", records_of(1, 2), {link_to("b")}));
  publish(tree_of("b", records_of(3, 2), {link_to("c")}));
  publish(tree_of("c", records_of(5, 2)));
  publish(tree_of("d", records_of(7, 2)));
  begin({link_to("a")});
  EXPECT_EQ(exhaust().size(), 6u);
  publish(tree_of("a", records_of(1, 2), {link_to("d")}, 2));
  now += kRecheck;
  (void)exhaust();
  EXPECT_EQ(forest->trees().size(), 2u);
  EXPECT_TRUE(forest->trees().contains("d"));
}

TEST_F(ForestTest, ALinkThatIsNotAnsweredForIsKept) {
  publish(tree_of("a", records_of(1, 2), {link_to("b"), link_to("c")}));
  publish(tree_of("b", records_of(3, 2)));
  publish(tree_of("c", records_of(5, 2)));
  begin({link_to("a")});
  EXPECT_EQ(exhaust().size(), 6u);
  const MadeTree next = tree_of("a", records_of(1, 2), {link_to("b"), link_to("d")}, 2);
  publish(next);
  zone.erase(to_text(hash_of(link_to("b").to_text())) + ".a");
  publish(tree_of("d", records_of(7, 2)));
  now += kRecheck;
  (void)exhaust();
  EXPECT_EQ(forest->trees().size(), 4u) << "c as well, for want of knowing better";
  publish(next);
  now += kRecheck;
  (void)exhaust();
  EXPECT_EQ(forest->trees().size(), 3u);
  EXPECT_FALSE(forest->trees().contains("c"));
}

TEST_F(ForestTest, ARootThatDoesNotComeIsAskedForLessAndLess) {
  begin({link_to("n")});
  std::vector<Duration> waits;
  for (int i = 0; i < 10; ++i) {
    EXPECT_EQ(step(), nullptr);
    EXPECT_FALSE(forest->has_question(now));
    waits.push_back(forest->next_check() - now);
    now = forest->next_check();
  }
  EXPECT_EQ(waits[0], seconds(10));
  EXPECT_EQ(waits[1], seconds(20));
  EXPECT_EQ(waits[9], kRecheck);
  EXPECT_EQ(forest->counts().no_answers, 10u);
  publish(tree_of("n", records_of(1, 2)));
  EXPECT_EQ(exhaust().size(), 2u);
}

TEST_F(ForestTest, AForeignSignatureIsNotTaken) {
  const auto tree = make_tree({records_of(1, 2), {}, 1}, "n", test::key_of(5)).value();
  publish(tree);
  begin({link_to("n")});
  EXPECT_TRUE(exhaust().empty());
  EXPECT_EQ(failures(errors::kRootSignature), 1u);
  zone["n"] = "v=spf1 -all";
  now = forest->next_check();
  EXPECT_TRUE(exhaust().empty());
  EXPECT_EQ(failures(errors::kNoRoot), 1u);
}

TEST_F(ForestTest, WhatDoesNotHoldIsPassedOver) {
  const std::string good = record_of(1)->to_text();
  const std::string link = link_to("m").to_text();
  const std::string forged = record_of(2)->to_text();
  const std::string branch =
      to_text(Branch{hash_of(good), hash_of(link), hash_of("enr:-----"), hash_of("foo"), hash_of(forged)});
  const std::string no_links = to_text(Branch{hash_of(good)});
  publish_by_hand("n", {good, link, "enr:-----", "foo", forged, branch, no_links}, branch, no_links);
  zone[to_text(hash_of(forged)) + ".n"] = record_of(3)->to_text();
  begin({link_to("n")});
  EXPECT_EQ(exhaust().size(), 1u);
  EXPECT_EQ(failures(errors::kMisplaced), 2u) << "a link among records, a record among links";
  EXPECT_EQ(failures(errors::kUnknownEntry), 1u);
  EXPECT_EQ(failures(errors::kEntryHash), 1u);
  EXPECT_EQ(failures(discv5::errors::kBadRecordText), 1u);
  EXPECT_EQ(forest->trees().size(), 1u);
}

TEST_F(ForestTest, ABranchThatIsTooLongIsPassedOver) {
  const std::string huge = to_text(Branch(2000, hash_of("x")));
  const std::string none = to_text(Branch{});
  publish_by_hand("n", {huge, none}, huge, none);
  begin({link_to("n")});
  EXPECT_TRUE(exhaust().empty());
  EXPECT_EQ(failures(errors::kTooLong), 1u);
}

TEST_F(ForestTest, AnEntryThatIsTwiceThereIsAskedForOnce) {
  const std::string record = record_of(1)->to_text();
  const std::string inner = to_text(Branch{hash_of(record), hash_of(record)});
  const std::string outer = to_text(Branch{hash_of(inner), hash_of(record), hash_of(inner)});
  const std::string none = to_text(Branch{});
  publish_by_hand("n", {record, inner, outer, none}, outer, none);
  begin({link_to("n")});
  EXPECT_EQ(exhaust().size(), 1u);
  EXPECT_EQ(asked.size(), 5u);
}

TEST_F(ForestTest, DepthIsLimited) {
  for (const unsigned depth : {kMaxDepth, kMaxDepth + 1}) {
    std::vector<std::string> entries{record_of(1)->to_text()};
    for (unsigned i = 0; i < depth; ++i) entries.push_back(to_text(Branch{hash_of(entries.back())}));
    entries.push_back(to_text(Branch{}));
    publish_by_hand("n", entries, entries[depth], entries.back());
    begin({link_to("n")});
    EXPECT_EQ(exhaust().size(), depth == kMaxDepth ? 1u : 0u);
    EXPECT_EQ(failures(errors::kTooDeep), depth == kMaxDepth ? 0u : 1u);
  }
}

TEST_F(ForestTest, EntriesAreLimited) {
  const std::string none = to_text(Branch{});
  const std::string branch = to_text(Branch{hash_of("a"), hash_of("b"), hash_of("c")});
  publish_by_hand("n", {branch, none}, branch, none);
  TreeWalk walk(link_to("n"));
  const auto answer = [&](std::size_t room) {
    return walk.on_texts(std::vector<std::string>{zone.at(walk.question(now, rng))}, now, room);
  };
  EXPECT_TRUE(answer(0)) << "roots are always looked at";
  EXPECT_TRUE(answer(0));
  EXPECT_TRUE(answer(2).error().is(errors::kTooManyEntries));
  EXPECT_EQ(walk.size(), 2 + 2u);
  EXPECT_TRUE(walk.has_question(now)) << "what was taken is gone through";
}

TEST_F(ForestTest, TreesAreLimited) {
  std::vector<Link> links;
  for (int i = 0; i < 40; ++i) links.push_back(link_to("t" + std::to_string(i)));
  publish(tree_of("a", records_of(1, 1), links));
  begin({link_to("a")});
  EXPECT_EQ(exhaust().size(), 1u);
  EXPECT_EQ(forest->trees().size(), kMaxTrees);
  EXPECT_GT(failures(errors::kTooManyTrees), 0u);
}

TEST_F(ForestTest, ADomainHasOneKey) {
  const Link other = make_tree({}, "b", test::key_of(5)).value().link;
  publish(tree_of("a", {}, {other}));
  publish(tree_of("b", records_of(1, 1)));
  begin({link_to("a"), link_to("b")});
  EXPECT_EQ(exhaust().size(), 1u);
  EXPECT_EQ(failures(errors::kLinkKey), 1u);
  EXPECT_EQ(forest->trees().at("b").link(), link_to("b"));
}

TEST_F(ForestTest, BeginsWithAFewLinks) {
  std::vector<Link> links;
  for (std::size_t i = 0; i < kMaxLinks; ++i) links.push_back(link_to("t" + std::to_string(i)));
  links.push_back(links.front());
  EXPECT_TRUE(Forest::make(links));
  links.push_back(link_to("more"));
  EXPECT_TRUE(Forest::make(links).error().is(errors::kTooManyTrees));
  const Link other = make_tree({}, "t0", test::key_of(5)).value().link;
  EXPECT_TRUE(Forest::make({links[0], other}).error().is(errors::kLinkKey));
  begin({});
  EXPECT_FALSE(forest->has_question(now));
  EXPECT_EQ(forest->question(now, rng), std::nullopt);
}

TEST_F(ForestTest, ManyEntriesThatAreGoneBringTheNextCheckForward) {
  publish(tree_of("n", records_of(1, 13)));
  begin({link_to("n")});
  while (asked.size() < 4) (void)step();
  zone.clear();
  publish(tree_of("n", records_of(20, 13), {}, 2));  // the old entries are gone
  (void)exhaust();
  EXPECT_EQ(forest->next_check(), now + kEarlyRecheck);
  now += kEarlyRecheck;
  EXPECT_EQ(ids_of(exhaust()), ids_of(records_of(20, 13)));
}

TEST_F(ForestTest, AnEarlyCheckThatFindsNothingNewBeginsNothingAnew) {
  publish(tree_of("n", records_of(1, 13)));
  begin({link_to("n")});
  while (asked.size() < 4) (void)step();
  const auto whole = zone;
  std::erase_if(zone, [](const auto& entry) { return entry.second.starts_with("enr:"); });
  (void)exhaust();
  EXPECT_EQ(forest->next_check(), now + kEarlyRecheck);
  zone = whole;
  now += kEarlyRecheck;
  EXPECT_TRUE(exhaust().empty());
  EXPECT_EQ(forest->next_check(), now + kRecheck);
  now += kRecheck;
  EXPECT_EQ(exhaust().size(), 13u);
}

TEST_F(ForestTest, EntriesThatDoNotHoldBringNothingForward) {
  std::vector<std::string> entries;
  Branch all;
  for (char c = 'a'; c < 'm'; ++c) {
    entries.emplace_back(1, c);
    all.push_back(hash_of(entries.back()));
  }
  entries.push_back(to_text(all));
  entries.push_back(to_text(Branch{}));
  publish_by_hand("n", entries, to_text(all), entries.back());
  begin({link_to("n")});
  EXPECT_TRUE(exhaust().empty());
  EXPECT_EQ(failures(errors::kUnknownEntry), 12u);
  EXPECT_EQ(forest->next_check(), now + kRecheck);
}

TEST_F(ForestTest, AnEntryThatIsNotAnsweredForIsAskedForAgain) {
  publish(tree_of("n", records_of(1, 1)));
  begin({link_to("n")});
  (void)step();
  (void)step();
  const std::string name = *forest->question(now, rng);
  EXPECT_EQ(*forest->question(now, rng), name) << "not answered at all";
  forest->on_no_answer(now);
  EXPECT_EQ(*forest->question(now, rng), name);
  forest->on_no_answer(now);
  EXPECT_EQ(exhaust().size(), 1u);
  EXPECT_EQ(forest->counts().no_answers, 2u);
}

}  // namespace
}  // namespace opwire::dns_tree
