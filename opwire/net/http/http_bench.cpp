// A JSON-RPC sized request and its answer on a kept connection, and a WebSocket message there and back: in memory (our
// own cost) and over loopback (with the system's).
#include <benchmark/benchmark.h>

#include "opwire/base/allocations_for_test.hpp"
#include "opwire/base/check.hpp"
#include "opwire/net/http/client.hpp"
#include "opwire/net/http/server.hpp"
#include "opwire/net/memory_stream.hpp"
#include "opwire/runtime/reactor.hpp"

namespace opwire::http {
namespace {

Task<Response> respond(Request request, PeerInfo) {
  co_return Response(200, std::move(request.body), "application/json");
}

Task<void> echo(WebSocket& socket, Request, PeerInfo) {
  while (true) {
    auto message = co_await socket.receive();
    if (!message) co_return;
    const auto sent = co_await socket.send(std::move(*message));
    if (!sent) co_return;
  }
}

struct World {
  explicit World(bool tcp) {
    ServerOptions options;
    if (tcp) options.endpoint = net::Endpoint::parse("127.0.0.1:0");
    Handlers handlers{respond};
    handlers.websocket = echo;
    server = std::move(*Server::make(loop, options, handlers));
    if (tcp) {
      client =
          std::move(*Client::make(loop, *parse_url("http://" + server->local_endpoint()->to_string()), nullptr, rng));
    } else {
      client =
          std::make_unique<Client>(loop, *parse_url("http://memory"), [this](TimePoint) { return dial(*this); }, rng);
    }
  }
  ~World() {
    loop.run(client->close());
    loop.run(server->close(loop.now() + std::chrono::seconds(1)));
  }
  static Task<Result<std::unique_ptr<Stream>>> dial(World& self) {
    auto [near, far] = net::make_stream_pair(self.loop);
    self.server->serve(std::move(far), PeerInfo());
    co_return std::move(near);
  }
  TimePoint deadline() const { return loop.now() + std::chrono::seconds(5); }

  ReactorLoop loop;
  SystemRng rng;
  std::unique_ptr<Server> server;
  std::unique_ptr<Client> client;
};

constexpr int kInOneRun = 100;

// Of both sides together, for each round trip.
void report(benchmark::State& state, std::size_t allocated) {
  const auto items = state.iterations() * kInOneRun;
  state.SetItemsProcessed(items);
  state.counters["allocations"] = static_cast<double>(allocated) / static_cast<double>(items);
  state.SetLabel(state.range(0) != 0 ? "loopback" : "memory");
}

Task<void> ask(Client& client, std::string body, TimePoint deadline) {
  for (int i = 0; i < kInOneRun; ++i) {
    const auto response = co_await client.request(Request("POST", "/", body), deadline);
    OPW_CHECK(response && response->status == 200 && response->body.size() == body.size());
  }
}

void BM_Request(benchmark::State& state) {
  World world(state.range(0) != 0);
  const std::string body(static_cast<std::size_t>(state.range(1)), 'x');
  const std::size_t before = allocation_count;
  for (auto _ : state) world.loop.run(ask(*world.client, body, world.deadline()));
  report(state, allocation_count - before);
}
BENCHMARK(BM_Request)->ArgsProduct({{0, 1}, {200, 128 << 10}})->UseRealTime()->Unit(benchmark::kMicrosecond);

Task<void> send_and_receive(WebSocket& socket, std::string data) {
  for (int i = 0; i < kInOneRun; ++i) {
    WebSocketMessage message(data, true);
    const auto sent = co_await socket.send(std::move(message));
    const auto back = co_await socket.receive();
    OPW_CHECK(sent && back && back->data.size() == data.size());
  }
}

void BM_WebSocketMessage(benchmark::State& state) {
  World world(state.range(0) != 0);
  const std::string data(static_cast<std::size_t>(state.range(1)), 'x');
  auto socket = std::move(*world.loop.run(world.client->open_websocket({}, world.deadline())));
  const std::size_t before = allocation_count;
  for (auto _ : state) world.loop.run(send_and_receive(*socket, data));
  report(state, allocation_count - before);
  world.loop.run(socket->close());
}
BENCHMARK(BM_WebSocketMessage)->ArgsProduct({{0, 1}, {200, 128 << 10}})->UseRealTime()->Unit(benchmark::kMicrosecond);

}  // namespace
}  // namespace opwire::http
