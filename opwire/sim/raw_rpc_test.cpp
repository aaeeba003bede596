#include "opwire/sim/raw_rpc.hpp"

#include <gtest/gtest.h>

#include "opwire/p2p/gossipsub/rpc.hpp"

namespace opwire::sim {
namespace {

std::size_t count(gossipsub::IdList ids) {
  std::size_t n = 0;
  while (ids.next()) ++n;
  return n;
}

TEST(RawRpc, SaysWhatItWasTold) {
  const std::vector<Bytes> ids{Bytes(20, 1), Bytes(20, 2)};
  const Bytes rpc = RawRpc()
                        .subscribe("a")
                        .subscribe("b", false)
                        .message("a", as_bytes("data"))
                        .graft("a")
                        .prune("b", 60)
                        .ihave("a", ids)
                        .iwant(ids)
                        .idontwant(ids)
                        .build();
  gossipsub::RpcView view;
  ASSERT_TRUE(gossipsub::parse_rpc(rpc, gossipsub::RpcLimits{}, view));
  ASSERT_EQ(view.subscriptions.size(), 2u);
  EXPECT_TRUE(view.subscriptions[0].subscribe);
  EXPECT_FALSE(view.subscriptions[1].subscribe);
  ASSERT_EQ(view.messages.size(), 1u);
  EXPECT_EQ(as_text(view.messages[0].data), "data");
  EXPECT_EQ(view.messages[0].topic, "a");
  EXPECT_EQ(view.graft.size(), 1u);
  ASSERT_EQ(view.prune.size(), 1u);
  EXPECT_EQ(view.prune[0].backoff_seconds, 60u);
  ASSERT_EQ(view.ihave.size(), 1u);
  EXPECT_EQ(count(view.ihave[0].ids), 2u);
  ASSERT_EQ(view.iwant.size(), 1u);
  EXPECT_EQ(count(view.iwant[0]), 2u);
  ASSERT_EQ(view.idontwant.size(), 1u);
}

TEST(RawRpc, EmptyIsNothing) {
  EXPECT_TRUE(RawRpc().build().empty());
}

}  // namespace
}  // namespace opwire::sim
