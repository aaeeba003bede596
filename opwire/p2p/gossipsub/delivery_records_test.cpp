#include "opwire/p2p/gossipsub/delivery_records.hpp"

#include <gtest/gtest.h>

#include "opwire/p2p/gossipsub/score_for_test.hpp"

namespace opwire::gossipsub {
namespace {

using namespace std::chrono_literals;
using test::message_id;
using test::peer_id;
using Repeat = DeliveryRecords::Repeat;
using Peers = std::vector<PeerId>;

constexpr TimePoint kStart{1h};
constexpr Duration kWindow = 10ms;

DeliveryRecords records(std::size_t capacity = 100) {
  return {120s, capacity, KeyedHash(1, 2)};
}

TEST(DeliveryRecords, ThoseWhoBroughtItWhilePendingEachOnceTheFirstInFront) {
  auto r = records();
  r.begin(message_id(1), peer_id(3), kStart);
  EXPECT_EQ(r.repeat(message_id(1), peer_id(2), kWindow, kStart + 60s), Repeat::kNoted);
  EXPECT_EQ(r.repeat(message_id(1), peer_id(2), kWindow, kStart + 60s), Repeat::kNothing);
  EXPECT_EQ(r.repeat(message_id(1), peer_id(3), kWindow, kStart + 60s), Repeat::kNothing);
  EXPECT_EQ(r.accept(message_id(1), kStart + 60s), (Peers{peer_id(3), peer_id(2)}));
}

TEST(DeliveryRecords, NearWithinTheWindowOncePerPeer) {
  auto r = records();
  r.begin(message_id(1), peer_id(1), kStart);
  r.accept(message_id(1), kStart + 1s);
  EXPECT_EQ(r.repeat(message_id(1), peer_id(2), kWindow, kStart + 1s), Repeat::kNear);
  EXPECT_EQ(r.repeat(message_id(1), peer_id(2), kWindow, kStart + 1s), Repeat::kNothing);
  EXPECT_EQ(r.repeat(message_id(1), peer_id(1), kWindow, kStart + 1s), Repeat::kNothing);
  EXPECT_EQ(r.repeat(message_id(1), peer_id(3), kWindow, kStart + 1s + kWindow), Repeat::kNear);
  EXPECT_EQ(r.repeat(message_id(1), peer_id(4), kWindow, kStart + 1s + kWindow + 1ns), Repeat::kNothing);
}

TEST(DeliveryRecords, OfARejectedMessageEachRepeatIsInvalid) {
  auto r = records();
  r.begin(message_id(1), peer_id(1), kStart);
  r.repeat(message_id(1), peer_id(2), kWindow, kStart);
  EXPECT_EQ(r.reject(message_id(1)), (Peers{peer_id(1), peer_id(2)}));
  for (int i = 0; i < 2; ++i) {
    EXPECT_EQ(r.repeat(message_id(1), peer_id(1), kWindow, kStart + 60s), Repeat::kInvalid);
    EXPECT_EQ(r.repeat(message_id(1), peer_id(3), kWindow, kStart + 60s), Repeat::kInvalid);
  }
}

TEST(DeliveryRecords, OfAnIgnoredMessageNothingCounts) {
  auto r = records();
  r.begin(message_id(1), peer_id(1), kStart);
  r.ignore(message_id(1));
  EXPECT_EQ(r.repeat(message_id(1), peer_id(2), kWindow, kStart), Repeat::kNothing);
}

TEST(DeliveryRecords, OneEndOnly) {
  auto r = records();
  r.begin(message_id(1), peer_id(1), kStart);
  r.accept(message_id(1), kStart);
  EXPECT_EQ(r.accept(message_id(1), kStart), Peers{});
  EXPECT_EQ(r.reject(message_id(1)), Peers{});
  r.ignore(message_id(1));
  EXPECT_EQ(r.repeat(message_id(1), peer_id(2), kWindow, kStart), Repeat::kNear);
}

TEST(DeliveryRecords, UnknownMessagesLeaveNoTrace) {
  auto r = records();
  EXPECT_EQ(r.repeat(message_id(1), peer_id(1), kWindow, kStart), Repeat::kNothing);
  EXPECT_EQ(r.accept(message_id(1), kStart), Peers{});
  EXPECT_EQ(r.reject(message_id(1)), Peers{});
  r.ignore(message_id(1));
  EXPECT_EQ(r.size(), 0u);
}

TEST(DeliveryRecords, ForgetsAfterItsTime) {
  auto r = records();
  r.begin(message_id(1), peer_id(1), kStart);
  r.begin(message_id(2), peer_id(1), kStart + 1s);
  r.reject(message_id(1));
  r.expire(kStart + 120s - 1ns);
  EXPECT_EQ(r.size(), 2u);
  r.expire(kStart + 120s);
  EXPECT_EQ(r.size(), 1u);
  EXPECT_EQ(r.repeat(message_id(1), peer_id(2), kWindow, kStart + 120s), Repeat::kNothing);
  EXPECT_EQ(r.repeat(message_id(2), peer_id(2), kWindow, kStart + 120s), Repeat::kNoted);
}

TEST(DeliveryRecords, BeginsAnew) {
  auto r = records();
  r.begin(message_id(1), peer_id(1), kStart);
  r.accept(message_id(1), kStart);
  r.begin(message_id(1), peer_id(2), kStart + 60s);
  EXPECT_EQ(r.size(), 1u);
  EXPECT_EQ(r.accept(message_id(1), kStart + 60s), Peers{peer_id(2)});
}

TEST(DeliveryRecords, TheOldestMessageGoesWhenThereAreTooMany) {
  auto r = records(3);
  for (unsigned i = 1; i <= 4; ++i) r.begin(message_id(i), peer_id(1), kStart);
  EXPECT_EQ(r.size(), 3u);
  EXPECT_EQ(r.accept(message_id(1), kStart), Peers{});
  EXPECT_EQ(r.accept(message_id(2), kStart), Peers{peer_id(1)});
}

TEST(DeliveryRecords, BringersAreBoundedToo) {
  auto r = records(3);
  r.begin(message_id(1), peer_id(1), kStart);
  r.begin(message_id(2), peer_id(1), kStart);
  EXPECT_EQ(r.repeat(message_id(2), peer_id(2), kWindow, kStart), Repeat::kNoted);
  EXPECT_EQ(r.size(), 2u);
  EXPECT_EQ(r.repeat(message_id(2), peer_id(3), kWindow, kStart), Repeat::kNoted);
  EXPECT_EQ(r.accept(message_id(1), kStart), Peers{});
  // Even the one that is brought once too often.
  EXPECT_EQ(r.repeat(message_id(2), peer_id(4), kWindow, kStart), Repeat::kNoted);
  EXPECT_EQ(r.size(), 0u);
  // An end frees the room of those who brought it.
  r.begin(message_id(3), peer_id(1), kStart);
  r.repeat(message_id(3), peer_id(2), kWindow, kStart);
  r.repeat(message_id(3), peer_id(3), kWindow, kStart);
  r.reject(message_id(3));
  r.begin(message_id(4), peer_id(1), kStart);
  r.repeat(message_id(4), peer_id(2), kWindow, kStart);
  r.repeat(message_id(4), peer_id(3), kWindow, kStart);
  EXPECT_EQ(r.size(), 2u);
}

}  // namespace
}  // namespace opwire::gossipsub
