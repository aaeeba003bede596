#include "opwire/net/http/websocket.hpp"

#include <gtest/gtest.h>

#include "opwire/net/http/client.hpp"
#include "opwire/net/http/errors.hpp"
#include "opwire/net/http/server.hpp"
#include "opwire/net/memory_stream.hpp"
#include "opwire/runtime/reactor.hpp"
#include "opwire/runtime/simulated_loop.hpp"

namespace opwire::http {
namespace {

using std::chrono::seconds;

Task<Response> no_http(Request, PeerInfo) {
  co_return Response::text(404, "WebSocket only");
}

Task<void> echo(WebSocket& socket, Request, PeerInfo) {
  while (true) {
    auto message = co_await socket.receive();
    if (!message) co_return;
    const auto sent = co_await socket.send(std::move(*message));
    if (!sent) co_return;
  }
}

Handlers echo_handlers() {
  Handlers handlers(no_http);
  handlers.websocket = echo;
  return handlers;
}

// One side is a WebSocket, the other the test's own bytes.
struct Raw {
  explicit Raw(WebSocketOptions options = {}, std::size_t capacity = net::kMemoryStreamCapacity) {
    auto [near, far] = net::make_stream_pair(loop, capacity);
    peer = std::move(far);
    socket = std::make_unique<WebSocket>(loop, std::move(near), Role::kClient, &rng, options);
  }
  ~Raw() {
    if (peer) peer->reset();
    loop.run(socket->close());
    loop.run(scope.join());
  }
  static Task<void> keep(WebSocket& socket, std::optional<Result<WebSocketMessage>>& into) {
    into = co_await socket.receive();
  }
  static Task<void> play(Stream& stream, std::string text) { (void)co_await write(stream, as_bytes(text)); }
  static Task<void> send(WebSocket& socket, std::string text, std::optional<Result<void>>& into) {
    WebSocketMessage message(std::move(text), true);
    into = co_await socket.send(std::move(message));
  }
  static Task<void> close(WebSocket& socket, bool& closed) {
    co_await socket.close(kNormalClosure, "done");
    closed = true;
  }
  void start_receive() {
    received.reset();
    scope.spawn(keep(*socket, received));
    loop.run_for(seconds(0));
  }
  void say(const std::string& text) {
    scope.spawn(play(*peer, text));
    loop.run_for(seconds(1));
  }
  // What the socket wrote, decoded.
  std::vector<FrameEvent> heard() {
    std::vector<FrameEvent> events;
    const Buffer bytes = loop.run(peer->read(1 << 20)).value_or(Buffer());
    ByteView view = bytes.view();
    while (!view.empty()) {
      auto event = decoder.next(view);
      if (!event || !*event) break;
      events.push_back(std::move(**event));
    }
    return events;
  }

