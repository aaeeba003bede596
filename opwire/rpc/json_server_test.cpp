#include "opwire/rpc/json_server.hpp"

#include <gtest/gtest.h>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include "opwire/rpc/params.hpp"
#include "opwire/runtime/simulated_loop.hpp"

namespace opwire::rpc {
namespace {

namespace json = boost::json;

MethodAnswer echo(const json::array& params) {
  return json::serialize(params);
}
MethodAnswer fail(const json::array&) {
  return Failure{-32000, "no \"luck\"", json::value(7)};
}
MethodAnswer big(const json::array&) {
  return "\"" + std::string(1000, 'x') + "\"";
}
Task<MethodAnswer> slow(Loop* loop) {
  (void)co_await sleep_for(*loop, std::chrono::seconds(2));
  co_return std::string("true");
}

struct World {
  explicit World(const RequestLimits& limits = RequestLimits(), bool admin = false) : methods(admin) {
    methods.add_plain("test_echo", echo);
    methods.add_plain("test_fail", fail);
    methods.add_plain("test_big", big);
    methods.add_plain("admin_echo", echo, MethodTable::Access::kAdmin);
    methods.add("test_slow", [this](const json::array&, const Context&) { return slow(&loop); });
    methods.add_plain("test_count", [this](const json::array&) -> MethodAnswer {
      ++counted;
      return std::string("null");
    });
    server = std::make_unique<JsonServer>(methods, loop, limits);
  }
  std::string ask(std::string text) { return loop.run(server->answer(std::move(text), Context())); }

  SimulatedLoop loop;
  MethodTable methods;
  int counted = 0;
  std::unique_ptr<JsonServer> server;
};

std::string failure_of(const std::string& id, int code, const std::string& message) {
  return R"({"jsonrpc":"2.0","id":)" + id + R"(,"error":{"code":)" + std::to_string(code) + R"(,"message":")" +
         message + R"("}})";
}

TEST(JsonServer, AnswersACall) {
  World world;
  EXPECT_EQ(world.ask(R"({"jsonrpc":"2.0","id":1,"method":"test_echo","params":[1,"a",null]})"),
            R"({"jsonrpc":"2.0","id":1,"result":[1,"a",null]})");
  EXPECT_EQ(world.ask(R"({"method":"test_echo","id":"x","jsonrpc":"2.0"})"),
            R"({"jsonrpc":"2.0","id":"x","result":[]})");
  EXPECT_EQ(world.ask(R"({"jsonrpc":"2.0","id":null,"method":"test_echo","params":null})"),
            R"({"jsonrpc":"2.0","id":null,"result":[]})");
  EXPECT_EQ(world.ask(R"({"jsonrpc":"2.0","id":5,"method":"test_fail"})"),
            R"({"jsonrpc":"2.0","id":5,"error":{"code":-32000,"message":"no \"luck\"","data":7}})");
}

TEST(JsonServer, CountsCallsAndTheirTime) {
  World world;
  (void)world.ask(R"({"jsonrpc":"2.0","id":1,"method":"test_slow"})");
  (void)world.ask(R"({"jsonrpc":"2.0","id":1,"method":"test_fail"})");
  (void)world.ask(R"({"jsonrpc":"2.0","id":1,"method":"one"})");
  (void)world.ask(R"({"jsonrpc":"2.0","id":1,"method":"two"})");
  const auto& stats = world.server->stats();
  EXPECT_EQ(stats.at("test_slow").time, std::chrono::seconds(2));
  EXPECT_EQ(stats.at("test_fail").failures, 1u);
  EXPECT_EQ(stats.at("").calls, 2u) << "names that a client makes up are not remembered";
  EXPECT_EQ(stats.size(), 3u);
}

TEST(JsonServer, WhatIsNoRequest) {
  World world;
  for (const char* text : {"", "{", "[1,]", "\xff", "{\"a\":1}x", "nul"}) {
    EXPECT_EQ(world.ask(text), failure_of("null", -32700, "parse error")) << text;
  }
  for (const char* text : {"1", "\"text\"", "null", "{}", R"({"jsonrpc":"2.0","id":{},"method":"test_echo"})",
                           R"({"jsonrpc":"2.0","id":[1],"method":"test_echo"})", R"({"jsonrpc":"2.0"})",
                           R"({"method":"test_echo"})", R"({"jsonrpc":"2.0","id":1e999999,"method":"test_echo"})"}) {
    EXPECT_EQ(world.ask(text), failure_of("null", -32600, "invalid request")) << text;
  }
  for (const char* text : {R"({"jsonrpc":"1.0","id":9,"method":"test_echo"})", R"({"id":9,"method":"test_echo"})",
                           R"({"jsonrpc":"2.0","id":9,"method":7})", R"({"jsonrpc":"2.0","id":9,"method":""})",
                           R"({"jsonrpc":"2.0","id":9})", R"({"jsonrpc":2.0,"id":9,"method":"test_echo"})"}) {
    EXPECT_EQ(world.ask(text), failure_of("9", -32600, "invalid request")) << text;
  }
  EXPECT_EQ(world.ask(R"({"jsonrpc":"2.0","id":9,"method":"test_echo","params":{"a":1}})"),
            failure_of("9", -32602, "non-array args"));
  EXPECT_GT(world.server->refused(), 15u);
}

