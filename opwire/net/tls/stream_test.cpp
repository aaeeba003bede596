#include "opwire/net/tls/stream.hpp"

#include <openssl/ssl.h>

#include "opwire/net/stream_conformance.hpp"
#include "opwire/net/tcp.hpp"
#include "opwire/net/tls/world_for_test.hpp"
#include "opwire/runtime/reactor.hpp"

namespace opwire {
namespace {

using std::chrono::seconds;
using tls::Context;
using tls::is_error;
using tls::Opened;
using tls::Options;
using tls::Side;
using tls::TestFiles;
using tls::TestIdentities;
using tls::World;

Task<void> keep_tcp(net::TcpListener& listener, std::unique_ptr<Stream>& raw) {
  auto accepted = co_await listener.accept();
  raw = std::move(accepted->stream);
}

struct TlsOverTcpWorld {
  static constexpr std::size_t kBuffered = 32 * 1024 * 1024;
  TlsOverTcpWorld() {
    const ByteArray<4> address{127, 0, 0, 1};
    const auto listener = std::move(*net::TcpListener::bind(reactor, net::Endpoint(address, 0)));
    Scope scope(reactor);
    std::unique_ptr<Stream> far;
    scope.spawn(keep_tcp(*listener, far));
    auto near = run(net::tcp_connect(reactor, listener->local(), reactor.now() + seconds(5)));
    run(scope.join());
    const TestFiles files;
    Opened client, server;
    scope.spawn(keep_accepted(reactor, std::move(far), *Context::make(files.options(Side::kServer)), server));
    scope.spawn(keep_connected(reactor, std::move(near->stream), *Context::make(files.options(Side::kClient)),
                               "signer.test", client));
    run(scope.join());
    a = std::move(**client);
    b = std::move(**server);
  }
  Loop& loop() { return reactor; }
  template <class T>
  T run(Task<T> task) {
    return reactor.run(std::move(task));
  }
  ReactorLoop reactor;
  std::unique_ptr<Stream> a, b;
};
INSTANTIATE_TYPED_TEST_SUITE_P(TlsOverTcp, StreamConformance, TlsOverTcpWorld);

TEST(Tls, AgreesOnVersionAndProtocol) {
  World world;
  Options client = world.files.options(Side::kClient), server = world.files.options(Side::kServer);
  client.alpn = {"h2", "libp2p"};
  server.alpn = {"libp2p", "http/1.1"};
  world.shake_hands(client, server);
  world.expect_works();
  EXPECT_EQ((**world.client)->engine().version(), "TLSv1.3");
  EXPECT_EQ((**world.client)->engine().alpn(), "libp2p");
  EXPECT_EQ((**world.server)->engine().alpn(), "libp2p");
}

TEST(Tls, NoCommonProtocolIsAnError) {
  World world;
  Options client = world.files.options(Side::kClient), server = world.files.options(Side::kServer);
  client.alpn = {"h2"};
  server.alpn = {"libp2p"};
  world.shake_hands(client, server);
  EXPECT_TRUE(is_error(*world.client, tls::errors::kNoCommonAlpn));
  EXPECT_TRUE(is_error(*world.server, tls::errors::kNoCommonAlpn));
}

TEST(Tls, NamesAndAddresses) {
  World world;
  const auto client = *Context::make(world.files.options(Side::kClient));
  const auto server = *Context::make(world.files.options(Side::kServer));
  for (const char* good : {"signer.test", "SIGNER.test", "127.0.0.1", ""}) {
    world.shake_hands(client, server, good);
    world.expect_works();
  }
  for (const char* bad : {"other.test", "127.0.0.2", "signer.test.evil", "holder"}) {
    world.shake_hands(client, server, bad);
    EXPECT_TRUE(is_error(*world.client, tls::errors::kWrongName));
    EXPECT_TRUE(is_error(*world.server, tls::errors::kCertificateRefused));
  }
}

TEST(Tls, ACommonNameIsNoName) {
  World world;
  tls::TestSubject nameless;
  nameless.alt_names.clear();
  world.files.put("server", TestIdentities::one().authority.issue(nameless));
  world.shake_hands(world.files.options(Side::kClient), world.files.options(Side::kServer), "holder");
  EXPECT_TRUE(is_error(*world.client, tls::errors::kWrongName));
}

TEST(Tls, ServersCertificateHasATime) {
  World world;
  tls::TestSubject past, future;
  past.not_after = from_unix_seconds(1'650'000'000);
  future.not_before = from_unix_seconds(1'750'000'000);
  for (const tls::TestSubject& subject : {past, future}) {
    world.files.put("server", TestIdentities::one().authority.issue(subject));
    world.shake_hands(world.files.options(Side::kClient), world.files.options(Side::kServer));
    EXPECT_TRUE(is_error(*world.client, tls::errors::kExpired));
  }
}

TEST(Tls, ClientsCertificateHasATime) {
  World world;
  tls::TestSubject past;
  past.not_after = from_unix_seconds(1'650'000'000);
  world.files.put("client", TestIdentities::one().authority.issue(past));
  const Error told = world.refusal(world.files.options(Side::kClient), world.files.options(Side::kServer));
  EXPECT_TRUE(told.is(tls::errors::kCertificateRefused)) << told.message();
  EXPECT_TRUE(is_error(*world.server, tls::errors::kExpired));
}

TEST(Tls, AnotherAuthority) {
  World world;
  const tls::TestAuthority stranger("stranger");
  world.files.put("server", stranger.issue());
  world.shake_hands(world.files.options(Side::kClient), world.files.options(Side::kServer));
  EXPECT_TRUE(is_error(*world.client, tls::errors::kUnknownAuthority));
  EXPECT_TRUE(is_error(*world.server, tls::errors::kCertificateRefused));

  world.files.put("server", TestIdentities::one().server);
  world.files.put("client", stranger.issue());
  const Error told = world.refusal(world.files.options(Side::kClient), world.files.options(Side::kServer));
  EXPECT_TRUE(told.is(tls::errors::kCertificateRefused)) << told.message();
  EXPECT_TRUE(is_error(*world.server, tls::errors::kUnknownAuthority));
}

TEST(Tls, AnAuthorityOfTheSameNameIsAnother) {
  World world;
  world.files.put("server", tls::TestAuthority().issue());
  world.shake_hands(world.files.options(Side::kClient), world.files.options(Side::kServer));
  EXPECT_FALSE(*world.client);
}

TEST(Tls, NoClientCertificate) {
  World world;
  const Error told = world.refusal(world.files.options(Side::kClient, false), world.files.options(Side::kServer));
  EXPECT_TRUE(told.is(tls::errors::kCertificateWanted)) << told.message();
  EXPECT_TRUE(is_error(*world.server, tls::errors::kNoCertificate));
}

TEST(Tls, AServerThatAsksForNone) {
  World world;
  Options server = world.files.options(Side::kServer);
  server.ca_file.clear();
  world.shake_hands(world.files.options(Side::kClient, false), server);
  world.expect_works();
}

// A client that knows TLS 1.2 only, by hand.
struct OldClient {
  OldClient() : context(SSL_CTX_new(TLS_client_method())) {
    SSL_CTX_set_max_proto_version(context, TLS1_2_VERSION);
    ssl = SSL_new(context);
    SSL_set_bio(ssl, BIO_new(BIO_s_mem()), BIO_new(BIO_s_mem()));
    SSL_set_connect_state(ssl);
  }
  ~OldClient() {
    SSL_free(ssl);
    SSL_CTX_free(context);
  }
  Result<bool> shake_hands(const Options& server_options) {
    const auto server_context = *Context::make(server_options);
    tls::Engine server(*server_context, "", from_unix_seconds(1'700'000'000));
    Result<bool> done = false;
    for (int turn = 0; turn < 4 && done; ++turn) {
      SSL_do_handshake(ssl);
      Bytes sent(BIO_ctrl_pending(SSL_get_wbio(ssl)));
      if (!sent.empty()) BIO_read(SSL_get_wbio(ssl), sent.data(), static_cast<int>(sent.size()));
      server.feed(sent);
      done = server.shake_hands();
      const Buffer answer = server.take_output();
      if (!answer.empty()) BIO_write(SSL_get_rbio(ssl), answer.data(), static_cast<int>(answer.size()));
      version = std::string(server.version());
    }
    return done;
  }
  SSL_CTX* context;
  SSL* ssl = nullptr;
  std::string version;
};

TEST(Tls, OldVersionsAreAnOption) {
  const TestFiles files;
  Options server = files.options(Side::kServer);
  server.ca_file.clear();
  EXPECT_TRUE(is_error(OldClient().shake_hands(server), tls::errors::kNothingInCommon));
  server.oldest = tls::Version::kTls12;
  OldClient client;
  const auto done = client.shake_hands(server);
  EXPECT_TRUE(done && *done);
  EXPECT_EQ(client.version, "TLSv1.2");
}

// A server that says something, and then is cut off.
Task<void> speak_half(World& world, std::unique_ptr<Stream> raw) {
  const auto context = *Context::make(world.files.options(Side::kServer));
  tls::Engine engine(*context, "", world.loop.wall_now());
  bool done = false;
  while (!done) {
    done = engine.shake_hands().value();
    const Buffer output = engine.take_output();
    (void)co_await write(*raw, output.view());
    if (done) break;
    const auto heard = co_await raw->read(tls::kMaxPlaintext);
    engine.feed(*heard);
  }
  (void)engine.seal(as_bytes("half"));
  const Buffer output = engine.take_output();
  (void)co_await write(*raw, output.view());
  (void)co_await raw->close_write();
  (void)co_await raw->read(1);
}

TEST(Tls, WithoutItsOwnEndAConnectionIsTruncated) {
  World world;
  Scope scope(world.loop);
  scope.spawn(speak_half(world, std::move(world.far)));
  scope.spawn(keep_connected(world.loop, std::move(world.near), *Context::make(world.files.options(Side::kClient)),
                             "signer.test", world.client));
  world.loop.run_for(seconds(1));
  ASSERT_TRUE(world.client && *world.client);
  Stream& client = ***world.client;
  EXPECT_EQ(as_text(world.loop.run(client.read(100))->view()), "half");
  EXPECT_TRUE(is_error(world.loop.run(client.read(100)), tls::errors::kTruncated));
  EXPECT_TRUE(is_error(world.loop.run(client.wait_readable()), tls::errors::kTruncated)) << "again";
  client.reset();
  world.loop.run(scope.join());
}

TEST(Tls, GarbageIsNotTls) {
  World world;
  for (const Side side : {Side::kClient, Side::kServer}) {
    auto [near, far] = net::make_stream_pair(world.loop);
    const auto context = *Context::make(world.files.options(side));
    ASSERT_TRUE(world.loop.run(write(*far, as_bytes("GET / HTTP/1.1\r\nHost: signer.test\r\n\r\n"))));
    Opened opened;
    Scope scope(world.loop);
    if (side == Side::kClient) {
      scope.spawn(keep_connected(world.loop, std::move(near), context, "signer.test", opened));
    } else {
      scope.spawn(keep_accepted(world.loop, std::move(near), context, opened));
    }
    world.loop.run(scope.join());
    EXPECT_TRUE(is_error(*opened, tls::errors::kNotTls));
  }
}

TEST(Tls, ASilentServerIsATimeout) {
  World world;
  Opened opened;
  Scope scope(world.loop);
  const auto context = *Context::make(world.files.options(Side::kClient));
  scope.spawn(keep_connected(world.loop, std::move(world.near), context, "signer.test", opened));
  world.loop.run_for(seconds(6));
  world.loop.run(scope.join());
  EXPECT_TRUE(is_error(*opened, errors::kTimeout));
}

TEST(Tls, AnEndInTheHandshakeIsTruncated) {
  World world;
  Opened opened;
  Scope scope(world.loop);
  const auto context = *Context::make(world.files.options(Side::kClient));
  scope.spawn(keep_connected(world.loop, std::move(world.near), context, "signer.test", opened));
  ASSERT_TRUE(world.loop.run(world.far->close_write()));
  world.loop.run(scope.join());
  EXPECT_TRUE(is_error(*opened, tls::errors::kTruncated));
}

}  // namespace
}  // namespace opwire