  SimulatedLoop loop;
  SeededRng rng{1};
  FrameDecoder decoder{Role::kServer, 1 << 20};
  std::unique_ptr<Stream> peer;
  std::unique_ptr<WebSocket> socket;
  std::optional<Result<WebSocketMessage>> received;
  Scope scope{loop};
};

std::string frame(Opcode opcode, std::string_view data) {
  std::string out;
  append_frame(out, opcode, as_bytes(data), nullptr);
  return out;
}
std::string close_frame(std::uint16_t code) {
  std::string out;
  append_close(out, code, {}, nullptr);
  return out;
}

TEST(WebSocket, AnswersPings) {
  Raw world;
  world.start_receive();
  world.say(frame(Opcode::kPing, "one"));
  EXPECT_FALSE(world.received);
  const auto events = world.heard();
  ASSERT_EQ(events.size(), 1U);
  EXPECT_EQ(events[0].opcode, Opcode::kPong);
  EXPECT_EQ(events[0].data, "one");
  world.say(frame(Opcode::kText, "x"));
  EXPECT_EQ((*world.received)->data, "x");
}

TEST(WebSocket, AFloodOfPingsCostsOnePong) {
  Raw world({}, 64);  // the other side does not read: the first pong fills the stream
  world.start_receive();
  for (int i = 0; i < 1000; ++i) world.say(frame(Opcode::kPing, std::string(50, 'x')));
  EXPECT_LE(world.socket->queued_bytes(), 200U);
}

TEST(WebSocket, AnswersACloseFrame) {
  Raw world;
  world.start_receive();
  world.say(close_frame(kGoingAway) + frame(Opcode::kText, "after the end"));
  ASSERT_TRUE(world.received);
  EXPECT_TRUE(world.received->error().is(errors::kPeerClosed));
  EXPECT_EQ(world.socket->peer_close()->code, kGoingAway);
  EXPECT_EQ(world.heard().at(0).close_code, kGoingAway);
  std::optional<Result<void>> sent;
  world.scope.spawn(Raw::send(*world.socket, "late", sent));
  world.start_receive();
  EXPECT_TRUE(sent->error().is(opwire::errors::kClosed));
  EXPECT_TRUE(world.received->error().is(errors::kPeerClosed));
}

TEST(WebSocket, TellsTheOtherSideWhatWasWrong) {
  const std::string too_long("\x82\x7f\x00\x00\x00\x01\x00\x00\x00\x00", 10);
  const std::pair<std::string, std::uint16_t> cases[] = {
      {frame(Opcode::kText, "\xff"), kInvalidData}, {too_long, kTooBig}, {"\x83\x01x", kProtocolError}};
  for (const auto& [bytes, code] : cases) {
    Raw world;
    world.start_receive();
    world.say(bytes);
    ASSERT_TRUE(world.received);
    EXPECT_FALSE(*world.received);
    const auto events = world.heard();
    ASSERT_EQ(events.size(), 1U);
    EXPECT_EQ(events[0].opcode, Opcode::kClose);
    EXPECT_EQ(events[0].close_code, code);
  }
}

TEST(WebSocket, AnEndWithoutCloseFrame) {
  Raw world;
  world.start_receive();
  world.say("");
  ASSERT_TRUE(world.loop.run(world.peer->close_write()));
  world.loop.run_for(seconds(1));
  EXPECT_TRUE(world.received->error().is(opwire::errors::kEndOfStream));
}

TEST(WebSocket, SilenceIsPingedAndThenBroken) {
  Raw world;
  world.start_receive();
  world.loop.run_for(seconds(31));
  EXPECT_EQ(world.heard().at(0).opcode, Opcode::kPing);
  world.say(frame(Opcode::kPong, ""));
  world.loop.run_for(seconds(30));
  EXPECT_FALSE(world.received);
  world.loop.run_for(seconds(90));
  ASSERT_TRUE(world.received);
  EXPECT_TRUE(world.received->error().is(opwire::errors::kTimeout));
}

TEST(WebSocket, SendersQueueInOrderWithinTheLimit) {
  WebSocketOptions options;
  options.max_queued = 1000;
  options.write_timeout = seconds(100);
  Raw world(options, 100);
  std::vector<std::optional<Result<void>>> sent(20);
  for (std::size_t i = 0; i < sent.size(); ++i) {
    world.scope.spawn(Raw::send(*world.socket, std::string(200, static_cast<char>('a' + i)), sent[i]));
  }
  world.loop.run_for(seconds(1));
  EXPECT_LE(world.socket->queued_bytes(), 1000U);
  EXPECT_FALSE(sent.back());
  std::string order;
  for (int i = 0; i < 200 && order.size() < sent.size(); ++i) {
    for (const auto& event : world.heard()) order.push_back(event.data.at(0));
  }
  EXPECT_EQ(order, "abcdefghijklmnopqrst");
  EXPECT_TRUE(sent.back() && *sent.back());
}

TEST(WebSocket, WhoDoesNotReadIsCut) {
  Raw world({}, 100);
  std::optional<Result<void>> sent, later;
  world.scope.spawn(Raw::send(*world.socket, std::string(1000, 'x'), sent));
  world.loop.run_for(seconds(31));
  world.scope.spawn(Raw::send(*world.socket, "y", later));
  world.loop.run_for(seconds(1));
  EXPECT_TRUE(later->error().is(opwire::errors::kTimeout));
}

TEST(WebSocket, CloseWaitsForTheAnswerAndNoLonger) {
  Raw world;
  bool closed = false;
  world.scope.spawn(Raw::close(*world.socket, closed));
  world.loop.run_for(seconds(1));
  const auto events = world.heard();
  EXPECT_EQ(events.at(0).data, "done");
  EXPECT_FALSE(closed);
  world.loop.run_for(seconds(3));
  EXPECT_TRUE(closed);
}

TEST(WebSocket, CloseSeesWaitingSendersAndReadersOut) {
  WebSocketOptions options;
  options.max_queued = 100;
  Raw world(options, 50);
  std::vector<std::optional<Result<void>>> sent(5);
  for (auto& each : sent) world.scope.spawn(Raw::send(*world.socket, std::string(90, 'x'), each));
  world.start_receive();
  world.loop.run_for(seconds(1));
  EXPECT_FALSE(sent.back());
  world.peer->reset();
  world.loop.run(world.socket->close());
  auto [near, far] = net::make_stream_pair(world.loop);
  far->reset();
  world.socket = std::make_unique<WebSocket>(world.loop, std::move(near), Role::kClient, &world.rng, options);
  world.loop.run_for(seconds(1));  // nobody comes back to the old one
  EXPECT_TRUE(sent.back() && !*sent.back());
  EXPECT_TRUE(world.received && !*world.received);
}

// Client and server, in memory.
struct Pair {
  explicit Pair(Handlers handlers = echo_handlers(), ServerOptions options = {})
      : client(loop, parse_url("ws://h/feed").value(), [this](TimePoint) { return dial(*this); }, rng) {
    server = std::move(*Server::make(loop, std::move(options), std::move(handlers)));
  }
  ~Pair() {
    loop.run(client.close());
    loop.run(server->close(loop.now() + seconds(10)));
  }
  static Task<Result<std::unique_ptr<Stream>>> dial(Pair& self) {
    auto [near, far] = net::make_stream_pair(self.loop);
    self.server->serve(std::move(far), PeerInfo());
    co_return std::move(near);
  }
  Result<std::unique_ptr<WebSocket>> open() { return loop.run(client.open_websocket({}, loop.now() + seconds(5))); }