TEST(JsonServer, UnknownMethodsAreNamedWithinReason) {
  World world;
  EXPECT_EQ(world.ask(R"({"jsonrpc":"2.0","id":1,"method":"eth_chainId"})"),
            failure_of("1", -32601, "the method eth_chainId does not exist/is not available"));
  std::string name;
  for (int i = 0; i < 100; ++i) name += "\xe2\x82\xac";  // three bytes each: 128 is inside one
  const std::string answer = world.ask(R"({"jsonrpc":"2.0","id":1,"method":")" + name + "\"}");
  json::error_code error;
  (void)json::parse(answer, error);
  EXPECT_FALSE(error) << "no character is cut";
  EXPECT_LT(answer.size(), 300u);
}

TEST(JsonServer, AdminMethodsExistOnlyWhereTheyAreEnabled) {
  World closed;
  const std::string call = R"({"jsonrpc":"2.0","id":1,"method":"admin_echo"})";
  EXPECT_EQ(closed.ask(call), failure_of("1", -32601, "the method admin_echo does not exist/is not available"));
  EXPECT_EQ(closed.methods.modules(), R"({"rpc":"1.0","test":"1.0"})");
  World open(RequestLimits(), true);
  EXPECT_EQ(open.ask(call), R"({"jsonrpc":"2.0","id":1,"result":[]})");
  EXPECT_EQ(open.methods.modules(), R"({"admin":"1.0","rpc":"1.0","test":"1.0"})");
}

TEST(JsonServer, NotificationsAreDoneAndNotAnswered) {
  World world;
  EXPECT_EQ(world.ask(R"({"jsonrpc":"2.0","method":"test_count"})"), "");
  EXPECT_EQ(world.counted, 1);
  EXPECT_EQ(world.ask(R"({"jsonrpc":"2.0","method":"no_such"})"), "");
  EXPECT_EQ(world.ask(R"([{"jsonrpc":"2.0","method":"test_count"},{"jsonrpc":"2.0","method":"test_count"}])"), "");
  EXPECT_EQ(world.counted, 3);
}

TEST(JsonServer, BatchesAreAnsweredInOrder) {
  World world;
  EXPECT_EQ(world.ask(R"([{"jsonrpc":"2.0","id":1,"method":"test_echo"},3,{"jsonrpc":"2.0","method":"test_count"},)"
                      R"({"jsonrpc":"2.0","id":2,"method":"no_such"}])"),
            R"([{"jsonrpc":"2.0","id":1,"result":[]},)" + failure_of("null", -32600, "invalid request") + "," +
                failure_of("2", -32601, "the method no_such does not exist/is not available") + "]");
  EXPECT_EQ(world.counted, 1);
  EXPECT_EQ(world.ask("[]"), failure_of("null", -32600, "empty batch"));
}

TEST(JsonServer, BatchesAreBounded) {
  World world;
  std::string text = "[";
  for (int i = 0; i < 100; ++i) text += R"({"jsonrpc":"2.0","id":4,"method":"test_count"},)";
  EXPECT_NE(world.ask(text.substr(0, text.size() - 1) + "]"), "");
  EXPECT_EQ(world.counted, 100);
  text += R"({"jsonrpc":"2.0","id":4,"method":"test_count"}])";
  EXPECT_EQ(world.ask(text), "[" + failure_of("4", -32600, "batch too large") + "]");
  EXPECT_EQ(world.counted, 100);
}

TEST(JsonServer, AnswersAreBounded) {
  RequestLimits limits;
  limits.max_answer = 2500;
  World world(limits);
  const std::string one = R"({"jsonrpc":"2.0","id":1,"method":"test_big"})";
  const std::string count = R"({"jsonrpc":"2.0","id":2,"method":"test_count"})";
  EXPECT_GT(world.ask(one).size(), 1000u);
  const std::string answer = world.ask("[" + one + "," + one + "," + one + "," + count + "]");
  EXPECT_LT(answer.size(), 3000u);
  EXPECT_NE(answer.find(failure_of("1", -32003, "response too large")), std::string::npos);
  EXPECT_NE(answer.find(failure_of("2", -32003, "response too large")), std::string::npos);
  EXPECT_EQ(world.counted, 0) << "what could not be answered is not done";
}

TEST(JsonServer, NestingAndValuesAreBounded) {
  World world;
  const auto nested = [](std::size_t depth) {
    return R"({"jsonrpc":"2.0","id":1,"method":"test_echo","params":[)" + std::string(depth, '[') +
           std::string(depth, ']') + "]}";
  };
  EXPECT_EQ(world.ask(nested(29)).find("error"), std::string::npos);
  EXPECT_EQ(world.ask(nested(100)), failure_of("null", -32600, "request is nested too deeply"));
  EXPECT_EQ(world.ask(std::string(100'000, '[')), failure_of("null", -32600, "request is nested too deeply"));
  std::string zeros = "[";
  for (int i = 0; i < 300'000; ++i) zeros += "0,";
  EXPECT_EQ(world.ask(zeros + "0]"), failure_of("null", -32600, "request has too many values"));
}

TEST(Params, AreCheckedInGosWords) {
  const json::array params{true, "text", nullptr, 4};
  EXPECT_EQ(check_count(params, 3, 4).error().message, "missing value for required argument 2");
  EXPECT_EQ(check_count(params, 2, 3).error().message, "too many arguments, want at most 3");
  EXPECT_EQ(check_count(params, 2, 4).has_value(), true);
  EXPECT_TRUE(bool_param(params, 0).value());
  EXPECT_EQ(text_param(params, 1).value(), "text");
  EXPECT_EQ(bool_param(params, 1).error().message, "invalid argument 1: expected true or false");
  EXPECT_EQ(text_param(params, 3).error().code, kInvalidParams);
  EXPECT_EQ(text_param(params, 9).error().message, "missing value for required argument 9");
}

}  // namespace
}  // namespace opwire::rpc
