#include "opwire/rpc/rpc_server.hpp"

#include <gtest/gtest.h>

#include <boost/json/parse.hpp>

#include "opwire/net/http/client.hpp"
#include "opwire/net/memory_stream.hpp"
#include "opwire/net/tcp.hpp"
#include "opwire/rpc/params.hpp"
#include "opwire/runtime/reactor.hpp"
#include "opwire/runtime/simulated_loop.hpp"

namespace opwire::rpc {
namespace {

using std::chrono::seconds;

constexpr const char* kCall = R"({"jsonrpc":"2.0","id":1,"method":"test_ping"})";
constexpr const char* kAnswer = R"({"jsonrpc":"2.0","id":1,"result":"pong"})";

MethodAnswer pong(const boost::json::array&) {
  return std::string("\"pong\"");
}
Task<MethodAnswer> slow(Loop* loop) {
  const bool slept = co_await sleep_for(*loop, seconds(10));
  co_return std::string(slept ? "true" : "false");
}

/// A server in virtual time, and clients that reach it over memory.
struct World {
  explicit World(ServerOptions options = ServerOptions()) {
    methods.add_plain("test_ping", pong);
    methods.add("test_slow", [this](const boost::json::array&, const Context&) { return slow(&loop); });
    add_subscription_methods(methods, [this](const boost::json::array& params) -> Result<Channel*, Failure> {
      OPW_TRY(const std::string_view kind, text_param(params, 0));
      if (kind != "blocks") return invalid_argument(0, "no such kind");
      return &blocks;
    });
    options.version = "v1.2.3";
    server = std::move(*RpcServer::make(loop, methods, std::move(options)));
    client = std::make_unique<http::Client>(loop, http::parse_url("http://localhost:9545/").value(), dialer(), rng);
  }
  ~World() {
    loop.run(client->close());
    loop.run(server->close(loop.now() + seconds(1)));
  }
  http::Dialer dialer() {
    return [this](TimePoint) { return dial(*this); };
  }
  static Task<Result<std::unique_ptr<Stream>>> dial(World& world) {
    auto [near, far] = net::make_stream_pair(world.loop);
    world.server->serve(std::move(far), http::PeerInfo());
    co_return std::move(near);
  }
  http::Response send(http::Request request) {
    auto answer = loop.run(client->request(std::move(request), loop.now() + seconds(60)));
    return answer ? std::move(*answer) : http::Response::text(599, answer.error().message());
  }
  http::Response post(std::string body, const char* type = "application/json") {
    http::Request request("POST", "/", std::move(body));
    if (type != nullptr) request.headers.add("Content-Type", type);
    return send(std::move(request));
  }
  Result<std::unique_ptr<http::WebSocket>> open(http::Headers headers = {},
                                                http::WebSocketOptions options = http::WebSocketOptions()) {
    return loop.run(client->open_websocket(std::move(headers), loop.now() + seconds(5), options));
  }
  bool say(http::WebSocket& socket, std::string text) {
    return loop.run(socket.send(http::WebSocketMessage(std::move(text), true))).has_value();
  }
  std::string hear(http::WebSocket& socket) {
    auto message = loop.run(socket.receive());
    return message ? message->data : message.error().message();
  }
  std::string ask(http::WebSocket& socket, std::string text) {
    EXPECT_TRUE(say(socket, std::move(text)));
    return hear(socket);
  }

