#include "opwire/net/cares_resolver.hpp"

#include <gtest/gtest.h>

#include <optional>

#include "opwire/net/dns_server_for_test.hpp"
#include "opwire/net/errors.hpp"
#include "opwire/runtime/reactor.hpp"
#include "opwire/runtime/scope.hpp"

namespace opwire::net {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using Addresses = Result<std::vector<Bytes>>;

class CaresTest : public testing::Test {
 protected:
  CaresTest() {
    options.servers = server.address();
    options.try_timeout = milliseconds(50);
    options.tries = 2;
  }
  std::unique_ptr<CaresResolver> make() { return std::move(CaresResolver::make(loop, options)).value(); }
  Addresses addresses(Resolver& resolver, std::string name, IpFamily family = IpFamily::kV4) {
    return loop.run(resolver.addresses(std::move(name), family, loop.now() + seconds(5)));
  }
  static Task<void> keep(Resolver& resolver, std::string name, TimePoint deadline, std::optional<Addresses>& outcome) {
    outcome = co_await resolver.addresses(std::move(name), IpFamily::kV4, deadline);
  }

  ReactorLoop loop;
  DnsServer server{loop};
  DnsOptions options;
};

TEST_F(CaresTest, AddressesOfBothFamilies) {
  ByteArray<16> v6{};
  v6[0] = 0x26;
  server.add("node.example", DnsServer::kA, {1, 2, 3, 4});
  server.add("node.example", DnsServer::kA, {5, 6, 7, 8});
  server.add("node.example", DnsServer::kAaaa, to_bytes(v6));
  const auto resolver = make();
  const Addresses v4 = addresses(*resolver, "node.example");
  ASSERT_TRUE(v4) << v4.error().message();
  EXPECT_EQ(v4->size(), 2u);
  EXPECT_EQ(addresses(*resolver, "node.example", IpFamily::kV6).value(), std::vector<Bytes>{to_bytes(v6)});
}

TEST_F(CaresTest, TextsArePutTogether) {
  server.add("_dnsaddr.boot.example", DnsServer::kTxt, txt({"dnsaddr=/ip4/1.2.3.4", "/tcp/9222"}));
  server.add("_dnsaddr.boot.example", DnsServer::kTxt, txt({"other"}));
  const auto resolver = make();
  const auto texts = loop.run(resolver->texts("_dnsaddr.boot.example", loop.now() + seconds(5)));
  ASSERT_TRUE(texts) << texts.error().message();
  EXPECT_EQ(*texts, (std::vector<std::string>{"dnsaddr=/ip4/1.2.3.4/tcp/9222", "other"}));
}

TEST_F(CaresTest, UnknownNamesAndMalformedAnswers) {
  const auto resolver = make();
  EXPECT_TRUE(addresses(*resolver, "nowhere.example").error().is(errors::kResolve));
  EXPECT_TRUE(loop.run(resolver->texts("nowhere.example", loop.now() + seconds(5))).error().is(errors::kResolve));
  server.garbage = true;
  server.add("node.example", DnsServer::kA, {1, 2, 3, 4});
  EXPECT_FALSE(addresses(*resolver, "node.example"));
  EXPECT_FALSE(addresses(*resolver, ""));
  EXPECT_FALSE(addresses(*resolver, std::string("node.example\0x", 14)));
  EXPECT_FALSE(addresses(*resolver, std::string(300, 'x')));
}

TEST_F(CaresTest, LocalhostNeedsNoServer) {
  const auto resolver = make();
  EXPECT_EQ(addresses(*resolver, "localhost").value(), (std::vector<Bytes>{{127, 0, 0, 1}}));
  EXPECT_EQ(server.questions, 0);
}

TEST_F(CaresTest, TheServersSilenceAndTheCallersDeadline) {
  server.silent = true;
  const auto resolver = make();
  const TimePoint start = loop.now();
  EXPECT_TRUE(addresses(*resolver, "node.example").error().is(opwire::errors::kTimeout));
  EXPECT_LT(loop.now() - start, seconds(2));
  EXPECT_EQ(server.questions, 2) << "asked again";
  const Addresses late = loop.run(resolver->addresses("node.example", IpFamily::kV4, loop.now() + milliseconds(5)));
  EXPECT_TRUE(late.error().is(opwire::errors::kTimeout));
}

TEST_F(CaresTest, CancelledClosedAndTooMany) {
  server.silent = true;
  options.max_questions = 2;
  auto resolver = make();
  Scope first(loop);
  Scope second(loop);
  std::optional<Addresses> cancelled;
  std::optional<Addresses> closed;
  first.spawn(keep(*resolver, "a.example", loop.now() + seconds(5), cancelled));
  second.spawn(keep(*resolver, "b.example", loop.now() + seconds(5), closed));
  (void)loop.run(sleep_for(loop, milliseconds(5)));
  EXPECT_TRUE(addresses(*resolver, "c.example").error().is(opwire::errors::kLimit));
  first.cancel();
  loop.run(first.join());
  EXPECT_TRUE(cancelled->error().is(opwire::errors::kCancelled));
  resolver.reset();
  loop.run(second.join());
  EXPECT_TRUE(closed->error().is(opwire::errors::kClosed));
}

TEST_F(CaresTest, NonsensicalServers) {
  options.servers = "not a server";
  const auto resolver = CaresResolver::make(loop, options);
  ASSERT_FALSE(resolver);
  EXPECT_TRUE(resolver.error().is(errors::kResolve));
}

}  // namespace
}  // namespace opwire::net
