#include "opwire/rpc/websocket_caller.hpp"

#include <gtest/gtest.h>

#include "opwire/net/http/errors.hpp"
#include "opwire/rpc/make_caller.hpp"
#include "opwire/rpc/raw_server_for_test.hpp"
#include "opwire/rpc/server_for_test.hpp"

namespace opwire::rpc {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

// A server of WebSockets that answers each call with its own parameters, and whose words a test may change.
struct World {
  using Words = std::function<std::vector<std::string>(const std::string& call)>;
  World() {
    options.first_rest = milliseconds(20);
    options.longest_rest = milliseconds(40);
    options.max_answer = 10'000;
    open_server(0);
    caller = *WebSocketCaller::make(loop, *http::parse_url(server->url("ws")), nullptr, rng, options);
  }
  ~World() {
    loop.run(caller->close());
    if (server) server->close(loop);
  }
  void open_server(std::uint16_t port) {
    server = std::make_unique<test::TestServer>(
        loop, [](const http::Request&) { return http::Response(404); }, port,
        [this](http::WebSocket& socket, http::Request, http::PeerInfo) { return serve(*this, socket); });
  }
  std::uint16_t close_server() {
    const std::uint16_t port = server->port();
    server->close(loop);
    server.reset();
    return port;
  }
  static Task<void> serve(World& self, http::WebSocket& socket) {
    ++self.connections;
    while (true) {
      const auto message = co_await socket.receive();
      if (!message) co_return;
      const std::vector<std::string> answers = self.words(message->data);
      for (const std::string& answer : answers) {
        if (answer == "hang up") co_return;
        http::WebSocketMessage said(answer, true);
        (void)co_await socket.send(std::move(said));
      }
    }
  }
  Result<Reply> ask(const std::string& params = "[]", Duration within = seconds(5)) {
    return loop.run(caller->call("echo", params, loop.now() + within));
  }
  static Task<void> ask_into(World& self, std::string params, std::vector<Result<Reply>>& into) {
    into.push_back(co_await self.caller->call("echo", std::move(params), self.loop.now() + seconds(5)));
  }
  std::string_view error_name() {
    const auto reply = ask();
    return reply ? "none" : reply.error().name();
  }
  static Task<void> nap(Loop& on, Duration time) { (void)co_await sleep_for(on, time); }
  // False when that does not come true within two seconds.
  template <class Condition>
  bool comes(Condition condition) {
    for (int i = 0; i < 400 && !condition(); ++i) loop.run(nap(loop, milliseconds(5)));
    return condition();
  }