  SimulatedLoop loop;
  SeededRng rng{1};
  Channel blocks;
  MethodTable methods;
  std::unique_ptr<RpcServer> server;
  std::unique_ptr<http::Client> client;
};

TEST(RpcServer, AnswersPosts) {
  World world;
  for (const char* type : {"application/json", "application/json; charset=utf-8", "Application/JSON-RPC",
                           "application/jsonrequest", static_cast<const char*>(nullptr)}) {
    const http::Response answer = world.post(kCall, type);
    EXPECT_EQ(answer.status, 200u);
    EXPECT_EQ(answer.body, kAnswer);
    EXPECT_EQ(*answer.headers.find("Content-Type"), "application/json");
  }
  EXPECT_EQ(world.post("nonsense").body.find(R"({"jsonrpc":"2.0","id":null,"error":{"code":-32700)"), 0u);
  const http::Response nothing = world.post(R"({"jsonrpc":"2.0","method":"test_ping"})");
  EXPECT_EQ(nothing.status, 200u);
  EXPECT_EQ(nothing.body, "");
}

TEST(RpcServer, AnswersWhatElseGosServersAnswer) {
  World world;
  EXPECT_EQ(world.send(http::Request("GET", "/")).status, 200u);
  EXPECT_EQ(world.send(http::Request("GET", "/")).body, "");
  EXPECT_EQ(world.send(http::Request("OPTIONS", "/")).status, 200u);
  EXPECT_EQ(world.send(http::Request("PUT", "/", kCall)).status, 405u);
  EXPECT_EQ(world.send(http::Request("DELETE", "/")).status, 405u);
  EXPECT_EQ(world.post(kCall, "text/plain").status, 415u);
  EXPECT_EQ(world.post(kCall, "application/x-www-form-urlencoded").status, 415u);
  const http::Response health = world.send(http::Request("GET", "/healthz"));
  EXPECT_EQ(health.body, "{\"version\":\"v1.2.3\"}\n");
  EXPECT_EQ(*health.headers.find("Content-Type"), "application/json");
}

TEST(RpcServer, KeepsWebPagesOut) {
  World world;
  http::Request page("POST", "/", kCall);
  page.headers.add("Origin", "https://page.example");
  EXPECT_EQ(world.send(page).status, 415u) << "without a type a browser does not ask before";
  page.headers.add("Content-Type", "application/json");
  EXPECT_FALSE(world.send(page).headers.contains("Access-Control-Allow-Origin"));
  http::Request rebound("POST", "/", kCall);
  rebound.headers.add("Host", "page.example");
  rebound.headers.add("Content-Type", "application/json");
  EXPECT_EQ(world.send(rebound).status, 403u);
  rebound.target = "/healthz";
  EXPECT_EQ(world.send(rebound).status, 200u) << "probes call us by many names";
  http::Headers headers;
  headers.add("Origin", "https://page.example");
  EXPECT_FALSE(world.open(headers));
}

TEST(RpcServer, WithASecretOnlyItsOwnersAreAnswered) {
  const Jwt secret = Jwt::parse(std::string(64, '1')).value();
  ServerOptions options;
  options.access.jwt = secret;
  World world(std::move(options));
  EXPECT_EQ(world.post(kCall).status, 401u);
  EXPECT_EQ(world.post(kCall).body, "missing token\n");
  http::Headers headers;
  EXPECT_FALSE(world.open(headers));
  http::Request request("POST", "/", kCall);
  request.headers.add("Content-Type", "application/json");
  request.headers.add("Authorization", secret.bearer(world.loop.wall_now()));
  EXPECT_EQ(world.send(request).body, kAnswer);
  headers.add("Authorization", secret.bearer(world.loop.wall_now()));
  EXPECT_TRUE(world.open(headers));
  EXPECT_EQ(world.send(http::Request("GET", "/healthz")).status, 200u) << "whoever watches whether it lives";
}

TEST(RpcServer, BodiesAreBounded) {
  World usual;
  EXPECT_EQ(usual.post(std::string(6 * 1024 * 1024, ' ')).status, 413u);
  ServerOptions options;
  options.http.max_body = kBlockBody;
  World world(options);
  EXPECT_EQ(world.post(std::string(33 * 1024 * 1024, ' ')).status, 413u);
  // Announced as 100 MiB and never sent.
  auto stream = std::move(*world.loop.run(World::dial(world)));
  const std::string head = "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 104857600\r\n\r\n";
  ASSERT_TRUE(world.loop.run(write(*stream, as_bytes(head))));
  const Buffer answer = std::move(*world.loop.run(stream->read(1000)));
  EXPECT_TRUE(as_text(answer.view()).starts_with("HTTP/1.1 413")) << as_text(answer.view());
  stream->reset();
  // A block of 10 MiB as JSON passes.
  const std::string block =
      R"({"jsonrpc":"2.0","id":1,"method":"test_ping","params":[")" + std::string(21 * 1024 * 1024, 'a') + "\"]}";
  EXPECT_EQ(world.post(block).body, kAnswer);
}

TEST(RpcServer, AnswersOverWebSocket) {
  World world;
  auto socket = std::move(*world.open());
  EXPECT_EQ(world.ask(*socket, kCall), kAnswer);
  EXPECT_EQ(world.ask(*socket, "[]"), R"({"jsonrpc":"2.0","id":null,"error":{"code":-32600,"message":"empty batch"}})");
  EXPECT_EQ(world.server->websockets(), 1u);
  world.loop.run(socket->close());
  world.loop.run_for(seconds(1));
  EXPECT_EQ(world.server->websockets(), 0u);
}

TEST(RpcServer, ASlowCallDoesNotHoldUpOthers) {
  World world;
  auto socket = std::move(*world.open());
  const TimePoint begin = world.loop.now();
  ASSERT_TRUE(world.say(*socket, R"({"jsonrpc":"2.0","id":7,"method":"test_slow"})"));
  EXPECT_EQ(world.ask(*socket, kCall), kAnswer);
  EXPECT_LT(world.loop.now() - begin, seconds(1));
  EXPECT_EQ(world.hear(*socket), R"({"jsonrpc":"2.0","id":7,"result":true})");
  // Eight at once; the ninth request is read when one of them has ended.
  for (int i = 0; i < 8; ++i) ASSERT_TRUE(world.say(*socket, R"({"jsonrpc":"2.0","id":7,"method":"test_slow"})"));
  ASSERT_TRUE(world.say(*socket, kCall));
  EXPECT_NE(world.hear(*socket), kAnswer);
  world.loop.run(socket->close());
}

TEST(RpcServer, CallsEndWithTheirWebSocket) {
  World world;
  auto socket = std::move(*world.open());
  ASSERT_TRUE(world.say(*socket, R"({"jsonrpc":"2.0","id":7,"method":"test_slow"})"));
  world.loop.run_for(seconds(1));
  world.loop.run(socket->close());
  world.loop.run_for(seconds(1));
  EXPECT_EQ(world.server->websockets(), 0u);
  EXPECT_EQ(world.server->calls().stats().at("test_slow").time, seconds(1));
}

TEST(RpcServer, TellsSubscribers) {
  World world;
  const std::string subscribe = R"({"jsonrpc":"2.0","id":1,"method":"opwire_subscribe","params":["blocks"]})";
  EXPECT_NE(world.post(subscribe).body.find("notifications not supported"), std::string::npos);
  auto socket = std::move(*world.open());
  EXPECT_EQ(world.ask(*socket, subscribe), R"({"jsonrpc":"2.0","id":1,"result":"0x1"})");
  world.loop.run_for(seconds(1));
  world.blocks.publish(R"({"number":5})");
  EXPECT_EQ(world.hear(*socket), R"({"jsonrpc":"2.0","method":"opwire_subscription","params":)"
                                 R"({"subscription":"0x1","result":{"number":5}}})");
  EXPECT_EQ(world.ask(*socket, R"({"jsonrpc":"2.0","id":2,"method":"opwire_unsubscribe","params":["0x1"]})"),
            R"({"jsonrpc":"2.0","id":2,"result":true})");
  EXPECT_FALSE(world.blocks.has_subscribers());
  EXPECT_NE(world.ask(*socket, R"({"jsonrpc":"2.0","id":1,"method":"opwire_subscribe","params":["x"]})")
                .find("invalid argument 0: no such kind"),
            std::string::npos);
  world.loop.run(socket->close());
}

TEST(RpcServer, ASubscriberThatDoesNotReadCostsWhatItsQueueHolds) {
  World world;
  auto socket = std::move(*world.open());
  (void)world.ask(*socket, R"({"jsonrpc":"2.0","id":1,"method":"opwire_subscribe","params":["blocks"]})");
  world.loop.run_for(seconds(1));
  // 60 MB, of which the queue, the WebSocket's and the stream hold some 5.
  for (int i = 0; i < 60; ++i) world.blocks.publish("\"" + std::string(1'000'000, 'x') + "\"");
  std::size_t heard = 0;
  std::size_t left_out = 0;
  for (int round = 0; round < 3; ++round) {
    world.blocks.publish("0");
    while (true) {
      const std::string text = world.hear(*socket);
      const std::size_t at = text.find("\"leftOut\":");
      if (at != std::string::npos) left_out += static_cast<std::size_t>(std::atoi(text.c_str() + at + 10));
      if (text.find("\"result\":0}") != std::string::npos) break;
      ++heard;
    }
  }
  EXPECT_EQ(heard + left_out, 60u);
  EXPECT_LT(heard, 8u);
  EXPECT_GT(heard, 2u);
  world.loop.run(socket->close());
}

TEST(RpcServer, WebSocketsAreBounded) {
  ServerOptions options;
  options.max_websockets = 2;
  World world(options);
  auto one = std::move(*world.open());
  auto two = std::move(*world.open());
  EXPECT_FALSE(world.open());
  world.loop.run(one->close());
  world.loop.run_for(seconds(1));
  auto three = world.open();
  ASSERT_TRUE(three);
  EXPECT_TRUE(world.say(**three, std::string(2 * 1024 * 1024, ' ')));
  EXPECT_NE(world.hear(**three).find("closed"), std::string::npos) << "a message over the limit ends it";
  world.loop.run((*three)->close());
  world.loop.run(two->close());
}

TEST(RpcServer, CloseEndsWebSocketsAndCalls) {
  World world;
  auto socket = std::move(*world.open());
  ASSERT_TRUE(world.say(*socket, R"({"jsonrpc":"2.0","id":7,"method":"test_slow"})"));
  world.loop.run_for(seconds(1));
  const TimePoint begin = world.loop.now();
  world.loop.run(world.server->close(begin + seconds(2)));
  EXPECT_LE(world.loop.now() - begin, seconds(5));
  EXPECT_EQ(world.server->connections(), 0u);
  world.loop.run(socket->close());
}

Task<void> ask_once(Loop& loop, http::Client& client, int& answered) {
  http::Request request("POST", "/", kCall);
  request.headers.add("Content-Type", "application/json");
  const auto answer = co_await client.request(std::move(request), loop.now() + seconds(20));
  if (answer && answer->body == kAnswer) ++answered;
}

TEST(RpcServer, ThousandConnections) {
  World world;
  Scope scope(world.loop);
  std::vector<std::unique_ptr<http::Client>> clients;
  int answered = 0;
  for (int i = 0; i < 1000; ++i) {
    clients.push_back(std::make_unique<http::Client>(world.loop, world.client->url(), world.dialer(), world.rng));
    scope.spawn(ask_once(world.loop, *clients.back(), answered));
  }
  world.loop.run(scope.join());
  EXPECT_EQ(answered, 1000);
  EXPECT_EQ(world.server->connections(), 1000u);
  const http::Response beyond = world.post(kCall);
  EXPECT_EQ(beyond.status, 503u);
  for (auto& client : clients) world.loop.run(client->close());
  world.loop.run_for(seconds(1));
  EXPECT_EQ(world.post(kCall).body, kAnswer);
}

TEST(RpcServer, ClientsThatSendSlowlyAreLetGo) {
  World world;
  auto stream = std::move(*world.loop.run(World::dial(world)));
  ASSERT_TRUE(
      world.loop.run(write(*stream, as_bytes("POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\n"))));
  for (int i = 0; i < 8; ++i) {
    (void)world.loop.run(write(*stream, as_bytes(" ")));
    world.loop.run_for(seconds(10));
  }
  EXPECT_EQ(world.server->connections(), 0u);
  stream->reset();
}

TEST(RpcServer, ListensOnTcp) {
  ReactorLoop loop;
  SystemRng rng;
  MethodTable methods;
  methods.add_plain("test_ping", pong);
  ServerOptions options;
  options.http.endpoint = net::Endpoint::parse_ip("127.0.0.1", 0);
  auto server = RpcServer::make(loop, methods, options);
  ASSERT_TRUE(server);
  const http::Url url = http::parse_url("http://" + (*server)->local_endpoint()->to_string()).value();
  auto client = std::move(*http::Client::make(loop, url, nullptr, rng));
  int answered = 0;
  loop.run(ask_once(loop, *client, answered));
  EXPECT_EQ(answered, 1);
  EXPECT_FALSE(RpcServer::make(loop, methods, [&] {
    ServerOptions same;
    same.http.endpoint = (*server)->local_endpoint();
    return same;
  }()));
  loop.run(client->close());
  loop.run((*server)->close(loop.now() + seconds(1)));
}

}  // namespace
}  // namespace opwire::rpc
