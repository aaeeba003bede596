#include "opwire/dns_tree/client.hpp"

#include <gtest/gtest.h>

#include "opwire/dns_tree/errors.hpp"
#include "opwire/dns_tree/trees_for_test.hpp"
#include "opwire/runtime/scope.hpp"
#include "opwire/runtime/simulated_loop.hpp"

namespace opwire::dns_tree {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;
using test::ids_of;
using test::link_to;
using test::records_of;
using test::tree_of;
using Records = std::vector<discv5::RecordPtr>;

/// Answers after a while, and remembers when it was asked.
class SlowResolver final : public net::Resolver {
 public:
  explicit SlowResolver(Loop& loop) : loop_(loop) {}
  Task<Result<std::vector<Bytes>>> addresses(std::string name, net::IpFamily family, TimePoint deadline) override {
    return answers.addresses(std::move(name), family, deadline);
  }
  Task<Result<std::vector<std::string>>> texts(std::string name, TimePoint deadline) override {
    asked.push_back(loop_.now());
    const TimePoint answered = std::min(deadline, loop_.now() + delay);
    const bool waited = co_await sleep_until(loop_, answered);
    if (!waited) co_return opwire::errors::kCancelled;
    if (answered == deadline) co_return opwire::errors::kTimeout;
    co_return co_await answers.texts(std::move(name), deadline);
  }

  net::StaticResolver answers;
  Duration delay = std::chrono::milliseconds(20);
  std::vector<TimePoint> asked;

 private:
  Loop& loop_;
};

class TreeClientTest : public testing::Test {
 protected:
  void publish(const MadeTree& tree) {
    for (const auto& [name, text] : tree.texts) resolver.answers.add_text(name, text);
  }
  void begin(std::vector<Link> links) { client = std::move(*TreeClient::make(loop, rng, resolver, std::move(links))); }
  Records next(std::size_t max, Duration patience) {
    auto found = loop.run(client->next(max, loop.now() + patience));
    EXPECT_TRUE(found);
    return std::move(*found);
  }

  SimulatedLoop loop;
  SeededRng rng{1};
  SlowResolver resolver{loop};
  std::unique_ptr<TreeClient> client;
};

TEST_F(TreeClientTest, GivesSomeMoreUntilNothingIsLeft) {
  publish(tree_of("a", records_of(1, 20), {link_to("b")}));
  publish(tree_of("b", records_of(21, 20), {link_to("a")}));
  begin({link_to("a")});
  Records all;
  for (const std::size_t count : {16u, 16u, 8u, 0u}) {
    const Records some = next(16, minutes(1));
    EXPECT_EQ(some.size(), count);
    all.insert(all.end(), some.begin(), some.end());
  }
  EXPECT_EQ(ids_of(all), ids_of(records_of(1, 40)));
  EXPECT_GT(client->next_check(), loop.now() + minutes(29));
}

TEST_F(TreeClientTest, AsksNoMoreThanItHasTo) {
  publish(tree_of("a", records_of(1, 100)));
  begin({link_to("a")});
  EXPECT_TRUE(next(0, minutes(1)).empty());
  EXPECT_TRUE(resolver.asked.empty());
  EXPECT_EQ(next(1, minutes(1)).size(), 1u);
  EXPECT_LT(resolver.asked.size(), 20u);
}

TEST_F(TreeClientTest, AsksThreeTimesASecond) {
  publish(tree_of("a", records_of(1, 60)));
  begin({link_to("a")});
  EXPECT_EQ(next(60, minutes(2)).size(), 60u);
  ASSERT_GT(resolver.asked.size(), 60u);
  for (std::size_t i = 0; i + 6 < resolver.asked.size(); ++i) {
    EXPECT_GE(resolver.asked[i + 6] - resolver.asked[i], seconds(1)) << i;
  }
  EXPECT_LT(resolver.asked.back() - resolver.asked.front(), seconds(25));
}

TEST_F(TreeClientTest, TheDeadlineEndsItAndLosesNothing) {
  publish(tree_of("a", records_of(1, 20)));
  begin({link_to("a")});
  resolver.delay = seconds(1);
  const TimePoint began = loop.now();
  std::size_t found = next(100, std::chrono::milliseconds(4500)).size();
  EXPECT_EQ(loop.now() - began, std::chrono::milliseconds(4500));
  EXPECT_LE(found, 3u);
  EXPECT_EQ(client->forest().counts().no_answers, 0u) << "it was us who had no patience";
  found += next(100, minutes(2)).size();
  EXPECT_EQ(found, 20u);
}

TEST_F(TreeClientTest, ANameThatDoesNotResolve) {
  begin({link_to("nowhere")});
  EXPECT_TRUE(next(5, minutes(1)).empty());
  EXPECT_EQ(resolver.asked.size(), 1u);
  EXPECT_EQ(client->forest().counts().no_answers, 1u);
  EXPECT_GT(client->next_check(), loop.now());
  loop.run_until(client->next_check());
  publish(tree_of("nowhere", records_of(1, 2)));
  EXPECT_EQ(next(5, minutes(1)).size(), 2u);
}

TEST_F(TreeClientTest, AResolverThatDoesNotAnswer) {
  begin({link_to("a")});
  resolver.delay = minutes(5);
  const TimePoint began = loop.now();
  EXPECT_TRUE(next(5, minutes(1)).empty());
  EXPECT_EQ(loop.now() - began, kQuestionPatience);
}

Task<void> keep(TreeClient& client, TimePoint deadline, std::optional<Result<Records>>& found) {
  found = co_await client.next(5, deadline);
}

TEST_F(TreeClientTest, CancellationEndsIt) {
  publish(tree_of("a", records_of(1, 20)));
  begin({link_to("a")});
  resolver.delay = seconds(1);
  std::optional<Result<Records>> found;
  Scope scope(loop);
  scope.spawn(keep(*client, loop.now() + minutes(1), found));
  loop.run_for(std::chrono::milliseconds(1500));
  scope.cancel();
  loop.run(scope.join());
  ASSERT_TRUE(found);
  EXPECT_TRUE(found->error().is(opwire::errors::kCancelled));
  EXPECT_EQ(next(100, minutes(2)).size(), 20u);
}

TEST_F(TreeClientTest, TooManyLinks) {
  std::vector<Link> links;
  for (int i = 0; i < 17; ++i) links.push_back(link_to("t" + std::to_string(i)));
  EXPECT_TRUE(TreeClient::make(loop, rng, resolver, links).error().is(errors::kTooManyTrees));
}

}  // namespace
}  // namespace opwire::dns_tree
