#include "opwire/net/http/server.hpp"

#include <gtest/gtest.h>

#include "opwire/net/http/errors.hpp"
#include "opwire/net/http/parser.hpp"
#include "opwire/net/memory_stream.hpp"
#include "opwire/net/tcp.hpp"
#include "opwire/runtime/reactor.hpp"
#include "opwire/runtime/simulated_loop.hpp"

namespace opwire::http {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

Task<Response> echo(Request request, PeerInfo) {
  Response response(200, request.method + " " + request.target + " " + request.body, "text/plain");
  co_return response;
}

Task<void> close_server(Server& server, Loop& loop) {
  co_await server.close(loop.now() + seconds(10));
}

// A server on a simulated loop, and one client that writes bytes as it likes.
struct World {
  explicit World(ServerOptions options = {}, Handlers handlers = Handlers(echo)) {
    server = std::move(*Server::make(loop, std::move(options), std::move(handlers)));
    client = connect();
  }
  ~World() {
    client.reset();
    loop.run(close_server(*server, loop));
  }
  std::unique_ptr<Stream> connect() {
    auto [near, far] = net::make_stream_pair(loop);
    server->serve(std::move(far), PeerInfo());
    return std::move(near);
  }
  static Task<void> read_all(Stream& stream, std::string& into, bool& ended) {
    while (true) {
      const auto piece = co_await stream.read(65536);
      if (!piece || piece->empty()) break;
      into += as_text(piece->view());
    }
    ended = true;
  }
  static Task<void> send(Stream& stream, std::string text) { (void)co_await write(stream, as_bytes(text)); }
  // What the client has read a while after it wrote this.
  std::string say(const std::string& text, Duration wait = seconds(1)) {
    if (!reading) {
      reading = true;
      scope.spawn(read_all(*client, heard, ended));
    }
    scope.spawn(send(*client, text));
    loop.run_for(wait);
    return std::exchange(heard, {});
  }

