#include "opwire/net/tls/stream.hpp"

#include <openssl/ssl.h>

#include "opwire/base/log.hpp"
#include "opwire/net/memory_stream.hpp"
#include "opwire/net/stream_conformance.hpp"
#include "opwire/net/tcp.hpp"
#include "opwire/net/tls/errors.hpp"
#include "opwire/net/tls/tls_for_test.hpp"
#include "opwire/runtime/reactor.hpp"
#include "opwire/runtime/simulated_loop.hpp"

namespace opwire {
namespace {

using std::chrono::seconds;
using tls::Context;
using tls::Options;
using tls::Side;
using tls::TestFiles;
using tls::TestIdentities;
using tls::TlsStream;

using Opened = std::optional<Result<std::unique_ptr<TlsStream>>>;

Task<void> keep_accepted(Loop& loop, std::unique_ptr<Stream> raw, std::shared_ptr<Context> context, Opened& opened) {
  opened = co_await TlsStream::accept(loop, std::move(raw), std::move(context), loop.now() + seconds(5));
}
Task<void> keep_connected(Loop& loop, std::unique_ptr<Stream> raw, std::shared_ptr<Context> context, std::string name,
                          Opened& opened) {
  opened =
      co_await TlsStream::connect(loop, std::move(raw), std::move(context), std::move(name), loop.now() + seconds(5));
}
Task<void> keep_refused(Loop& loop, std::unique_ptr<Stream> raw, std::shared_ptr<Context> context,
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

template <class T>
testing::AssertionResult is_error(const Result<T>& result, const ErrorKind& kind) {
  if (!result && result.error().is(kind)) return testing::AssertionSuccess();
  return testing::AssertionFailure() << (result ? "no error" : result.error().message());
}

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

// The other side of a handshake, byte by byte, to be broken at will.
struct ByHand {
  explicit ByHand(World& world)
      : client_context(*Context::make(world.files.options(Side::kClient))),
        server_context(*Context::make(world.files.options(Side::kServer))),
        client(*client_context, "signer.test", world.loop.wall_now()),
        server(*server_context, "", world.loop.wall_now()) {}
  static Bytes carry(tls::Engine& from, tls::Engine& to) {
    const Buffer bytes = from.take_output();
    EXPECT_EQ(to.feed(bytes), bytes.size());
    return to_bytes(bytes);
  }
  void finish() {
    for (int turn = 0; turn < 4; ++turn) {
      (void)client.shake_hands();
      carry(client, server);
      (void)server.shake_hands();
      carry(server, client);
    }
  }
  std::shared_ptr<Context> client_context, server_context;
  tls::Engine client, server;
};

TEST(TlsEngine, WithoutACloseTheEndIsTruncated) {
  World world;
  world.shake_hands(world.files.options(Side::kClient), world.files.options(Side::kServer));
  ASSERT_TRUE(*world.client && *world.server);
  ByHand hand(world);
  hand.finish();
  ASSERT_TRUE(hand.client.seal(as_bytes("half")));
  const Buffer sealed = hand.client.take_output();
  ByteArray<100> text;
  EXPECT_EQ(hand.server.feed(sealed.view().first(10)), 10U);
  EXPECT_EQ(*hand.server.open(text), 0U);
  EXPECT_FALSE(hand.server.peer_ended());
  EXPECT_EQ(hand.server.feed(sealed.view().subspan(10)), sealed.size() - 10);
  EXPECT_EQ(*hand.server.open(text), 4U);
  hand.client.end();
  ByHand::carry(hand.client, hand.server);
  EXPECT_EQ(*hand.server.open(text), 0U);
  EXPECT_TRUE(hand.server.peer_ended());
}

TEST(TlsEngine, AChangedRecordIsRefusedForGood) {
  World world;
  ByHand hand(world);
  hand.finish();
  ASSERT_TRUE(hand.client.seal(as_bytes("text")));
  Bytes sealed = to_bytes(hand.client.take_output());
  sealed.back() ^= 1;
  EXPECT_EQ(hand.server.feed(sealed), sealed.size());
  ByteArray<100> text;
  const auto opened = hand.server.open(text);
  EXPECT_TRUE(is_error(opened, tls::errors::kMalformed));
  EXPECT_TRUE(hand.server.has_output()) << "an alert";
  ByHand::carry(hand.server, hand.client);
  const auto told = hand.client.open(text);
  EXPECT_TRUE(is_error(told, tls::errors::kAlert));
  EXPECT_FALSE(hand.server.open(text)) << "again";
}

TEST(TlsEngine, AnEndInsteadOfAHelloIsFinal) {
  World world;
  ByHand hand(world);
  const ByteArray<7> close_notify{0x15, 3, 3, 0, 2, 1, 0};
  EXPECT_FALSE(*hand.client.shake_hands());
  for (tls::Engine* const engine : {&hand.client, &hand.server}) {
    EXPECT_EQ(engine->feed(close_notify), close_notify.size());
    const auto first = engine->shake_hands();
    ASSERT_FALSE(first);
    EXPECT_TRUE(is_error(engine->shake_hands(), first.error().kind())) << "again";
    ByteArray<10> text;
    EXPECT_TRUE(is_error(engine->open(text), first.error().kind()));
    EXPECT_TRUE(is_error(engine->seal(as_bytes("x")), first.error().kind()));
  }
  EXPECT_TRUE(is_error(hand.client.shake_hands(), tls::errors::kTruncated));
}

TEST(TlsEngine, InputIsBounded) {
  World world;
  ByHand hand(world);
  const Bytes much(tls::kMaxInput * 2, 0x16);
  EXPECT_EQ(hand.server.feed(much), tls::kMaxInput);
  EXPECT_EQ(hand.server.feed(much), 0U);
}

TEST(TlsFiles, AreReadAgainWhenTheyChange) {
  World world;
  const auto client = *Context::make(world.files.options(Side::kClient));
  const auto server = *Context::make(world.files.options(Side::kServer));
  world.shake_hands(client, server);
  world.expect_works();

  const tls::TestAuthority next("next authority");
  world.files.put("client", next.issue());
  world.shake_hands(client, server);
  EXPECT_TRUE(is_error(*world.server, tls::errors::kUnknownAuthority));

  world.files.folder.put("ca.crt", TestIdentities::one().authority.pem() + next.pem());
  world.shake_hands(client, server);
  world.expect_works();
}

TEST(TlsFiles, WhatIsOfNoUseLeavesTheFormer) {
  World world;
  const auto client = *Context::make(world.files.options(Side::kClient));
  const auto server = *Context::make(world.files.options(Side::kServer));
  const tls::TestCertificate next = TestIdentities::one().authority.issue();
  const log::Capture capture;
  world.files.folder.put("client.crt", next.certificate);  // its key comes later
  world.shake_hands(client, server);
  world.expect_works();
  world.shake_hands(client, server);
  const std::string text = capture.text();
  EXPECT_NE(text.find("the private key is not the certificate's"), std::string::npos) << text;
  EXPECT_EQ(text.find("cannot be used"), text.rfind("cannot be used")) << "once";
  world.files.folder.put("client.key", next.key);
  world.shake_hands(client, server);
  world.expect_works();
  EXPECT_NE(capture.text().find("read again"), std::string::npos);
}

TEST(TlsFiles, HaveErrorsOfTheirOwn) {
  const TestFiles files;
  const Options good = files.options(Side::kClient);
  Options options = good;
  options.ca_file = files.folder.path("none");
  EXPECT_TRUE(is_error(Context::make(options), tls::errors::kBadAuthorities));
  options.ca_file = files.folder.path("client.key");
  EXPECT_TRUE(is_error(Context::make(options), tls::errors::kBadAuthorities));
  options = good;
  options.certificate_file = files.folder.path("none");
  EXPECT_TRUE(is_error(Context::make(options), tls::errors::kBadCertificateFile));
  options = good;
  options.key_file = files.folder.path("none");
  EXPECT_TRUE(is_error(Context::make(options), tls::errors::kBadKeyFile));
  options.key_file = files.folder.path("client.crt");
  EXPECT_TRUE(is_error(Context::make(options), tls::errors::kBadKeyFile));
  options.key_file = files.folder.path("server.key");
  EXPECT_TRUE(is_error(Context::make(options), tls::errors::kKeyMismatch));
  EXPECT_TRUE(is_error(Context::make(Options(Side::kServer)), tls::errors::kBadCertificateFile));
  EXPECT_TRUE(Context::make(Options(Side::kClient)));
}

}  // namespace
}  // namespace opwire
