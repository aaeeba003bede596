// EngineApi over real connections on loopback: what goes wrong there, and an engine that goes away and comes back.
#include <gtest/gtest.h>

#include "opwire/net/tcp.hpp"
#include "opwire/opstack/engine/answers_for_test.hpp"
#include "opwire/opstack/engine/engine_api.hpp"
#include "opwire/rpc/make_caller.hpp"
#include "opwire/rpc/raw_server_for_test.hpp"
#include "opwire/rpc/server_for_test.hpp"

namespace opwire::opstack {
namespace {

using rpc::test::json_response;
using rpc::test::TestServer;
using std::chrono::milliseconds;

const rpc::Jwt kJwt(ByteArray<32>{1, 2, 3});

std::string valid_answer(const std::string& call) {
  return rpc::test::result_text(call, test::kStatusValid);
}

// An engine with the token check that op-geth has: the issue time is at most a minute off.
struct World {
  explicit World(std::string scheme = "http", rpc::Jwt jwt = kJwt) {
    answer = [](const http::Request& request) { return json_response(valid_answer(request.body)); };
    open(0);
    rpc::CallerOptions options;
    options.jwt = jwt;
    options.first_rest = milliseconds(10);
    options.longest_rest = milliseconds(20);
    caller = *rpc::make_caller(loop, *http::parse_url(server->url(scheme)), nullptr, rng, options);
    EngineApiOptions limits;
    limits.timeout = milliseconds(300);
    engine.emplace(loop, *caller, config, limits);
    config.forks.set_time(Fork::kIsthmus, 0);
  }
  ~World() {
    loop.run(caller->close());
    if (server) server->close(loop);
  }
  void open(std::uint16_t port) {
    server = std::make_unique<TestServer>(
        loop, [this](const http::Request& request) { return knows(request) ? answer(request) : http::Response(401); },
        port,
        [this](http::WebSocket& socket, http::Request request, http::PeerInfo) {
          return serve(*this, socket, std::move(request));
        });
  }
  bool knows(const http::Request& request) const {
    const std::string* const sent = request.headers.find("Authorization");
    for (int late = 0; sent != nullptr && late < 2; ++late) {
      if (*sent == kJwt.bearer(loop.wall_now() - std::chrono::seconds(late))) return true;
    }
    return false;
  }
  static Task<void> serve(World& self, http::WebSocket& socket, http::Request) {
    while (true) {
      const auto message = co_await socket.receive();
      if (!message) co_return;
      http::WebSocketMessage said(valid_answer(message->data), true);
      (void)co_await socket.send(std::move(said));
    }
  }
  std::string_view send() {
    const auto status = loop.run(engine->new_payload(test::sealed_block(7, PayloadVersion::kV4)));
    return status ? "valid" : status.error().name();
  }
  static Task<void> nap(Loop& on) { (void)co_await sleep_for(on, milliseconds(10)); }
  bool comes(std::string_view outcome) {
    for (int i = 0; i < 50; ++i) {
      if (send() == outcome) return true;
      loop.run(nap(loop));
    }
    return false;
  }

