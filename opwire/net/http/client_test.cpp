#include "opwire/net/http/client.hpp"

#include <gtest/gtest.h>

#include "opwire/net/errors.hpp"
#include "opwire/net/http/errors.hpp"
#include "opwire/net/http/server.hpp"
#include "opwire/net/memory_stream.hpp"
#include "opwire/net/tcp.hpp"
#include "opwire/net/tls/errors.hpp"
#include "opwire/net/tls/stream.hpp"
#include "opwire/net/tls/tls_for_test.hpp"
#include "opwire/runtime/reactor.hpp"
#include "opwire/runtime/simulated_loop.hpp"

namespace opwire::http {
namespace {

using std::chrono::seconds;

Task<Response> echo(Request request, PeerInfo) {
  Response response(200, request.method + " " + request.target + " " + request.body, "text/plain");
  if (const auto* user = request.headers.find("Authorization")) response.headers.add("X-Seen", *user);
  co_return response;
}

Url url_of(const std::string& text) {
  return parse_url(text).value();
}

// A client whose server is the test: it sees each connection's far end.
struct Scripted {
  Scripted() : client(loop, url_of("http://h/"), dialer(), rng, options()) {}
  ~Scripted() {
    loop.run(client.close());
    for (const auto& server : servers) server->reset();
    loop.run(scope.join());
  }
  static ClientOptions options() {
    ClientOptions options;
    options.max_body = 1000;
    options.max_connections = 1;
    return options;
  }
  Dialer dialer() {
    return [this](TimePoint) { return dial(*this); };
  }
  static Task<Result<std::unique_ptr<Stream>>> dial(Scripted& self) {
    auto [near, far] = net::make_stream_pair(self.loop, self.capacity);
    self.servers.push_back(std::move(far));
    co_return std::move(near);
  }
  static Task<void> ask(Scripted& self, Request request, std::optional<Result<Response>>& into) {
    into = co_await self.client.request(std::move(request), self.loop.now() + seconds(10));
  }
  static Task<void> play(Stream& stream, std::string text) { (void)co_await write(stream, as_bytes(text)); }
  static Task<std::string> heard(Stream& stream, std::size_t size = 1) {
    std::string text;
    while (text.size() < size) {
      const auto piece = co_await stream.read(65536);
      if (!piece || piece->empty()) break;
      text += as_text(piece->view());
    }
    co_return text;
  }
  void start(Request request, std::optional<Result<Response>>& into) {
    scope.spawn(ask(*this, std::move(request), into));
    loop.run_for(seconds(1));
  }
  void answer(std::size_t server, const std::string& text) {
    scope.spawn(play(*servers.at(server), text));
    loop.run_for(seconds(1));
  }
  // What becomes of a request whose server says this, and then ends if so told.
  std::string outcome(const std::string& text, bool end) {
    std::optional<Result<Response>> response;
    start(Request(), response);
    answer(servers.size() - 1, text);
    if (end) servers.back()->reset();
    loop.run_for(seconds(20));
    if (!response) return "nothing";
    return *response ? "taken" : std::string(response->error().name());
  }

