#include "opwire/opstack/follow/follow_source.hpp"

#include <gtest/gtest.h>

#include <boost/json/parse.hpp>

#include "opwire/codec/hex.hpp"
#include "opwire/opstack/follow/errors.hpp"
#include "opwire/rpc/scripted_caller_for_test.hpp"
#include "opwire/runtime/scope.hpp"
#include "opwire/runtime/simulated_loop.hpp"

namespace opwire::opstack {
namespace {

using std::chrono::seconds;

template <class T>
testing::AssertionResult is_error(const Result<T>& result, const ErrorKind& kind) {
  if (!result && result.error().is(kind)) return testing::AssertionSuccess();
  return testing::AssertionFailure() << (result ? "no error" : result.error().message());
}

Hash256 hash_of(std::uint64_t number, std::uint8_t branch = 1) {
  Hash256 hash;
  hash.bytes[0] = branch;
  store_be(hash.bytes.data() + 24, number);
  return hash;
}

L2BlockRef ref_of(std::uint64_t number, std::uint8_t branch = 1) {
  L2BlockRef ref;
  ref.hash = hash_of(number, branch);
  ref.number.value = number;
  ref.parent_hash = hash_of(number - 1, branch);
  ref.timestamp = 1'700'000'000 + 2 * number;
  ref.l1_origin = {hash_of(number / 6, 0x11), BlockNumber{number / 6}};
  ref.sequence_number = number % 6;
  return ref;
}

std::string text_of(const L2BlockRef& ref) {
  const auto hex = [](const Hash256& hash) { return codec::to_hex0x(hash.view()); };
  return R"({"hash":")" + hex(ref.hash) + R"(","number":)" + std::to_string(ref.number.value) + R"(,"parentHash":")" +
         hex(ref.parent_hash) + R"(","timestamp":)" + std::to_string(ref.timestamp) + R"(,"l1origin":{"hash":")" +
         hex(ref.l1_origin.hash) + R"(","number":)" + std::to_string(ref.l1_origin.number.value) +
         R"(},"sequenceNumber":)" + std::to_string(ref.sequence_number) + "}";
}
std::string status_text(const L2BlockRef& safe, const L2BlockRef& finalized) {
  return R"({"current_l1":{},"unsafe_l2":)" + text_of(ref_of(1000)) + R"(,"safe_l2":)" + text_of(safe) +
         R"(,"finalized_l2":)" + text_of(finalized) + R"(,"queued_unsafe_l2":null})";
}

TEST(SyncStatus, ReadsWhatOpNodeWrites) {
  const auto status = parse_sync_status(status_text(ref_of(20), ref_of(10)));
  ASSERT_TRUE(status) << status.error().message();
  EXPECT_EQ(status->safe, ref_of(20));
  EXPECT_EQ(status->finalized, ref_of(10));
}

TEST(SyncStatus, EveryFieldIsNeeded) {
  const boost::json::value good = boost::json::parse(status_text(ref_of(20), ref_of(10)));
  for (const char* block : {"safe_l2", "finalized_l2"}) {
    for (const char* field : {"hash", "number", "parentHash", "timestamp", "l1origin", "sequenceNumber"}) {
      for (const boost::json::value& bad :
           {boost::json::value(nullptr), boost::json::value(-1), boost::json::value(1.5), boost::json::value("0x12"),
            boost::json::value("12")}) {
        boost::json::value changed = good;
        changed.at(block).as_object()[field] = bad;
        EXPECT_TRUE(is_error(parse_sync_status(changed), errors::kFollowAnswer)) << block << " " << field;
        changed.at(block).as_object().erase(field);
        EXPECT_TRUE(is_error(parse_sync_status(changed), errors::kFollowAnswer)) << block << " " << field;
      }
    }
  }
  for (const char* text : {"", "null", "[]", "7", "{}", "{\"safe_l2\":[]}"}) {
    EXPECT_TRUE(is_error(parse_sync_status(std::string_view(text)), errors::kFollowAnswer)) << text;
  }
}

struct World {
  World() {
    caller.on("optimism_syncStatus", [this](const boost::json::array&) -> Result<rpc::Reply> {
      if (away) return rpc::errors::kHttpStatus;
      return rpc::Reply(boost::json::parse(status_text(safe, finalized)));
    });
  }
  ~World() {
    scope.cancel();
    loop.run(scope.join());
  }
  static Task<Result<std::optional<Hash256>>> look(Result<std::optional<Hash256>> answer) { co_return answer; }
  FollowSource::BlockLookup own_chain() {
    return [this](BlockNumber number) {
      std::optional<Hash256> hash;
      if (number.value <= own_head) hash = hash_of(number.value, own_branch);
      if (engine_away) return look(rpc::errors::kHttpStatus);
      return look(hash);
    };
  }
  FollowSource::BlockLookup l1_chain() {
    return [this](BlockNumber number) { return look(std::optional<Hash256>(hash_of(number.value, l1_branch))); };
  }
  FollowSource::OnFollowed keep() {
    return [this](const L2BlockRef& a, const L2BlockRef& b) { followed.push_back({a, b}); };
  }
  Result<void> poll() { return loop.run(source.poll()); }