  ReactorLoop loop;
  SeededRng rng{1};
  CallerOptions options;
  int connections = 0;
  Words words = [](const std::string& call) {
    const std::string params = boost::json::serialize(boost::json::parse(call).at("params"));
    return std::vector<std::string>{test::result_text(call, params)};
  };
  std::unique_ptr<test::TestServer> server;
  std::unique_ptr<WebSocketCaller> caller;
};

TEST(WebSocketCaller, CallsOnOneConnection) {
  World world;
  for (int i = 0; i < 3; ++i) {
    const auto reply = world.ask(R"(["x"])");
    ASSERT_TRUE(reply) << reply.error().message();
    EXPECT_EQ(boost::json::serialize(reply->result), R"(["x"])");
  }
  EXPECT_EQ(world.connections, 1);
}

TEST(WebSocketCaller, ManyCallsAtOnceAnsweredInAnyOrder) {
  World world;
  std::vector<std::string> held;
  world.words = [&](const std::string& call) {
    held.push_back(test::result_text(call, boost::json::serialize(boost::json::parse(call).at("params").at(0))));
    if (held.size() < 10) return std::vector<std::string>();
    std::reverse(held.begin(), held.end());
    return held;
  };
  std::vector<Result<Reply>> replies;
  Scope scope(world.loop);
  for (int i = 0; i < 10; ++i) scope.spawn(World::ask_into(world, "[" + std::to_string(i) + "]", replies));
  world.loop.run(scope.join());
  ASSERT_EQ(replies.size(), 10U);
  for (int i = 0; i < 10; ++i) {
    ASSERT_TRUE(replies[static_cast<std::size_t>(i)]);
    EXPECT_EQ(replies[static_cast<std::size_t>(i)]->result, boost::json::value(9 - i));
  }
}

TEST(WebSocketCaller, ABreakEndsWhatIsUnderWayAndTheNextCallConnectsAnew) {
  World world;
  EXPECT_TRUE(world.ask());
  const auto echo = world.words;
  world.words = [](const std::string&) { return std::vector<std::string>{"hang up"}; };
  EXPECT_EQ(world.error_name(), http::errors::kPeerClosed.name);
  world.words = echo;
  EXPECT_TRUE(world.ask());
  EXPECT_EQ(world.connections, 2);
}

TEST(WebSocketCaller, AServerThatIsAwayAndComesBack) {
  World world;
  EXPECT_TRUE(world.ask());
  const std::uint16_t port = world.close_server();
  EXPECT_TRUE(world.comes([&] { return !world.caller->connected(); }));
  EXPECT_EQ(world.error_name(), http::errors::kRefused.name);
  world.open_server(port);
  EXPECT_EQ(world.error_name(), http::errors::kRefused.name);  // the rest is not over
  EXPECT_TRUE(world.comes([&] { return world.ask().has_value(); }));
}

TEST(WebSocketCaller, TimeoutLeavesTheConnection) {
  World world;
  const auto echo = world.words;
  world.words = [](const std::string&) { return std::vector<std::string>(); };
  const auto late = world.ask("[]", milliseconds(20));
  ASSERT_FALSE(late);
  EXPECT_TRUE(late.error().is(opwire::errors::kTimeout));
  world.words = [&](const std::string& call) {
    return std::vector<std::string>{R"({"jsonrpc":"2.0","id":1,"result":"late"})", echo(call)[0]};
  };
  const auto reply = world.ask("[7]");
  ASSERT_TRUE(reply) << reply.error().message();
  EXPECT_EQ(boost::json::serialize(reply->result), "[7]");
  EXPECT_EQ(world.connections, 1);
}

TEST(WebSocketCaller, WhatMakesNoSenseEndsTheConnection) {
  World world;
  for (const std::string& text : {std::string("<html>"), std::string(R"({"jsonrpc":"2.0","id":null,"result":1})"),
                                  std::string(R"({"jsonrpc":"2.0","method":"eth_subscription"})")}) {
    world.words = [&](const std::string&) { return std::vector<std::string>{text}; };
    EXPECT_EQ(world.error_name(), errors::kNotAnswer.name) << text;
  }
  world.words = [&](const std::string&) { return std::vector<std::string>{std::string(20'000, ' ')}; };
  EXPECT_EQ(world.error_name(), http::errors::kMessageTooLong.name);
}

TEST(WebSocketCaller, AMessageOverTheLimitIsGivenUpThere) {
  constexpr std::size_t kLimit = 1 << 20;
  constexpr std::uint64_t kHeldBySystems = 32ULL << 20;
  ReactorLoop loop;
  SeededRng rng(1);
  test::RawServer server(loop, [](const std::string& call) { return test::result_text(call, "1"); });
  CallerOptions options;
  options.max_answer = kLimit;
  const auto caller = *make_caller(loop, *http::parse_url(server.url("ws")), nullptr, rng, options);
  for (const test::Flood& flood : {test::frame_flood(), test::fragment_flood()}) {
    server.flood = flood;
    const auto reply = loop.run(caller->call("engine_getPayloadV4", "[]", loop.now() + seconds(5)));
    ASSERT_FALSE(reply);
    EXPECT_EQ(reply.error().name(), http::errors::kMessageTooLong.name);
    server.flood.reset();
    const auto next = loop.run(caller->call("eth_chainId", "[]", loop.now() + seconds(5)));
    EXPECT_TRUE(next) << next.error().message();
    EXPECT_LT(server.sent, kLimit + kHeldBySystems);
  }
  loop.run(caller->close());
  server.close(loop);
}

// What nobody asked for, or asked for no longer, is passed over: no reason to lose the calls of a whole connection.
TEST(WebSocketCaller, AnAnswerNobodyAskedForIsPassedOver) {
  World world;
  const auto echo = world.words;
  const std::string items =
      R"({"jsonrpc":"2.0","method":"eth_subscription","params":{"subscription":"none","result":1}})";
  const std::string unknown = R"({"jsonrpc":"2.0","id":4711,"result":"unknown"})";
  const std::string failed = R"({"jsonrpc":"2.0","id":4712,"error":{"code":-32000,"message":"unknown"}})";
  world.words = [&](const std::string& call) {
    const std::string answer = echo(call)[0];
    return std::vector<std::string>{unknown, failed, items, answer, answer, test::result_text(call, "\"other\""),
                                    items};
  };
  for (int i = 0; i < 3; ++i) {
    const std::string params = "[" + std::to_string(i) + "]";
    const auto reply = world.ask(params);
    ASSERT_TRUE(reply) << reply.error().message();
    EXPECT_EQ(boost::json::serialize(reply->result), params);
  }
  EXPECT_EQ(world.connections, 1);
}

TEST(WebSocketCaller, ASecondAnswerMakesNoSecondSubscription) {
  World world;
  std::vector<std::int64_t> items;
  const auto item = [](const std::string& id, int value) {
    return R"({"jsonrpc":"2.0","method":"eth_subscription","params":{"subscription":")" + id + R"(","result":)" +
           std::to_string(value) + "}}";
  };
  world.words = [&](const std::string& call) {
    return std::vector<std::string>{item("first", 1),  // before it has begun
                                    test::result_text(call, "\"first\""), test::result_text(call, "\"second\""),
                                    item("second", 2), item("first", 3)};
  };
  const auto sink = [&](const boost::json::value& value) { items.push_back(value.as_int64()); };
  ASSERT_TRUE(world.loop.run(world.caller->subscribe("[]", sink, world.loop.now() + seconds(5))));
  EXPECT_TRUE(world.comes([&] { return !items.empty(); }));
  EXPECT_EQ(items, std::vector<std::int64_t>{3});
  EXPECT_EQ(world.connections, 1);
}

TEST(WebSocketCaller, AWrongTokenIsNamed) {
  World world;
  world.server->refuse_websocket = 401;
  EXPECT_EQ(world.error_name(), errors::kUnauthorized.name);
  world.server->refuse_websocket = 404;
  EXPECT_TRUE(world.comes([&] { return world.error_name() == http::errors::kHandshake.name; }));
}

TEST(WebSocketCaller, CloseEndsWhatIsUnderWay) {
  World world;
  world.words = [](const std::string&) { return std::vector<std::string>(); };
  std::vector<Result<Reply>> replies;
  Scope scope(world.loop);
  scope.spawn(World::ask_into(world, "[]", replies));
  EXPECT_TRUE(world.comes([&] { return world.caller->connected(); }));
  world.loop.run(world.caller->close());
  world.loop.run(scope.join());
  EXPECT_TRUE(replies.at(0).error().is(opwire::errors::kClosed));
  EXPECT_EQ(world.error_name(), opwire::errors::kClosed.name);
}

// Says yes to a subscription, with an item at once.
std::vector<std::string> subscribe_words(const std::string& call, int item) {
  const std::string id = "\"s" + std::to_string(item) + "\"";
  return {test::result_text(call, id),
          R"({"jsonrpc":"2.0","method":"eth_subscription","params":{"subscription":)" + id + R"(,"result":)" +
              std::to_string(item) + "}}",
          R"({"jsonrpc":"2.0","method":"eth_subscription","params":{"subscription":"other","result":99}})"};
}

TEST(WebSocketCaller, ASubscriptionIsRenewedWithoutACall) {
  World world;
  int renewals = 0;
  std::vector<std::int64_t> items;
  world.words = [&](const std::string& call) {
    EXPECT_EQ(boost::json::parse(call).at("method"), boost::json::value("eth_subscribe"));
    return subscribe_words(call, ++renewals);
  };
  const auto sink = [&](const boost::json::value& item) { items.push_back(item.as_int64()); };
  const auto reply = world.loop.run(world.caller->subscribe(R"(["newHeads"])", sink, world.loop.now() + seconds(5)));
  ASSERT_TRUE(reply) << reply.error().message();
  EXPECT_TRUE(world.comes([&] { return items.size() == 1; }));
  const std::uint16_t port = world.close_server();
  world.loop.run(World::nap(world.loop, milliseconds(50)));
  world.open_server(port);
  EXPECT_TRUE(world.comes([&] { return items.size() == 2; }));
  EXPECT_EQ(items, (std::vector<std::int64_t>{1, 2}));
}

TEST(WebSocketCaller, ARefusedSubscriptionIsNone) {
  World world;
  world.words = [](const std::string& call) {
    return std::vector<std::string>{R"({"jsonrpc":"2.0","id":)" + test::id_of(call) +
                                    R"(,"error":{"code":-32601,"message":"notifications not supported"}})"};
  };
  const auto sink = [](const boost::json::value&) { FAIL(); };
  const auto reply = world.loop.run(world.caller->subscribe("[]", sink, world.loop.now() + seconds(5)));
  ASSERT_TRUE(reply);
  EXPECT_TRUE(reply->failure);
  world.close_server();
  world.loop.run(World::nap(world.loop, milliseconds(50)));
  EXPECT_FALSE(world.caller->connected());
}

TEST(MakeCaller, TheSchemeDecides) {
  World world;
  const auto over_ws = make_caller(world.loop, *http::parse_url("ws://127.0.0.1:1"), nullptr, world.rng);
  EXPECT_NE(dynamic_cast<WebSocketCaller*>(over_ws->get()), nullptr);
  world.loop.run((*over_ws)->close());
  EXPECT_TRUE(make_caller(world.loop, *http::parse_url("wss://127.0.0.1"), nullptr, world.rng)
                  .error()
                  .is(http::errors::kNoTls));
}

}  // namespace
}  // namespace opwire::rpc