  ReactorLoop loop;
  SeededRng rng{1};
  rpc::test::Answerer answer;
  std::unique_ptr<TestServer> server;
  RollupConfig config;
  std::unique_ptr<rpc::Caller> caller;
  std::optional<EngineApi> engine;
};

TEST(EngineOverHttp, AnswersAndTheirErrors) {
  World world;
  EXPECT_EQ(world.send(), "valid");
  const std::pair<unsigned, std::string_view> statuses[] = {{401, errors::kEngineAuth.name},
                                                            {403, errors::kEngineAuth.name},
                                                            {404, errors::kEngineAnswer.name},
                                                            {500, errors::kEngineAnswer.name},
                                                            {503, errors::kEngineAnswer.name}};
  for (const auto& [status, outcome] : statuses) {
    world.answer = [status](const http::Request&) { return http::Response::text(status, "no"); };
    EXPECT_EQ(world.send(), outcome) << status;
  }
  for (const char* body : {"", "<html>", "{", R"({"jsonrpc":"2.0","id":1})"}) {
    world.answer = [body](const http::Request&) { return json_response(body); };
    EXPECT_EQ(world.send(), errors::kEngineAnswer.name) << body;
  }
}

TEST(EngineOverHttp, AWrongToken) {
  World world("http", rpc::Jwt(ByteArray<32>{9}));
  EXPECT_EQ(world.send(), errors::kEngineAuth.name);
}

TEST(EngineOverWebSocket, AWrongToken) {
  World world("ws");
  world.server->refuse_websocket = 401;
  EXPECT_EQ(world.send(), errors::kEngineAuth.name);
  world.server->refuse_websocket = 0;
  EXPECT_TRUE(world.comes("valid"));
}

TEST(EngineOverTheWire, AnEngineThatGoesAwayAndComesBack) {
  for (const char* scheme : {"http", "ws"}) {
    World world(scheme);
    EXPECT_EQ(world.send(), "valid");
    const std::uint16_t port = world.server->port();
    world.server->close(world.loop);
    world.server.reset();
    EXPECT_TRUE(world.comes(errors::kEngineUnreachable.name)) << scheme;
    world.open(port);
    EXPECT_TRUE(world.comes("valid")) << scheme;
  }
}

// A listener that says `words` to whoever connects and then nothing more.
struct Mute {
  explicit Mute(std::string text) : words(std::move(text)) {
    listener = std::move(*net::TcpListener::bind(loop, net::Endpoint(ByteArray<4>{127, 0, 0, 1}, 0), 16));
    scope.spawn(serve(*this));
    const std::string url = "http://127.0.0.1:" + std::to_string(listener->local().port);
    caller = *rpc::make_caller(loop, *http::parse_url(url), nullptr, rng);
    EngineApiOptions limits;
    limits.timeout = milliseconds(100);
    engine.emplace(loop, *caller, config, limits);
  }
  ~Mute() {
    loop.run(caller->close());
    listener->close();
    scope.cancel();
    loop.run(scope.join());
  }
  static Task<void> serve(Mute& self) {
    while (true) {
      auto accepted = co_await self.listener->accept();
      if (!accepted) co_return;
      (void)co_await write(*accepted->stream, as_bytes(self.words));
      self.streams.push_back(std::move(accepted->stream));
    }
  }
  std::string_view choose() {
    const auto status = loop.run(engine->forkchoice_updated(Forkchoice(), 0));
    return status ? "valid" : status.error().name();
  }

  ReactorLoop loop;
  SeededRng rng{1};
  std::string words;
  std::unique_ptr<net::TcpListener> listener;
  std::vector<std::unique_ptr<Stream>> streams;
  Scope scope{loop};
  RollupConfig config;
  std::unique_ptr<rpc::Caller> caller;
  std::optional<EngineApi> engine;
};

TEST(EngineOverHttp, AnAnswerOverTheLimitIsRefusedByItsLength) {
  Mute engine("HTTP/1.1 200 OK\r\nContent-Length: 209715200\r\n\r\n{");
  EXPECT_EQ(engine.choose(), errors::kEngineAnswer.name);
}

TEST(EngineOverHttp, AnEngineThatSaysNothing) {
  Mute silent("");
  EXPECT_EQ(silent.choose(), errors::kEngineTimeout.name);
  Mute halting("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{");
  EXPECT_EQ(halting.choose(), errors::kEngineTimeout.name);
}

TEST(EngineOverTheWire, AnAnswerWithoutAnEndIsGivenUpAtTheLimit) {
  using rpc::test::Flood;
  const std::pair<std::string, Flood> floods[] = {{"http", rpc::test::chunked_flood()},
                                                  {"http", rpc::test::endless_flood()},
                                                  {"ws", rpc::test::frame_flood()},
                                                  {"ws", rpc::test::fragment_flood()}};
  for (const auto& [scheme, flood] : floods) {
    ReactorLoop loop;
    SeededRng rng(1);
    RollupConfig config;
    config.forks.set_time(Fork::kIsthmus, 0);
    rpc::test::RawServer server(loop, valid_answer);
    rpc::CallerOptions options;
    options.max_answer = 1 << 20;
    const auto caller = *rpc::make_caller(loop, *http::parse_url(server.url(scheme)), nullptr, rng, options);
    EngineApi engine(loop, *caller, config);
    server.flood = flood;
    const auto built = loop.run(engine.built(Building()));
    ASSERT_FALSE(built);
    EXPECT_EQ(built.error().name(), errors::kEngineAnswer.name) << scheme;
    const auto status = loop.run(engine.new_payload(test::sealed_block(7, PayloadVersion::kV4)));
    ASSERT_FALSE(status);
    EXPECT_EQ(status.error().name(), errors::kEngineAnswer.name) << scheme;
    server.flood.reset();
    EXPECT_TRUE(loop.run(engine.new_payload(test::sealed_block(7, PayloadVersion::kV4)))) << scheme;
    loop.run(caller->close());
    server.close(loop);
  }
}

}  // namespace
}  // namespace opwire::opstack