  SimulatedLoop loop;
  SeededRng rng{1};
  std::unique_ptr<Server> server;
  Client client;
};

TEST(WebSocketPair, EchoesEachSize) {
  Pair world;
  auto socket = world.open();
  ASSERT_TRUE(socket) << socket.error().message();
  for (const std::size_t size : {0, 1, 125, 126, 65'535, 65'536, 5'000'000}) {
    ASSERT_TRUE(world.loop.run((*socket)->send(WebSocketMessage(std::string(size, 'x'), size % 2 == 0))));
    const auto back = world.loop.run((*socket)->receive());
    ASSERT_TRUE(back) << size;
    EXPECT_EQ(back->data, std::string(size, 'x'));
    EXPECT_EQ(back->is_text, size % 2 == 0);
  }
  const TimePoint begin = world.loop.now();
  world.loop.run((*socket)->close());
  EXPECT_LT(world.loop.now() - begin, seconds(1));  // nobody waited for anything to time out
  EXPECT_EQ((*socket)->peer_close()->code, kNormalClosure);
}

TEST(WebSocketPair, TheServersCloseTellsItsClients) {
  Pair world;
  auto socket = world.open();
  ASSERT_TRUE(socket);
  Scope scope(world.loop);
  std::optional<Result<WebSocketMessage>> received;
  scope.spawn(Raw::keep(**socket, received));
  world.loop.run(world.server->close(world.loop.now() + seconds(10)));
  world.loop.run((*socket)->close());
  world.loop.run(scope.join());
  ASSERT_TRUE(received);
  EXPECT_TRUE(received->error().is(errors::kPeerClosed));
  EXPECT_EQ((*socket)->peer_close()->code, kGoingAway);
}

TEST(WebSocketPair, AServerMayRefuse) {
  Handlers handlers = echo_handlers();
  handlers.websocket_check = [](const Request& request, const PeerInfo&) -> std::optional<Response> {
    if (request.headers.contains("Authorization")) return std::nullopt;
    return Response::text(401, "who are you");
  };
  Pair world(handlers);
  EXPECT_TRUE(world.open().error().is(errors::kForbidden));
  Headers headers;
  headers.add("Authorization", "Bearer x");
  auto socket = world.loop.run(world.client.open_websocket(headers, world.loop.now() + seconds(5)));
  ASSERT_TRUE(socket);
  world.loop.run((*socket)->close());
  Pair none{Handlers(no_http)};
  EXPECT_TRUE(none.open().error().is(errors::kHandshake));
}

TEST(WebSocketOverTcp, ManyMessages) {
  ReactorLoop loop;
  SystemRng rng;
  ServerOptions options;
  options.endpoint = net::Endpoint::parse("127.0.0.1:0");
  const auto server = std::move(*Server::make(loop, options, echo_handlers()));
  const auto url = parse_url("ws://" + server->local_endpoint()->to_string());
  const auto client = std::move(*Client::make(loop, *url, nullptr, rng));
  auto socket = loop.run(client->open_websocket({}, loop.now() + seconds(5)));
  ASSERT_TRUE(socket) << socket.error().message();
  for (int i = 0; i < 500; ++i) {
    ASSERT_TRUE(loop.run((*socket)->send(WebSocketMessage(std::to_string(i), true))));
  }
  for (int i = 0; i < 500; ++i) EXPECT_EQ(loop.run((*socket)->receive())->data, std::to_string(i));
  loop.run((*socket)->close());
  loop.run(client->close());
  loop.run(server->close(loop.now() + seconds(5)));
  EXPECT_EQ(server->connections(), 0U);
}

TEST(WebSocket, ASilentPeerIsNotWaitedForAfterBeginClose) {
  Raw world;
  world.start_receive();
  world.socket->begin_close();
  world.loop.run_for(seconds(2));
  EXPECT_FALSE(world.received);
  world.loop.run_for(seconds(2));
  ASSERT_TRUE(world.received);
  EXPECT_EQ(world.received->error(), Error(opwire::errors::kTimeout));
}

TEST(WebSocket, MayBeClosedAgain) {
  Raw world;
  bool closed = false;
  world.scope.spawn(Raw::close(*world.socket, closed));
  world.loop.run_for(seconds(4));
  EXPECT_TRUE(closed);
  world.loop.run(world.socket->close());
}

}  // namespace
}  // namespace opwire::http
