#include "opwire/rpc/http_caller.hpp"

#include <gtest/gtest.h>

#include "opwire/net/http/errors.hpp"
#include "opwire/rpc/make_caller.hpp"
#include "opwire/rpc/raw_server_for_test.hpp"
#include "opwire/rpc/server_for_test.hpp"

namespace opwire::rpc {
namespace {

using std::chrono::milliseconds;
using test::json_response;

struct World {
  explicit World(test::Answerer answerer) : server(loop, std::move(answerer)) {
    options.max_answer = 10'000;
    options.jwt = Jwt(ByteArray<32>{1});
  }
  ~World() {
    if (caller) loop.run(caller->close());
    server.close(loop);
  }
  Result<Reply> ask(const std::string& params = "[]", Duration within = std::chrono::seconds(5)) {
    if (!caller) caller = *make_caller(loop, *http::parse_url(server.url()), nullptr, rng, options);
    return loop.run(caller->call("eth_chainId", params, loop.now() + within));
  }
  std::string_view error_name() {
    const auto reply = ask();
    return reply ? "none" : reply.error().name();
  }
  ReactorLoop loop;
  SeededRng rng{1};
  CallerOptions options;
  test::TestServer server;
  std::unique_ptr<Caller> caller;
};

std::string_view error_for(unsigned status, const std::string& body) {
  World world([&](const http::Request&) { return json_response(body, status); });
  return world.error_name();
}

TEST(HttpCaller, CallsAndReads) {
  std::vector<http::Request> seen;
  World world([&](const http::Request& request) {
    seen.push_back(request);
    return json_response(test::result_text(request.body, R"("0xa")"));
  });
  for (int i = 0; i < 2; ++i) {
    const auto reply = world.ask(R"(["x"])");
    ASSERT_TRUE(reply) << reply.error().message();
    EXPECT_EQ(reply->result, boost::json::value("0xa"));
  }
  ASSERT_EQ(seen.size(), 2U);
  EXPECT_EQ(seen[0].body, R"({"jsonrpc":"2.0","id":1,"method":"eth_chainId","params":["x"]})");
  EXPECT_EQ(seen[0].method, "POST");
  EXPECT_EQ(*seen[0].headers.find("Content-Type"), "application/json");
  EXPECT_EQ(test::id_of(seen[1].body), "2");
  EXPECT_EQ(world.server.authorizations[0].substr(0, 27), "Bearer eyJhbGciOiJIUzI1NiIs");
}

TEST(HttpCaller, ATokenIsMadeForEachCall) {
  World world([](const http::Request& request) { return json_response(test::result_text(request.body, "1")); });
  const Jwt jwt(ByteArray<32>{1});
  const std::string before = jwt.bearer(world.loop.wall_now());
  EXPECT_TRUE(world.ask());
  const std::string after = jwt.bearer(world.loop.wall_now());
  const std::string& sent = world.server.authorizations.back();
  EXPECT_TRUE(sent == before || sent == after) << sent;
}

TEST(HttpCaller, ErrorsHaveTheirKinds) {
  EXPECT_EQ(error_for(401, "token is expired"), errors::kUnauthorized.name);
  EXPECT_EQ(error_for(403, "signature is invalid"), errors::kUnauthorized.name);
  EXPECT_EQ(error_for(404, "not here"), errors::kHttpStatus.name);
  EXPECT_EQ(error_for(500, R"({"jsonrpc":"2.0","id":1,"result":1})"), errors::kHttpStatus.name);
  EXPECT_EQ(error_for(503, ""), errors::kHttpStatus.name);
  EXPECT_EQ(error_for(200, "<html>"), errors::kNotAnswer.name);
  EXPECT_EQ(error_for(200, ""), errors::kNotAnswer.name);
  EXPECT_EQ(error_for(200, R"({"jsonrpc":"2.0","id":9,"result":1})"), errors::kNotAnswer.name);
  EXPECT_EQ(error_for(200, R"({"jsonrpc":"2.0","id":null,"result":1})"), errors::kNotAnswer.name);
  EXPECT_EQ(error_for(200, std::string(20'000, ' ')), http::errors::kBodyTooLarge.name);
}

TEST(HttpCaller, AnErrorInsideAnotherStatusIsTheReply) {
  for (const unsigned status : {200U, 400U, 500U}) {
    World world([&](const http::Request&) {
      return json_response(R"({"jsonrpc":"2.0","id":null,"error":{"code":-32700,"message":"parse"}})", status);
    });
    const auto reply = world.ask();
    ASSERT_TRUE(reply) << reply.error().message();
    ASSERT_TRUE(reply->failure);
    EXPECT_EQ(reply->failure->code, -32700);
  }
}

TEST(HttpCaller, AServerThatIsAwayAndComesBack) {
  const test::Answerer answerer = [](const http::Request& request) {
    return json_response(test::result_text(request.body, "1"));
  };
  World world(answerer);
  EXPECT_TRUE(world.ask());
  const std::uint16_t port = world.server.port();
  world.server.close(world.loop);
  EXPECT_EQ(world.error_name(), http::errors::kRefused.name);
  {
    test::TestServer again(world.loop, answerer, port);
    EXPECT_TRUE(world.ask());
    again.close(world.loop);
  }
}

// What a server may make us take before we give up: the limit, and what the systems of both sides hold by themselves.
constexpr std::size_t kLimit = 1 << 20;
constexpr std::uint64_t kMostTaken = kLimit + (32ULL << 20);

TEST(HttpCaller, ABodyWithoutALengthIsGivenUpAtTheLimit) {
  ReactorLoop loop;
  SeededRng rng(1);
  test::RawServer server(loop, [](const std::string& call) { return test::result_text(call, "1"); });
  CallerOptions options;
  options.max_answer = kLimit;
  const auto caller = *make_caller(loop, *http::parse_url(server.url("http")), nullptr, rng, options);
  for (const test::Flood& flood : {test::chunked_flood(), test::endless_flood()}) {
    server.flood = flood;
    const auto reply = loop.run(caller->call("engine_getPayloadV4", "[]", loop.now() + std::chrono::seconds(5)));
    ASSERT_FALSE(reply);
    EXPECT_EQ(reply.error().name(), http::errors::kBodyTooLarge.name);
    server.flood.reset();
    EXPECT_TRUE(loop.run(caller->call("eth_chainId", "[]", loop.now() + std::chrono::seconds(5))));
    EXPECT_GT(server.sent, 0U);
    EXPECT_LT(server.sent, kMostTaken);
  }
  EXPECT_EQ(server.connections, 3) << "one that a flood ends is not used again";
  loop.run(caller->close());
  server.close(loop);
}

}  // namespace
}  // namespace opwire::rpc