  SimulatedLoop loop;
  std::unique_ptr<Server> server;
  std::unique_ptr<Stream> client;
  std::string heard;
  bool reading = false;
  bool ended = false;
  struct Joined : Scope {
    using Scope::Scope;
  };
  Joined scope{loop};
};

// The reader must be gone before the stream is.
struct Session : World {
  using World::World;
  ~Session() {
    client->reset();
    loop.run(scope.join());
  }
};

std::string first_line(const std::string& answer) {
  return answer.substr(0, answer.find("\r\n"));
}
std::string body_of(const std::string& answer) {
  return answer.substr(std::min(answer.size(), answer.find("\r\n\r\n") + 4));
}

TEST(Server, AnswersAndKeepsTheConnection) {
  Session world;
  std::string answer = world.say("GET /a HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_EQ(first_line(answer), "HTTP/1.1 200 OK");
  EXPECT_NE(answer.find("\r\nContent-Length: 7\r\n"), std::string::npos) << answer;
  EXPECT_EQ(answer.find("Connection:"), std::string::npos);
  EXPECT_EQ(body_of(answer), "GET /a ");
  answer = world.say("POST /b HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc");
  EXPECT_EQ(body_of(answer), "POST /b abc");
  EXPECT_FALSE(world.ended);
  answer = world.say("GET /c HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
  EXPECT_NE(answer.find("\r\nConnection: close\r\n"), std::string::npos);
  EXPECT_TRUE(world.ended);
}

TEST(Server, PipelinedRequestsAreAnsweredInOrder) {
  Session world;
  std::string text;
  for (int i = 0; i < 50; ++i) text += "GET /" + std::to_string(i) + " HTTP/1.1\r\nHost: x\r\n\r\n";
  const std::string answers = world.say(text);
  std::size_t at = 0;
  for (int i = 0; i < 50; ++i) {
    at = answers.find("GET /" + std::to_string(i) + " ", at);
    ASSERT_NE(at, std::string::npos) << i;
  }
}

TEST(Server, HeadHasTheLengthAndNoBody) {
  Session world;
  const std::string answer = world.say("HEAD /a HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_NE(answer.find("Content-Length: 8\r\n"), std::string::npos) << answer;
  EXPECT_EQ(body_of(answer), "");
}

TEST(Server, Http10) {
  Session world;
  const std::string answer = world.say("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
  EXPECT_NE(answer.find("Connection: keep-alive\r\n"), std::string::npos) << answer;
  EXPECT_NE(world.say("GET / HTTP/1.0\r\n\r\n").find("Connection: close\r\n"), std::string::npos);
  EXPECT_TRUE(world.ended);
}

TEST(Server, ExpectContinue) {
  Session world;
  EXPECT_EQ(world.say("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\n"),
            "HTTP/1.1 100 Continue\r\n\r\n");
  EXPECT_EQ(body_of(world.say("abc")), "POST / abc");
  // Too large is said instead of it.
  EXPECT_EQ(
      first_line(world.say("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999\r\nExpect: 100-continue\r\n\r\n")),
      "HTTP/1.1 413 Content Too Large");
}

TEST(Server, RefusesWithAShortText) {
  struct Case {
    const char* request;
    const char* line;
  };
  const std::string long_field = "GET / HTTP/1.1\r\nX: " + std::string(20'000, 'x');
  for (const Case& one : {
           Case{"nonsense\r\n\r\n", "HTTP/1.1 400 Bad Request"},
           Case{"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
                "HTTP/1.1 400 Bad Request"},
           Case{"POST / HTTP/1.1\r\nHost: x\r\n\r\n", "HTTP/1.1 411 Length Required"},
           Case{"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 104857600\r\n\r\n", "HTTP/1.1 413 Content Too Large"},
           Case{"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n6400000\r\n",
                "HTTP/1.1 413 Content Too Large"},
           Case{"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nExpect: more\r\n\r\n",
                "HTTP/1.1 417 Expectation Failed"},
           Case{long_field.c_str(), "HTTP/1.1 431 Request Header Fields Too Large"},
           Case{"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip\r\n\r\n", "HTTP/1.1 501 Not Implemented"},
           Case{"GET / HTTP/3.0\r\nHost: x\r\n\r\n", "HTTP/1.1 505 HTTP Version Not Supported"},
       }) {
    Session world;
    const std::string answer = world.say(one.request);
    EXPECT_EQ(first_line(answer), one.line) << one.request;
    EXPECT_NE(answer.find("\r\nConnection: close\r\n"), std::string::npos);
    EXPECT_FALSE(body_of(answer).empty());
    // Nothing more is taken on it.
    EXPECT_EQ(world.say("GET / HTTP/1.1\r\nHost: x\r\n\r\n"), "");
    EXPECT_TRUE(world.ended);
    world.loop.run_for(seconds(3));
    EXPECT_EQ(world.server->connections(), 0U);
  }
}

TEST(Server, SlowRequestsGet408) {
  ServerOptions options;
  options.read_timeout = seconds(10);
  Session world(options);
  EXPECT_EQ(world.say("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n"), "");
  std::string answer;
  int said = 0;
  for (; said < 60 && answer.empty(); ++said) answer = world.say("x");  // one byte a second
  EXPECT_EQ(first_line(answer), "HTTP/1.1 408 Request Timeout");
  EXPECT_LE(said, 11);
  world.loop.run_for(seconds(3));
  EXPECT_TRUE(world.ended);
  EXPECT_EQ(world.server->connections(), 0U);
}

TEST(Server, IdleConnectionsAreCut) {
  ServerOptions options;
  options.idle_timeout = seconds(20);
  Session world(options);
  world.say("GET / HTTP/1.1\r\nHost: x\r\n\r\n", seconds(19));
  EXPECT_EQ(world.server->connections(), 1U);
  world.loop.run_for(seconds(2));
  EXPECT_EQ(world.server->connections(), 0U);
}

TEST(Server, WhoDoesNotReadIsCut) {
  ServerOptions options;
  options.write_timeout = seconds(5);
  const auto big = [](Request, PeerInfo) -> Task<Response> {
    co_return Response(200, std::string(1 << 20, 'x'), "a/b");
  };
  World world(options, Handlers(big));
  world.scope.spawn(World::send(*world.client, "GET / HTTP/1.1\r\nHost: x\r\n\r\n"));
  world.loop.run_for(seconds(4));
  EXPECT_EQ(world.server->connections(), 1U);
  world.loop.run_for(seconds(2));
  EXPECT_EQ(world.server->connections(), 0U);
}

TEST(Server, TooManyConnectionsAreTurnedAway) {
  ServerOptions options;
  options.max_connections = 1000;
  World world(options);
  std::vector<std::unique_ptr<Stream>> streams;
  for (int i = 0; i < 999; ++i) streams.push_back(world.connect());
  world.loop.run_for(seconds(1));
  EXPECT_EQ(world.server->connections(), 1000U);
  const auto beyond = world.connect();
  std::string heard;
  bool ended = false;
  world.scope.spawn(World::read_all(*beyond, heard, ended));
  world.loop.run_for(seconds(5));
  EXPECT_EQ(first_line(heard), "HTTP/1.1 503 Service Unavailable");
  EXPECT_TRUE(ended);
  EXPECT_EQ(world.server->connections(), 1000U);
  streams.clear();
  world.loop.run_for(seconds(1));
  EXPECT_EQ(world.server->connections(), 1U);
}

TEST(Server, BodiesOfAllConnectionsHaveALimit) {
  ServerOptions options;
  options.max_body = 1000;
  options.max_bodies = 1500;
  Session world(options);
  const std::string head = "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n";
  const auto other = world.connect();
  world.scope.spawn(World::send(*other, head + std::string(900, 'x')));
  world.loop.run_for(seconds(1));
  EXPECT_EQ(first_line(world.say(head + std::string(900, 'x'))), "HTTP/1.1 503 Service Unavailable");
  other->reset();
  world.loop.run_for(seconds(1));
  Session fresh(options);
  for (int i = 0; i < 5; ++i) EXPECT_EQ(first_line(fresh.say(head + std::string(1000, 'x'))), "HTTP/1.1 200 OK");
}

TEST(Server, HandlersCannotBreakTheFraming) {
  const auto bad = [](Request, PeerInfo) -> Task<Response> {
    Response response(200, "body", "text/plain");
    response.headers.add("Content-Length", "1");
    response.headers.add("Transfer-Encoding", "chunked");
    response.headers.add("X-Bad", "a\r\nX-Injected: 1");
    co_return response;
  };
  Session world({}, Handlers(bad));
  const std::string answer = world.say("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_EQ(first_line(answer), "HTTP/1.1 500 Internal Server Error");
  EXPECT_EQ(answer.find("Injected"), std::string::npos);
}

// The loop in use, for handlers that wait.
struct Slow {
  static Task<Response> answer(Loop& loop) {
    (void)co_await sleep_for(loop, seconds(4));
    co_return Response::text(200, "late");
  }
};

struct SlowWorld {
  SlowWorld() {
    Loop& on = loop;
    server = std::move(*Server::make(loop, {}, Handlers([&on](Request, PeerInfo) { return Slow::answer(on); })));
    auto [near, far] = net::make_stream_pair(loop);
    client = std::move(near);
    server->serve(std::move(far), PeerInfo());
    scope.spawn(World::read_all(*client, heard, ended));
    scope.spawn(World::send(*client, "GET / HTTP/1.1\r\nHost: x\r\n\r\n"));
    loop.run_for(seconds(1));
  }
  Duration close_within(Duration limit) {
    const TimePoint begin = loop.now();
    loop.run(server->close(begin + limit));
    const Duration taken = loop.now() - begin;
    client->reset();
    loop.run(scope.join());
    return taken;
  }
  SimulatedLoop loop;
  std::unique_ptr<Server> server;
  std::unique_ptr<Stream> client;
  std::string heard;
  bool ended = false;
  Scope scope{loop};
};

TEST(Server, CloseWaitsForTheAnswerUnderWay) {
  SlowWorld world;
  const Duration taken = world.close_within(seconds(30));
  EXPECT_EQ(first_line(world.heard), "HTTP/1.1 200 OK");
  EXPECT_NE(world.heard.find("Connection: close"), std::string::npos);
  EXPECT_LE(taken, seconds(6));
}

TEST(Server, CloseEndsAtItsDeadline) {
  SlowWorld world;
  EXPECT_LE(world.close_within(seconds(2)), milliseconds(2100));
}

// Over loopback: those beyond the limit get to read why.
struct Crowd {
  static Task<void> ask(Loop& loop, net::Endpoint to, int& served, int& refused) {
    const auto connection = co_await net::tcp_connect(loop, to, loop.now() + seconds(5));
    if (!connection) co_return;
    Stream& stream = *connection->stream;
    (void)co_await write(stream, as_bytes("GET / HTTP/1.1\r\nHost: x\r\n\r\n"));
    const auto answer = co_await stream.read(65536);
    const std::string line = answer ? first_line(std::string(as_text(answer->view()))) : "";
    served += line == "HTTP/1.1 200 OK" ? 1 : 0;
    refused += line == "HTTP/1.1 503 Service Unavailable" ? 1 : 0;
    // All stay until all have been answered.
    bool waiting = true;
    while (waiting && served + refused < kAll) waiting = co_await sleep_for(loop, milliseconds(5));
  }
  static constexpr int kAll = 150;
};

TEST(ServerOverTcp, ACrowd) {
  ReactorLoop loop;
  ServerOptions options;
  options.endpoint = net::Endpoint::parse("127.0.0.1:0");
  options.max_connections = 100;
  const auto server = std::move(*Server::make(loop, options, Handlers(echo)));
  Scope scope(loop);
  int served = 0, refused = 0;
  for (int i = 0; i < Crowd::kAll; ++i) scope.spawn(Crowd::ask(loop, *server->local_endpoint(), served, refused));
  Timer limit(loop, [&] { scope.cancel(); });
  limit.arm_in(seconds(5));
  loop.run(scope.join());
  EXPECT_EQ(served, 100);
  EXPECT_EQ(refused, 50);
  loop.run(server->close(loop.now() + seconds(5)));
}

}  // namespace
}  // namespace opwire::http
