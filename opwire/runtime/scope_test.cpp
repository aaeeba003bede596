#include "opwire/runtime/scope.hpp"

#include <gtest/gtest.h>

#include <future>

#include "opwire/runtime/mailbox.hpp"
#include "opwire/runtime/reactor.hpp"
#include "opwire/runtime/simulated_loop.hpp"
#include "opwire/runtime/worker_pool.hpp"

namespace opwire {
namespace {

using std::chrono::seconds;

Task<void> wait_and_note(Event& event, std::vector<std::string>& notes) {
  const bool notified = co_await event.wait();
  notes.push_back(notified ? "notified" : "cancelled");
}

TEST(Event, WakesOneOrAllInOrder) {
  SimulatedLoop loop;
  Event event(loop);
  std::vector<std::string> notes;
  Scope scope(loop);
  for (int i = 0; i < 3; ++i) scope.spawn(wait_and_note(event, notes));
  loop.run_for(seconds(1));
  event.notify_one();
  EXPECT_TRUE(notes.empty()) << "never runs inside notify";
  loop.run_for(seconds(1));
  EXPECT_EQ(notes.size(), 1u);
  event.notify_all();
  loop.run(scope.join());
  EXPECT_EQ(notes, (std::vector<std::string>{"notified", "notified", "notified"}));
}

TEST(Scope, CancelWakesChildrenOnceAndTheirLaterWaitsDoNotBlock) {
  SimulatedLoop loop;
  Event event(loop);
  std::vector<std::string> notes;
  Scope scope(loop);
  scope.spawn([](Event& e, std::vector<std::string>& n) -> Task<void> {
    co_await wait_and_note(e, n);
    co_await wait_and_note(e, n);
    const bool slept = co_await sleep_for(e.loop(), std::chrono::hours(1));
    n.push_back(slept ? "slept" : "not slept");
  }(event, notes));
  loop.run_for(seconds(1));
  scope.cancel();
  loop.run(scope.join(), seconds(1));
  EXPECT_EQ(notes, (std::vector<std::string>{"cancelled", "cancelled", "not slept"}));
}

TEST(Scope, CancelBeforeTheFirstTurnAndSpawnAfterCancel) {
  SimulatedLoop loop;
  Event event(loop);
  std::vector<std::string> notes;
  Scope scope(loop);
  scope.spawn(wait_and_note(event, notes));
  scope.cancel();
  scope.spawn(wait_and_note(event, notes));
  loop.run(scope.join(), seconds(1));
  EXPECT_TRUE(scope.empty());
  EXPECT_EQ(notes, (std::vector<std::string>{"cancelled", "cancelled"})) << "both began, and waited for nothing";
}

TEST(Scope, CancelBetweenNotifyAndResumeIsNotLost) {
  SimulatedLoop loop;
  Event event(loop);
  std::vector<std::string> notes;
  Scope scope(loop);
  scope.spawn([](Event& e, std::vector<std::string>& n) -> Task<void> {
    co_await wait_and_note(e, n);
    co_await wait_and_note(e, n);
  }(event, notes));
  loop.run_for(seconds(1));
  event.notify_all();
  scope.cancel();
  loop.run(scope.join(), seconds(1));
  EXPECT_EQ(notes, (std::vector<std::string>{"notified", "cancelled"}));
}

TEST(Scope, CancelOfAChildThatIsAboutToEnd) {
  SimulatedLoop loop;
  Event event(loop);
  std::vector<std::string> notes;
  Scope scope(loop);
  for (int i = 0; i < 3; ++i) scope.spawn(wait_and_note(event, notes));
  loop.run_for(seconds(1));
  event.notify_all();
  scope.cancel();
  loop.run(scope.join(), seconds(1));
  EXPECT_EQ(notes, (std::vector<std::string>{"notified", "notified", "notified"}));
}

TEST(Scope, ClearCancellationLetsCleanUpWait) {
  SimulatedLoop loop;
  bool cleaned = false;
  Scope scope(loop);
  scope.spawn([](Loop& l, bool& done) -> Task<void> {
    co_await sleep_for(l, std::chrono::hours(1));
    co_await clear_cancellation();
    done = co_await sleep_for(l, seconds(2));
  }(loop, cleaned));
  loop.run_for(seconds(1));
  scope.cancel();
  loop.run(scope.join());
  EXPECT_TRUE(cleaned);
}

TEST(Event, WaitUntilTimesOut) {
  SimulatedLoop loop;
  Event event(loop);
  const TimePoint start = loop.now();
  EXPECT_EQ(loop.run(event.wait_until(start + seconds(5))), Wake::kTimeout);
  EXPECT_EQ(loop.now(), start + seconds(5));
  EXPECT_FALSE(event.has_waiters());
}

TEST(Mailbox, BoundedInOrderAndClosable) {
  SimulatedLoop loop;
  Mailbox<int> box(loop, 2);
  EXPECT_TRUE(box.push(1));
  EXPECT_TRUE(box.push(2));
  EXPECT_FALSE(box.push(3));
  EXPECT_EQ(loop.run(box.pop()), 1);
  box.close();
  EXPECT_EQ(loop.run(box.pop()), 2);
  EXPECT_EQ(loop.run(box.pop()), std::nullopt);
}

TEST(Timer, RearmReplacesAndDestructionCancels) {
  SimulatedLoop loop;
  int fired = 0;
  {
    Timer timer(loop, [&fired] { ++fired; });
    timer.arm_in(seconds(1));
    timer.arm_in(seconds(3));
    loop.run_for(seconds(2));
    EXPECT_EQ(fired, 0);
    loop.run_for(seconds(2));
    EXPECT_EQ(fired, 1);
    EXPECT_FALSE(timer.armed());
    timer.arm_in(seconds(1));
  }
  loop.run_for(seconds(5));
  EXPECT_EQ(fired, 1);
}

TEST(ReactorLoop, RunsTasksTimersAndPostsFromOtherThreads) {
  ReactorLoop loop;
  Event event(loop);
  std::thread other([&] { loop.post([&event] { event.notify_all(); }); });
  EXPECT_NE(loop.run(event.wait_until(loop.now() + seconds(5))), Wake::kCancelled);
  other.join();
  EXPECT_TRUE(loop.run(sleep_for(loop, std::chrono::milliseconds(1))));
}

TEST(WorkerPool, RunsJobsOnThreadsAndReturnsTheirValues) {
  ReactorLoop loop;
  WorkerPool pool(2);
  const auto id = loop.run(pool.run(loop, [] { return std::this_thread::get_id(); }));
  ASSERT_TRUE(id);
  EXPECT_NE(*id, std::this_thread::get_id());
  WorkerPool inline_pool(0);
  EXPECT_EQ(*loop.run(inline_pool.run(loop, [] { return std::this_thread::get_id(); })), std::this_thread::get_id());
}

TEST(WorkerPool, FullQueueIsAnError) {
  ReactorLoop loop;
  WorkerPool pool(1, 0);
  const auto result = loop.run(pool.run(loop, [] { return 1; }));
  ASSERT_FALSE(result);
  EXPECT_TRUE(result.error().is(errors::kLimit));
}

TEST(WorkerPool, SaysHowManyJobsWait) {
  ReactorLoop loop;
  WorkerPool pool(1, 5);
  std::promise<void> go;
  std::shared_future<void> held = go.get_future().share();
  Scope scope(loop);
  const auto run = [](WorkerPool& on, Loop& of, std::shared_future<void> until) -> Task<void> {
    const auto job = [until] { return until.wait(), 0; };
    (void)co_await on.run(of, job);
  };
  for (int i = 0; i < 4; ++i) scope.spawn(run(pool, loop, held));
  loop.run(sleep_for(loop, std::chrono::milliseconds(1)));
  EXPECT_GE(pool.queued(), 3u) << "one may be under way";
  EXPECT_EQ(pool.max_queued(), 5u);
  go.set_value();
  loop.run(scope.join());
  EXPECT_EQ(pool.queued(), 0u);
}

}  // namespace
}  // namespace opwire
