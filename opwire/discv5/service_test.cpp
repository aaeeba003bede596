#include "opwire/discv5/service.hpp"

#include <gtest/gtest.h>

#include "opwire/discv5/errors.hpp"
#include "opwire/discv5/service_for_test.hpp"
#include "opwire/runtime/reactor.hpp"
#include "opwire/runtime/scope.hpp"

namespace opwire::discv5 {
namespace {

using namespace std::chrono_literals;
using test::contact_of_service;

class ServiceTest : public ::testing::Test {
 protected:
  std::unique_ptr<Service> make() { return test::make_loopback_service(loop_, rng_); }

  ReactorLoop loop_;
  SystemRng rng_;
};

TEST_F(ServiceTest, AsksAndAnswers) {
  const auto a = make(), b = make();
  b->set_talk_handler("echo", [](const Peer&, ByteView message) { return to_bytes(message); });
  const auto run = [](Service& from, Service& to) -> Task<void> {
    from.start();
    to.start();
    const auto pong = co_await from.ping(contact_of_service(to));
    EXPECT_TRUE(pong);
    const auto answer = co_await from.talk(contact_of_service(to), "echo", Bytes(1100, 5));
    EXPECT_TRUE(answer && answer->size() == 1100);
    const auto too_large = co_await from.talk(contact_of_service(to), "echo", Bytes(2000, 5));
    EXPECT_TRUE(!too_large && too_large.error().is(errors::kTalkTooLarge));
    const auto records = co_await from.find_node(contact_of_service(to), {0});
    EXPECT_TRUE(records && records->size() == 1);
    co_await from.close();
    co_await to.close();
  };
  loop_.run(run(*a, *b));
}

TEST_F(ServiceTest, WhatIsAddedBeforeTheStartIsAskedAfterIt) {
  const auto a = make(), b = make();
  a->add({std::make_shared<NodeRecord>(b->local_record())});
  const auto run = [](Loop& loop, Service& from, Service& to) -> Task<void> {
    to.start();
    co_await sleep_for(loop, 20ms);
    EXPECT_EQ(from.protocol().stats().sent, 0U);
    from.start();
    for (int i = 0; i < 100 && from.protocol().table().live() == 0; ++i) co_await sleep_for(loop, 10ms);
    EXPECT_EQ(from.protocol().table().live(), 1U);
    co_await from.close();
    co_await to.close();
  };
  loop_.run(run(loop_, *a, *b));
}

TEST_F(ServiceTest, AfterItsEndEveryQuestionEndsAtOnce) {
  const auto a = make(), b = make();
  a->add({std::make_shared<NodeRecord>(b->local_record())});
  const auto run = [](Loop& loop, Service& from, Contact to) -> Task<void> {
    from.start();
    co_await from.close();
    const auto pong = co_await from.ping(to);
    EXPECT_TRUE(!pong && pong.error().is(opwire::errors::kClosed));
    const auto found = co_await from.lookup(to.id);
    EXPECT_TRUE(!found && found.error().is(opwire::errors::kClosed));
    co_await sleep_for(loop, 20ms);  // the loop goes on
  };
  loop_.run(run(loop_, *a, contact_of_service(*b)));
  loop_.run(b->close());
}

Task<void> ask(Service& service, Contact nobody, bool& cancelled) {
  const auto pong = co_await service.ping(nobody);
  cancelled = !pong && pong.error().is(opwire::errors::kCancelled);
}

TEST_F(ServiceTest, AWaitThatIsCancelledEnds) {
  const auto a = make(), b = make();  // b is never started
  bool cancelled = false;
  const auto run = [](Loop& loop, Service& service, Contact nobody, bool& ended) -> Task<void> {
    service.start();
    Scope scope(loop);
    scope.spawn(ask(service, nobody, ended));
    co_await sleep_for(loop, 10ms);
    scope.cancel();
    co_await scope.join();
    co_await service.close();
  };
  loop_.run(run(loop_, *a, contact_of_service(*b), cancelled));
  loop_.run(b->close());
  EXPECT_TRUE(cancelled);
}

}  // namespace
}  // namespace opwire::discv5
