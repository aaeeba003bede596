#include "opwire/rpc/subscriptions.hpp"

#include <gtest/gtest.h>

namespace opwire::rpc {
namespace {

std::string notification(const std::string& inside) {
  return R"({"jsonrpc":"2.0","method":"opwire_subscription","params":{"subscription":)" + inside + "}}";
}

struct Client {
  explicit Client(const SubscriptionLimits& limits = SubscriptionLimits()) : set(limits, [this] { ++woken; }) {}
  int woken = 0;
  SubscriptionSet set;
};

TEST(Subscriptions, NewsGoToWhoeverSubscribed) {
  Channel blocks;
  Channel heads;
  Client one;
  Client two;
  EXPECT_FALSE(blocks.has_subscribers());
  EXPECT_EQ(one.set.add(blocks).value(), "0x1");
  EXPECT_EQ(one.set.add(heads).value(), "0x2");
  EXPECT_EQ(two.set.add(blocks).value(), "0x1");
  one.set.activate();
  two.set.activate();
  blocks.publish("1");
  heads.publish("{}");
  EXPECT_EQ(one.set.next(), notification(R"("0x1","result":1)"));
  EXPECT_EQ(one.set.next(), notification(R"("0x2","result":{})"));
  EXPECT_EQ(one.set.next(), "");
  EXPECT_EQ(two.set.next(), notification(R"("0x1","result":1)"));
  EXPECT_EQ(two.set.next(), "");
  EXPECT_EQ(one.woken, 2);
}

TEST(Subscriptions, NothingComesBeforeTheIdIsKnown) {
  Channel blocks;
  Client client;
  ASSERT_TRUE(client.set.add(blocks));
  blocks.publish("1");
  EXPECT_EQ(client.set.next(), "");
  client.set.activate();
  blocks.publish("2");
  EXPECT_EQ(client.set.next(), notification(R"("0x1","result":2)"));
}

TEST(Subscriptions, ASlowReaderIsToldHowMuchItMissed) {
  SubscriptionLimits limits;
  limits.max_queued = 1000;
  Channel blocks;
  Client client(limits);
  ASSERT_TRUE(client.set.add(blocks));
  client.set.activate();
  const std::string news = "\"" + std::string(298, 'x') + "\"";
  for (int i = 0; i < 10; ++i) blocks.publish(news);
  EXPECT_LE(client.set.queued_bytes(), 1000u);
  EXPECT_EQ(client.set.next(), notification("\"0x1\",\"result\":" + news));
  blocks.publish("7");
  EXPECT_EQ(client.set.next(), notification("\"0x1\",\"result\":" + news));
  EXPECT_EQ(client.set.next(), notification(R"("0x1","leftOut":8,"result":7)"));
  blocks.publish("8");
  EXPECT_EQ(client.set.next(), notification(R"("0x1","result":8)"));
  EXPECT_EQ(client.set.queued_bytes(), 0u);
}

TEST(Subscriptions, ALongOneGoesAlone) {
  SubscriptionLimits limits;
  limits.max_queued = 1000;
  Channel blocks;
  Client client(limits);
  ASSERT_TRUE(client.set.add(blocks));
  client.set.activate();
  blocks.publish("\"" + std::string(5000, 'x') + "\"");
  blocks.publish("1");
  EXPECT_GT(client.set.next().size(), 5000u);
  EXPECT_EQ(client.set.next(), "");
}

TEST(Subscriptions, EndByTheirIdOrWithTheirClient) {
  Channel blocks;
  {
    Client client;
    ASSERT_TRUE(client.set.add(blocks));
    ASSERT_TRUE(client.set.add(blocks));
    client.set.activate();
    blocks.publish("1");
    for (const char* id : {"0x3", "1", "", "0x", "0x1x", "0xffffffffffffffffff"}) EXPECT_FALSE(client.set.remove(id));
    EXPECT_TRUE(client.set.remove("0x1"));
    EXPECT_FALSE(client.set.remove("0x1"));
    EXPECT_EQ(client.set.next(), notification(R"("0x2","result":1)")) << "what waits of an ended one is dropped";
    EXPECT_EQ(blocks.subscribers(), 1u);
  }
  EXPECT_FALSE(blocks.has_subscribers());
}

TEST(Subscriptions, AreFewForEachClient) {
  Channel blocks;
  Client client;
  for (int i = 0; i < 16; ++i) ASSERT_TRUE(client.set.add(blocks));
  EXPECT_EQ(client.set.add(blocks).error().message, "too many subscriptions");
}

}  // namespace
}  // namespace opwire::rpc