  SimulatedLoop loop;
  SeededRng rng{1};
  std::size_t capacity = net::kMemoryStreamCapacity;
  std::vector<std::unique_ptr<Stream>> servers;
  Client client;
  Scope scope{loop};
};

const std::string kOk = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";

TEST(Client, KeepsItsConnection) {
  Scripted world;
  for (int i = 0; i < 3; ++i) {
    std::optional<Result<Response>> response;
    world.start(Request("POST", "/x", "abc"), response);
    const std::string expected = "POST /x HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\nabc";
    EXPECT_EQ(world.loop.run(Scripted::heard(*world.servers.at(0), expected.size())), expected);
    world.answer(0, kOk);
    ASSERT_TRUE(response && *response);
    EXPECT_EQ((*response)->body, "ok");
  }
  EXPECT_EQ(world.servers.size(), 1U);
  EXPECT_EQ(world.client.idle_connections(), 1U);
}

TEST(Client, NoticesThatAKeptConnectionEnded) {
  Scripted world;
  std::optional<Result<Response>> response;
  world.start(Request(), response);
  world.answer(0, kOk);
  EXPECT_EQ(world.client.idle_connections(), 1U);
  world.servers[0]->reset();
  world.loop.run_for(seconds(1));
  EXPECT_EQ(world.client.idle_connections(), 0U);
  world.start(Request(), response);
  world.answer(1, kOk);
  EXPECT_TRUE(*response);
  EXPECT_EQ(world.servers.size(), 2U);
}

TEST(Client, SendsAgainWhatWasNotWrittenWhole) {
  Scripted world;
  world.capacity = 1024;
  std::optional<Result<Response>> response;
  world.start(Request(), response);
  (void)world.loop.run(Scripted::heard(*world.servers.at(0)));
  world.answer(0, kOk);
  std::optional<Result<Response>> second;
  world.start(Request("POST", "/", std::string(2000, 'x')), second);  // more than the stream holds
  world.servers[0]->reset();
  world.loop.run_for(seconds(1));
  ASSERT_EQ(world.servers.size(), 2U);
  EXPECT_FALSE(second);
  const std::string again = world.loop.run(Scripted::heard(*world.servers[1], 2000));
  EXPECT_TRUE(again.starts_with("POST / "));
  world.answer(1, kOk);
  ASSERT_TRUE(second);
  EXPECT_TRUE(*second);
}

TEST(Client, NeverSendsAgainWhatWasWrittenWhole) {
  Scripted world;
  std::optional<Result<Response>> response;
  world.start(Request(), response);
  world.answer(0, kOk);
  std::optional<Result<Response>> second;
  world.start(Request(), second);
  world.servers[0]->reset();
  world.loop.run_for(seconds(1));
  ASSERT_TRUE(second);
  EXPECT_TRUE(second->error().is(errors::kClosedEarly));
  EXPECT_EQ(world.servers.size(), 1U);
  EXPECT_EQ(world.outcome(kOk, false), "taken");  // the next one finds a new connection
}

TEST(Client, NamesWhatWentWrong) {
  Scripted world;
  EXPECT_EQ(world.outcome("", false), "timeout");
  EXPECT_EQ(world.outcome("", true), errors::kClosedEarly.name);
  EXPECT_EQ(world.outcome("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nab", true), errors::kClosedEarly.name);
  EXPECT_EQ(world.outcome("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nab", false), "timeout");
  EXPECT_EQ(world.outcome("HTTP/1.1 200 OK\r\nContent-Length: 209715200\r\n\r\n", false), errors::kBodyTooLarge.name);
  EXPECT_EQ(world.outcome("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nC800000\r\n", false),
            errors::kBodyTooLarge.name);
  EXPECT_EQ(world.outcome("HTTP/1.1 200 OK\r\nX: " + std::string(20'000, 'x'), false), errors::kHeaderTooLarge.name);
  EXPECT_EQ(world.outcome("HTTP/1.1 abc\r\n\r\n", false), errors::kMalformed.name);
  std::string interim;
  for (int i = 0; i < 20; ++i) interim += "HTTP/1.1 102 Processing\r\n\r\n";
  EXPECT_EQ(world.outcome(interim, false), errors::kMalformed.name);
  EXPECT_EQ(world.outcome("HTTP/1.1 100 Continue\r\n\r\n" + kOk, false), "taken");
}

TEST(Client, AnAnswerWithMoreBehindItIsTheConnectionsLast) {
  Scripted world;
  EXPECT_EQ(world.outcome(kOk + "HTTP/1.1 200 OK\r\n", false), "taken");
  EXPECT_EQ(world.client.idle_connections(), 0U);
  EXPECT_EQ(world.outcome("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n", false), "taken");
  EXPECT_EQ(world.client.idle_connections(), 0U);
}

TEST(Client, CloseEndsWhatIsUnderWay) {
  auto world = std::make_unique<Scripted>();
  std::optional<Result<Response>> first, waiting;
  world->start(Request(), first);
  world->start(Request(), waiting);
  world->loop.run(world->client.close());
  world->loop.run_for(seconds(1));
  ASSERT_TRUE(first && waiting);
  EXPECT_TRUE(first->error().is(opwire::errors::kClosed));
  EXPECT_TRUE(waiting->error().is(opwire::errors::kClosed));
}

TEST(Client, CancelledRequestLeavesTheClientUsable) {
  Scripted world;
  Scope other(world.loop);
  std::optional<Result<Response>> response;
  other.spawn(Scripted::ask(world, Request(), response));
  world.loop.run_for(seconds(1));
  other.cancel();
  world.loop.run(other.join());
  EXPECT_TRUE(response->error().is(opwire::errors::kCancelled));
  EXPECT_EQ(world.outcome(kOk, false), "taken");
}

// Both over loopback.
struct Loopback {
  Loopback() {
    ServerOptions options;
    options.endpoint = net::Endpoint::parse("127.0.0.1:0");
    server = std::move(*Server::make(loop, options, Handlers(echo)));
    client = make("http://me:p%40ss@localhost:" + std::to_string(server->local_endpoint()->port));
  }
  ~Loopback() {
    loop.run(client->close());
    loop.run(server->close(loop.now() + seconds(5)));
  }
  std::unique_ptr<Client> make(const std::string& url) {
    return std::move(*Client::make(loop, url_of(url), &resolver, rng));
  }
  Result<Response> ask(Client& by, Request request) {
    return loop.run(by.request(std::move(request), loop.now() + seconds(5)));
  }
  static Task<void> ask_often(Client& by, TimePoint deadline, int& good) {
    for (int i = 0; i < 20; ++i) {
      const auto response = co_await by.request(Request("POST", "/", std::string(2000, 'x')), deadline);
      good += response && response->body.size() == 2007 ? 1 : 0;
    }
  }
  ReactorLoop loop;
  SeededRng rng{1};
  net::StaticResolver resolver;
  std::unique_ptr<Server> server;
  std::unique_ptr<Client> client;
};

TEST(ClientOverTcp, RequestsAndBasicAuthorization) {
  Loopback world;
  const auto response = world.ask(*world.client, Request("GET", "/a?b"));
  ASSERT_TRUE(response) << response.error().message();
  EXPECT_EQ(response->body, "GET /a?b ");
  EXPECT_EQ(*response->headers.find("X-Seen"), "Basic bWU6cEBzcw==");
  EXPECT_EQ(world.ask(*world.client, Request("HEAD", "/"))->body, "");
  EXPECT_EQ(world.server->connections(), 1U);
}

TEST(ClientOverTcp, LargeBodiesBothWays) {
  Loopback world;
  const auto response = world.ask(*world.client, Request("POST", "/", std::string(9 << 20, 'x')));
  ASSERT_TRUE(response) << response.error().message();
  EXPECT_EQ(response->body.size(), (9U << 20) + 7);
  const auto refused = world.ask(*world.client, Request("POST", "/", std::string(12 << 20, 'x')));
  ASSERT_TRUE(refused) << refused.error().message();
  EXPECT_EQ(refused->status, 413U);
}

TEST(ClientOverTcp, ManyTasksShareAFewConnections) {
  Loopback world;
  Scope scope(world.loop);
  int good = 0;
  for (int i = 0; i < 20; ++i) scope.spawn(Loopback::ask_often(*world.client, world.loop.now() + seconds(10), good));
  world.loop.run(scope.join());
  EXPECT_EQ(good, 400);
  EXPECT_LE(world.server->connections(), 4U);
}

TEST(ClientOverTcp, ANewServerIsFoundAgain) {
  Loopback world;
  EXPECT_TRUE(world.ask(*world.client, Request()));
  ServerOptions options;
  options.endpoint = world.server->local_endpoint();
  world.loop.run(world.server->close(world.loop.now() + seconds(5)));
  const auto refused = world.ask(*world.client, Request());
  ASSERT_FALSE(refused);
  EXPECT_TRUE(refused.error().is(errors::kRefused)) << refused.error().message();
  world.server = std::move(*Server::make(world.loop, options, Handlers(echo)));
  EXPECT_TRUE(world.ask(*world.client, Request()));
}

TEST(ClientOverTcp, Names) {
  Loopback world;
  const std::string port = std::to_string(world.server->local_endpoint()->port);
  world.resolver.add_address("engine.test", ByteArray<4>{127, 0, 0, 1});
  const auto known = world.make("http://engine.test:" + port);
  EXPECT_TRUE(world.ask(*known, Request()));
  world.loop.run(known->close());
  const auto unknown = world.make("http://other.test:" + port);
  EXPECT_TRUE(world.ask(*unknown, Request()).error().is(net::errors::kResolve));
  world.loop.run(unknown->close());
  EXPECT_TRUE(Client::make(world.loop, url_of("https://a"), nullptr, world.rng).error().is(errors::kNoTls));
}

Task<void> serve_tls(Loop& loop, net::TcpListener& listener, Server& server, std::shared_ptr<tls::Context> context) {
  while (true) {
    auto accepted = co_await listener.accept();
    if (!accepted) co_return;
    auto stream = co_await tls::TlsStream::accept(loop, std::move(accepted->stream), context, loop.now() + seconds(5));
    if (stream) server.serve(std::move(*stream), PeerInfo(accepted->remote));
  }
}

TEST(ClientOverTls, RequestsAndRefusals) {
  const tls::TestFiles files;
  Loopback world;
  const ByteArray<4> address{127, 0, 0, 1};
  const auto listener = std::move(*net::TcpListener::bind(world.loop, net::Endpoint(address, 0)));
  Scope scope(world.loop);
  scope.spawn(serve_tls(world.loop, *listener, *world.server, *tls::Context::make(files.options(tls::Side::kServer))));
  ClientOptions options;
  options.tls = *tls::Context::make(files.options(tls::Side::kClient));
  const std::string port = std::to_string(listener->local().port);
  const auto client =
      std::move(*Client::make(world.loop, url_of("https://127.0.0.1:" + port), nullptr, world.rng, options));
  const auto response = world.ask(*client, Request("POST", "/a", "text"));
  EXPECT_TRUE(response && response->body == "POST /a text") << response.error().message();
  EXPECT_EQ(client->idle_connections(), 1U);
  const auto other =
      std::move(*Client::make(world.loop, url_of("https://localhost:" + port), nullptr, world.rng, options));
  EXPECT_TRUE(world.ask(*other, Request()).error().is(tls::errors::kWrongName));
  world.loop.run(client->close());
  world.loop.run(other->close());
  scope.cancel();
  world.loop.run(scope.join());
}

}  // namespace
}  // namespace opwire::http