  SimulatedLoop loop;
  rpc::ScriptedCaller caller;
  L2BlockRef safe = ref_of(20), finalized = ref_of(10);
  bool away = false, engine_away = false;
  std::uint64_t own_head = 100;
  std::uint8_t own_branch = 1, l1_branch = 0x11;
  std::vector<FollowedStatus> followed;
  FollowSource source{loop, caller, FollowOptions(), own_chain(), l1_chain(), keep()};
  Scope scope{loop};
};

TEST(FollowSource, HandsOnWhatItIsToldEachTime) {
  World world;
  world.scope.spawn(world.source.run());
  world.loop.run_for(seconds(7));
  EXPECT_EQ(world.caller.calls().size(), 4U);
  ASSERT_EQ(world.followed.size(), 4U);
  EXPECT_EQ(world.followed[0], (FollowedStatus{ref_of(20), ref_of(10)}));
  EXPECT_EQ(world.followed[3], world.followed[0]) << "the driver may have had no use for it before";
  world.safe = ref_of(21);
  world.loop.run_for(seconds(2));
  ASSERT_EQ(world.followed.size(), 5U);
  EXPECT_EQ(world.followed[4].safe, ref_of(21));
}

TEST(FollowSource, BacksOffWhileTheNodeIsAway) {
  World world;
  world.away = true;
  world.scope.spawn(world.source.run());
  world.loop.run_for(seconds(63));  // at 0, 4, 12, 28, 60
  EXPECT_EQ(world.caller.calls().size(), 5U);
  world.loop.run_for(std::chrono::minutes(10));
  EXPECT_EQ(world.caller.calls().size(), 15U) << "once a minute";
  world.away = false;
  const log::Capture capture;
  world.loop.run_for(seconds(60));
  EXPECT_GE(world.followed.size(), 1U);
  EXPECT_NE(capture.text().find("answers again"), std::string::npos);
  const std::size_t calls = world.caller.calls().size();
  world.loop.run_for(seconds(20));
  EXPECT_EQ(world.caller.calls().size(), calls + 10) << "at its interval again";
}

TEST(FollowSource, AConflictIsWarnedOfAndFollowed) {
  World world;
  world.own_branch = 2;
  const log::Capture capture;
  EXPECT_TRUE(world.poll());
  EXPECT_EQ(world.followed.size(), 1U);
  for (const std::uint8_t branch : {1, 2}) {
    EXPECT_NE(capture.text().find(codec::to_hex0x(hash_of(20, branch).view())), std::string::npos) << capture.text();
  }
}

TEST(FollowSource, WhatWeDoNotHaveIsNoConflict) {
  World world;
  world.own_branch = 2;
  world.own_head = 19;
  const log::Capture capture;
  EXPECT_TRUE(world.poll());
  world.engine_away = true;
  world.safe = ref_of(30);
  EXPECT_TRUE(world.poll());
  EXPECT_EQ(world.followed.size(), 2U);
  EXPECT_EQ(capture.text(), "");
}

TEST(FollowSource, FinalizedAheadOfSafeIsDropped) {
  World world;
  world.finalized = ref_of(21);
  EXPECT_TRUE(is_error(world.poll(), errors::kFollowOrder));
  EXPECT_TRUE(world.followed.empty());
}

TEST(FollowSource, AnotherL1IsDropped) {
  World world;
  world.l1_branch = 0x12;
  EXPECT_TRUE(is_error(world.poll(), errors::kFollowL1));
  EXPECT_TRUE(world.followed.empty());
  FollowSource without(world.loop, world.caller, FollowOptions(), world.own_chain(), nullptr, world.keep());
  EXPECT_TRUE(world.loop.run(without.poll()));
}

TEST(FollowSource, FinalBlocksStayFinal) {
  World world;
  EXPECT_TRUE(world.poll());
  world.finalized = ref_of(10, 2);
  EXPECT_TRUE(is_error(world.poll(), errors::kFollowFinalized));
  world.finalized = ref_of(5);
  world.safe = ref_of(8);
  EXPECT_TRUE(is_error(world.poll(), errors::kFollowFinalized));
  world.safe = ref_of(15, 2);
  EXPECT_TRUE(world.poll()) << "safe blocks above it may change, and a node that starts again knows less";
  EXPECT_EQ(world.followed.size(), 2U);
}

TEST(FollowSource, ANodeThatKnowsNothingYet) {
  World world;
  world.safe = world.finalized = L2BlockRef();
  EXPECT_TRUE(is_error(world.poll(), errors::kFollowNothing));
  world.caller.on("optimism_syncStatus", "{}");
  EXPECT_TRUE(is_error(world.poll(), errors::kFollowAnswer));
  const rpc::Failure failure{-32000, "not ready", {}};
  world.caller.on("optimism_syncStatus",
                  [&](const boost::json::array&) -> Result<rpc::Reply> { return rpc::Reply(failure); });
  EXPECT_TRUE(is_error(world.poll(), errors::kFollowRefused));
}

}  // namespace
}  // namespace opwire::opstack
