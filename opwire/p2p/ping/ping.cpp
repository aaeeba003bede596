#include "opwire/p2p/ping/ping.hpp"

namespace opwire::ping {
namespace {
constexpr auto kSilence = std::chrono::seconds(10);
constexpr int kStreamsPerPeer = 2;
}  // namespace

Service::Service(Network& network) : network_(network) {
  network_.set_stream_handler(kProtocol, [this](PeerStream stream) { return serve(std::move(stream)); });
}

Service::~Service() {
  network_.remove_stream_handler(kProtocol);
}

Task<void> Service::serve(PeerStream stream) {
  const PeerId peer = stream.peer();
  if (streams_[peer] >= kStreamsPerPeer) {
    stream->reset();
    co_return;
  }
  ++streams_[peer];
  Timer silence(network_.loop(), [&stream] { stream->reset(); });
  ByteArray<kSize> bytes;
  while (true) {
    silence.arm_in(kSilence);
    const Result<void> got = co_await read_exact(*stream, bytes);
    if (!got) break;
    const Result<void> sent = co_await write(*stream, bytes);
    if (!sent) break;
  }
  (void)co_await stream->close_write();
  if (--streams_[peer] == 0) streams_.erase(peer);
}

Task<Result<Duration>> ping(Loop& loop, Stream& stream, Rng& rng, Duration timeout) {
  bool timed_out = false;
  Timer deadline(loop, [&] {
    timed_out = true;
    stream.reset();
  });
  deadline.arm_in(timeout);
  ByteArray<kSize> sent;
  rng.fill(sent);
  const TimePoint start = loop.now();
  Result<void> done = co_await write(stream, sent);
  ByteArray<kSize> got{};
  if (done) done = co_await read_exact(stream, got);
  if (timed_out) co_return Error(opwire::errors::kTimeout, "ping");
  if (!done) co_return done.error();
  if (got != sent) co_return errors::kMismatch;
  co_return loop.now() - start;
}

}  // namespace opwire::ping
