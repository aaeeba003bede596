// One stream over noise and yamux on loopback TCP, beside what it stands on: the same bytes over the bare socket, and
// their encryption and decryption. Both ends run on one thread, so CPU time counts both:
//   bound = RawTcp + Cipher;  what yamux, noise and the coroutines add is Stream - bound.
#include <benchmark/benchmark.h>

#include "opwire/base/check.hpp"
#include "opwire/base/rng.hpp"
#include "opwire/net/tcp.hpp"
#include "opwire/p2p/noise/frames.hpp"
#include "opwire/p2p/noise/noise.hpp"
#include "opwire/p2p/yamux/accepted_for_test.hpp"
#include "opwire/p2p/yamux/session.hpp"
#include "opwire/runtime/reactor.hpp"
#include "opwire/runtime/scope.hpp"

namespace opwire::yamux {
namespace {

constexpr std::size_t kTransfer = 64 * 1024 * 1024;
constexpr std::size_t kPiece = 1024 * 1024;

using StreamPtr = std::unique_ptr<Stream>;

struct TcpPair {
  explicit TcpPair(ReactorLoop& loop) {
    const ByteArray<4> localhost{127, 0, 0, 1};
    auto listener = net::TcpListener::bind(loop, net::Endpoint(localhost, 0)).value();
    dialer =
        std::move(loop.run(net::tcp_connect(loop, listener->local(), loop.now() + std::chrono::seconds(5)))->stream);
    accepted = std::move(loop.run(listener->accept())->stream);
  }
  StreamPtr dialer, accepted;
};

Task<void> send(Stream& stream) {
  const Bytes piece(kPiece, 0x5A);
  for (std::size_t sent = 0; sent < kTransfer; sent += piece.size()) {
    const Result<void> done = co_await write(stream, piece);
    OPW_CHECK(done.has_value());
  }
}

Task<void> receive_slices(Stream& stream) {
  for (std::size_t got = 0; got < kTransfer;) {
    const Result<Buffer> bytes = co_await stream.read(SIZE_MAX);
    OPW_CHECK(bytes && !bytes->empty());
    got += bytes->size();
  }
}

Task<void> receive_copies(Stream& stream) {
  Bytes into(256 * 1024);
  for (std::size_t got = 0; got < kTransfer;) {
    const auto waited = co_await stream.wait_readable();
    const Result<std::size_t> size = co_await stream.read_some(into);
    OPW_CHECK(waited && size && *size > 0);
    got += *size;
  }
}

void BM_RawTcp(benchmark::State& state) {
  ReactorLoop loop;
  TcpPair pair(loop);
  for (auto _ : state) {
    Scope scope(loop);
    scope.spawn(send(*pair.dialer));
    scope.spawn(receive_copies(*pair.accepted));
    loop.run(scope.join());
  }
  state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations() * kTransfer));
}
BENCHMARK(BM_RawTcp)->Unit(benchmark::kMillisecond);

void BM_Cipher(benchmark::State& state) {
  noise::FrameSealer sealer{noise::CipherState(crypto::AeadKey{})};
  noise::FrameOpener opener{noise::CipherState(crypto::AeadKey{})};
  const Bytes text(noise::kMaxPlaintext, 1);
  Bytes frame(noise::kMaxFrame);
  std::size_t bytes = 0;
  for (auto _ : state) {
    for (std::size_t done = 0; done < kTransfer; done += text.size()) {
      ByteView piece = text;
      std::span<ByteView> pieces(&piece, 1);
      const std::size_t used = sealer.seal(pieces, frame).value();
      benchmark::DoNotOptimize(opener.open(MutableByteView(frame).first(used)).value());
      bytes += text.size();
    }
  }
  state.SetBytesProcessed(static_cast<std::int64_t>(bytes));
}
BENCHMARK(BM_Cipher)->Unit(benchmark::kMillisecond);

Task<void> secure(noise::Noise& noise, StreamPtr raw, Role role, StreamPtr& out) {
  Result<SecuredConnection> secured = co_await noise.secure(std::move(raw), role, std::nullopt);
  OPW_CHECK(secured.has_value());
  out = std::move(secured->stream);
}

struct Connection {
  explicit Connection(ReactorLoop& on, bool muxed) : loop(on), scope(on) {
    SystemRng rng;
    TcpPair tcp(loop);
    noise::Noise one(crypto::PrivateKey::generate(crypto::KeyType::kEd25519, rng), {}, rng);
    noise::Noise other(crypto::PrivateKey::generate(crypto::KeyType::kEd25519, rng), {}, rng);
    scope.spawn(secure(one, std::move(tcp.dialer), Role::kDialer, out));
    scope.spawn(secure(other, std::move(tcp.accepted), Role::kListener, in));
    loop.run(scope.join());
    if (muxed) mux();
  }
  ~Connection() {
    out.reset();
    in.reset();
    if (dialer) dialer->close();
    if (listener) listener->close();
    loop.run(scope.join());
  }
  void mux() {
    dialer.emplace(loop, std::move(out), Role::kDialer, Options());
    listener.emplace(loop, std::move(in), Role::kListener, Options());
    for (Session* const session : {&*dialer, &*listener}) {
      scope.spawn([](Session& one, test::Accepted& streams) -> Task<void> { co_await one.run(streams.sink()); }(
                                                                *session, accepted));
    }
    out = loop.run(dialer->open_stream()).value();
    in = accepted.next(loop);
  }

  ReactorLoop& loop;
  Scope scope;
  std::optional<Session> dialer, listener;
  test::Accepted accepted;
  StreamPtr out, in;
};

void transfer(benchmark::State& state, bool muxed) {
  ReactorLoop loop;
  Connection connection(loop, muxed);
  for (auto _ : state) {
    Scope scope(loop);
    scope.spawn(send(*connection.out));
    scope.spawn(receive_slices(*connection.in));
    loop.run(scope.join());
  }
  state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations() * kTransfer));
}

void BM_Noise(benchmark::State& state) {
  transfer(state, false);
}
BENCHMARK(BM_Noise)->Unit(benchmark::kMillisecond);

void BM_NoiseYamux(benchmark::State& state) {
  transfer(state, true);
}
BENCHMARK(BM_NoiseYamux)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace opwire::yamux
