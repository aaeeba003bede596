// Any bytes to a server with WebSocket: it answers in well-formed responses, and the connection comes to an end.
#include "opwire/base/bytes.hpp"
#include "opwire/base/check.hpp"
#include "opwire/net/http/parser.hpp"
#include "opwire/net/http/server.hpp"
#include "opwire/net/memory_stream.hpp"
#include "opwire/runtime/simulated_loop.hpp"

using namespace opwire;
using namespace opwire::http;
using std::chrono::seconds;

namespace {

Task<Response> nothing(Request, PeerInfo) {
  co_return Response(200);
}

Task<void> echo(WebSocket& socket, Request, PeerInfo) {
  while (true) {
    auto message = co_await socket.receive();
    if (!message) co_return;
    const auto sent = co_await socket.send(std::move(*message));
    if (!sent) co_return;
  }
}

Task<void> write_and_end(Stream& stream, ByteView bytes) {
  const auto written = co_await write(stream, bytes);
  if (written) (void)co_await stream.close_write();
}

Task<void> read_all(Stream& stream, std::string& into) {
  while (true) {
    const auto piece = co_await stream.read(65536);
    if (!piece || piece->empty()) co_return;
    into += as_text(piece->view());
  }
}

void check_answers(std::string_view answers) {
  while (!answers.empty()) {
    ResponseParser parser(ParserLimits(), false);
    const auto used = parser.feed(as_bytes(answers));
    OPW_CHECK(used && parser.done());
    answers.remove_prefix(*used);
    if (parser.take().status == 101) return;
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  SimulatedLoop loop;
  ServerOptions options;
  options.max_body = 1000;
  options.websocket.max_message = 1000;
  Handlers handlers(nothing);
  handlers.websocket = echo;
  const auto server = std::move(*Server::make(loop, options, handlers));
  auto [near, far] = net::make_stream_pair(loop);
  server->serve(std::move(far), PeerInfo());
  Scope scope(loop);
  std::string answers;
  scope.spawn(write_and_end(*near, ByteView(data, size)));
  scope.spawn(read_all(*near, answers));
  loop.run_for(seconds(30));
  OPW_CHECK(server->connections() == 0 && scope.empty());
  check_answers(answers);
  loop.run(server->close(loop.now()));
  return 0;
}
