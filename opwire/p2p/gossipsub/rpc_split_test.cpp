// Control of any size, split: nothing is lost, and each part is one that peers take.
#include <gtest/gtest.h>

#include "opwire/p2p/gossipsub/router_for_test.hpp"

namespace opwire::gossipsub {
namespace {

/// Control made by chance, put into a queue; remembers what.
class Everything {
 public:
  explicit Everything(std::uint64_t seed) : rng_(seed) {
    for (std::uint64_t n = rng_.below(300); n > 0; --n) add_one();
  }
  OutboundQueue queue{OutboundLimits{}};
  std::map<std::string, bool> subscriptions, grafts;  // the last word on a topic
  std::map<std::string, std::vector<MessageId>> ihave;
  std::vector<MessageId> iwant, idontwant;

 private:
  std::string topic() { return std::string(1 + rng_.below(200), static_cast<char>('a' + rng_.below(26))); }
  MessageId id() { return MessageId::from(test::noise(1 + rng_.below(MessageId::kMaxSize), ++number_)).value(); }
  std::vector<MessageId> some_ids() {
    std::vector<MessageId> ids;
    for (std::uint64_t n = rng_.below(60); n > 0; --n) ids.push_back(id());
    return ids;
  }
  PruneWord word() {
    PruneWord word;
    word.backoff = std::chrono::seconds(60);
    for (std::uint64_t n = rng_.below(17); n > 0; --n) word.peers.push_back(test::noise(rng_.below(500), ++number_));
    return word;
  }
  void add_one() {
    const std::string on = topic();
    switch (rng_.below(6)) {
      case 0:
        queue.subscription(on, subscriptions[on] = rng_.below(2) == 0);
        break;
      case 1:
        queue.graft(on);
        grafts[on] = true;
        break;
      case 2:
        queue.prune(on, word());
        grafts[on] = false;
        break;
      case 3:
        add(ihave[on], some_ids(), [&](const auto& ids) { return queue.ihave(on, ids); });
        break;
      case 4:
        add(iwant, some_ids(), [&](const auto& ids) { return queue.iwant(ids); });
        break;
      default:
        add(idontwant, {id()}, [&](const auto& ids) { return queue.idontwant(ids[0]); });
        break;
    }
  }
  template <class Put>
  void add(std::vector<MessageId>& to, const std::vector<MessageId>& ids, Put put) {
    OPW_CHECK(put(ids) == 0);
    to.insert(to.end(), ids.begin(), ids.end());
  }

  SeededRng rng_;
  std::uint64_t number_ = 0;
};

TEST(RpcSplit, NothingIsLostAndEachPartIsTaken) {
  for (std::uint64_t seed = 0; seed < 30; ++seed) {
    Everything all(seed);
    std::map<std::string, bool> subscriptions, grafts;
    std::map<std::string, std::vector<MessageId>> ihave;
    std::vector<MessageId> iwant, idontwant;
    while (const auto frame = all.queue.pop()) {
      ASSERT_LE(frame->size(), kMaxControlSize + 3) << "seed " << seed;
      RpcView view;
      const Buffer rpc = test::received(*frame);
      ASSERT_TRUE(parse_rpc(rpc, RpcLimits{}, view));
      std::size_t unwanted = 0;
      for (const auto& s : view.subscriptions) EXPECT_TRUE(subscriptions.emplace(s.topic, s.subscribe).second);
      for (const auto topic : view.graft) EXPECT_TRUE(grafts.emplace(topic, true).second);
      for (const auto& prune : view.prune) EXPECT_TRUE(grafts.emplace(prune.topic, false).second);
      const auto append = [](std::vector<MessageId>& to, IdList list) {
        for (const MessageId& id : test::ids_of(list)) to.push_back(id);
      };
      for (const auto& entry : view.ihave) append(ihave[std::string(entry.topic)], entry.ids);
      for (const auto& list : view.iwant) append(iwant, list);
      for (const auto& list : view.idontwant) append(idontwant, list), unwanted += test::ids_of(list).size();
      EXPECT_LE(unwanted, kMaxIdontwantIds);
    }
    std::erase_if(all.ihave, [](const auto& entry) { return entry.second.empty(); });
    EXPECT_EQ(subscriptions, all.subscriptions);
    EXPECT_EQ(grafts, all.grafts);
    EXPECT_EQ(ihave, all.ihave);
    EXPECT_EQ(iwant, all.iwant);
    EXPECT_EQ(idontwant, all.idontwant);
    EXPECT_TRUE(all.queue.empty());
  }
}

// An entry that exceeds the budget alone still gets out, alone.
TEST(RpcSplit, AnyBudgetGetsOn) {
  for (std::size_t budget = 0; budget < 200; ++budget) {
    std::vector<MessageId> ids = test::message_ids(50);
    std::span<const MessageId> rest = ids;
    while (!rest.empty()) {
      ControlRpc rpc(budget);
      const std::size_t taken = rpc.ihave("a topic", rest);
      ASSERT_GT(taken, 0u);
      const Bytes encoded = rpc.finish();
      if (taken > 1) EXPECT_LE(encoded.size(), budget);
      RpcView view;
      ASSERT_TRUE(parse_rpc(encoded, RpcLimits{}, view));
      ASSERT_EQ(test::ids_of(view.ihave.at(0).ids),
                std::vector<MessageId>(rest.begin(), rest.begin() + static_cast<std::ptrdiff_t>(taken)));
      rest = rest.subspan(taken);
    }
    ControlRpc full(budget);
    EXPECT_TRUE(full.graft(std::string(300, 't')));
    EXPECT_FALSE(full.graft("t"));
  }
}

}  // namespace
}  // namespace opwire::gossipsub
