// A client and a server over a stream in memory, in virtual time.
#pragma once

#include <gtest/gtest.h>

#include "opwire/net/memory_stream.hpp"
#include "opwire/net/tls/errors.hpp"
#include "opwire/net/tls/stream.hpp"
#include "opwire/net/tls/tls_for_test.hpp"
#include "opwire/runtime/scope.hpp"
#include "opwire/runtime/simulated_loop.hpp"

namespace opwire::tls {

using Opened = std::optional<Result<std::unique_ptr<TlsStream>>>;

inline Task<void> keep_accepted(Loop& loop, std::unique_ptr<Stream> raw, std::shared_ptr<Context> context,
                                Opened& opened) {
  opened = co_await TlsStream::accept(loop, std::move(raw), std::move(context), loop.now() + std::chrono::seconds(5));
}
inline Task<void> keep_connected(Loop& loop, std::unique_ptr<Stream> raw, std::shared_ptr<Context> context,
                                 std::string name, Opened& opened) {
  opened = co_await TlsStream::connect(loop, std::move(raw), std::move(context), std::move(name),
                                       loop.now() + std::chrono::seconds(5));
}
inline Task<void> keep_refused(Loop& loop, std::unique_ptr<Stream> raw, std::shared_ptr<Context> context,
                               std::optional<Error>& told) {
  Opened opened;
  co_await keep_connected(loop, std::move(raw), std::move(context), "signer.test", opened);
  if (!*opened) {
    told = opened->error();
    co_return;
  }
  const auto heard = co_await (**opened)->wait_readable();
  told = heard.error();
}
template <class T>
testing::AssertionResult is_error(const Result<T>& result, const ErrorKind& kind) {
  if (!result && result.error().is(kind)) return testing::AssertionSuccess();
  return testing::AssertionFailure() << (result ? "no error" : result.error().message());
}

// Both sides in memory and virtual time.
struct World {
  World() { std::tie(near, far) = net::make_stream_pair(loop); }

  void shake_hands(const Options& client_options, const Options& server_options, std::string name = "signer.test") {
    shake_hands(*Context::make(client_options), *Context::make(server_options), std::move(name));
  }
  void shake_hands(std::shared_ptr<Context> client_context, std::shared_ptr<Context> server_context,
                   std::string name = "signer.test") {
    std::tie(near, far) = net::make_stream_pair(loop);
    client.reset();
    server.reset();
    Scope scope(loop);
    scope.spawn(keep_accepted(loop, std::move(far), std::move(server_context), server));
    scope.spawn(keep_connected(loop, std::move(near), std::move(client_context), std::move(name), client));
    loop.run(scope.join());
  }
  // What the client finds out where the server refuses it: under TLS 1.3 its handshake ends before the server has seen
  // its certificate.
  Error refusal(const Options& client_options, const Options& server_options) {
    std::tie(near, far) = net::make_stream_pair(loop);
    Scope scope(loop);
    std::optional<Error> told;
    scope.spawn(keep_accepted(loop, std::move(far), *Context::make(server_options), server));
    scope.spawn(keep_refused(loop, std::move(near), *Context::make(client_options), told));
    loop.run(scope.join());
    return *told;
  }
  void expect_works() {
    ASSERT_TRUE(*client) << client->error().message();
    ASSERT_TRUE(*server) << server->error().message();
    ByteArray<4> got;
    ASSERT_TRUE(loop.run(write(***client, as_bytes("ping"))));
    ASSERT_TRUE(loop.run(read_exact(***server, got)));
    EXPECT_EQ(as_text(got), "ping");
  }

  TestFiles files;
  SimulatedLoop loop;
  std::unique_ptr<Stream> near, far;
  Opened client, server;
};

}  // namespace opwire::tls
