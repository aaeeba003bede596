#include "opwire/opstack/sync/server.hpp"

#include "opwire/opstack/sync/errors.hpp"

namespace opwire::opstack {
namespace {

constexpr std::size_t kPeersRemembered = 1000;
/// What is written at a time.
constexpr std::size_t kPiece = 64 * 1024;
/// Of what a peer goes on sending after its request.
constexpr std::size_t kMaxDiscarded = 4096;

/// Until the other side has ended its direction too: a stream that is dropped before is reset, and a reset overtakes
/// what has not been read yet.
Task<void> await_end(Stream& stream) {
  ByteArray<256> discarded;
  for (std::size_t count = 0; count < kMaxDiscarded;) {
    const auto got = co_await stream.read_some(discarded);
    if (!got || *got == 0) co_return;
    count += *got;
  }
}

}  // namespace

class PayloadServer::Slot {
 public:
  Slot(PayloadServer& server, const PeerId& peer) : server_(server), peer_(peer) {
    ++server_.body_count_;
    ++server_.bodies_[peer_];
  }
  ~Slot() {
    --server_.body_count_;
    if (--server_.bodies_[peer_] == 0) server_.bodies_.erase(peer_);
    server_.freed_.notify_all();
  }
  Slot(const Slot&) = delete;
  Slot& operator=(const Slot&) = delete;

 private:
  PayloadServer& server_;
  PeerId peer_;
};

PayloadServer::PayloadServer(Network& network, ChainId chain, const BlockSchedule& schedule, PayloadSource& source,
                             const ServerOptions& options)
    : network_(network),
      protocols_(payload_by_number_protocols(chain)),
      schedule_(schedule),
      source_(source),
      options_(options),
      all_(options.rate, options.burst),
      peers_(kPeersRemembered),
      freed_(network.loop()) {
  for (const std::string& protocol : protocols_) {
    network_.set_stream_handler(protocol, [this](PeerStream stream) { return serve(std::move(stream)); });
  }
}

PayloadServer::~PayloadServer() {
  for (const std::string& protocol : protocols_) network_.remove_stream_handler(protocol);
}

Task<void> PayloadServer::serve(PeerStream stream) {
  const PeerId peer = stream.peer();
  const TimePoint begun = network_.loop().now();
  Timer limit(network_.loop(), [&stream] { stream->reset(); });
  limit.arm_in(options_.read_timeout);
  ByteArray<kRequestSize> request;
  const Result<void> got = co_await read_exact(*stream, request);
  limit.cancel();

  const TimePoint deadline = network_.loop().now() + options_.total_timeout;
  AnswerCode code = AnswerCode::kUnknownError;
  FramedPayload payload;
  bool may_go_on = got.has_value();
  if (may_go_on) may_go_on = co_await wait_for_turn(peer, deadline);
  if (may_go_on) may_go_on = co_await wait_for_slot(peer, deadline);
  std::optional<Slot> slot;
  if (may_go_on) {
    slot.emplace(*this, peer);
    code = co_await find(parse_request(request), deadline, payload);
  }
  limit.arm_in(options_.write_timeout);
  const Result<void> sent = co_await send(*stream, code, payload);
  if (!sent) {
    ++counts_.broken;
    stream->reset();
    co_return;
  }
  ++counts_.answers[static_cast<std::size_t>(code)];
  counts_.bytes += payload.frames.size();
  counts_.requests.note(static_cast<std::size_t>(code), network_.loop().now() - begun);
  if (got) counts_.requests.last = parse_request(request);
  payload = FramedPayload();
  slot.reset();  // others may have the place while this peer takes its time
  co_await await_end(*stream);
}

// The peer's own share first: its haste must not use up what is there for all.
Task<bool> PayloadServer::wait_for_turn(PeerId peer, TimePoint deadline) {
  Loop& loop = network_.loop();
  auto& own = peers_[peer];
  if (!own) own.emplace(options_.rate_per_peer, options_.burst_per_peer);
  if (loop.now() + own->time_until(loop.now()) > deadline) co_return false;
  const Duration own_wait = own->reserve(loop.now());
  if (own_wait > Duration::zero()) {
    const bool slept = co_await sleep_for(loop, own_wait);
    if (!slept) co_return false;
  }
  if (loop.now() + all_.time_until(loop.now()) > deadline) co_return false;
  const Duration wait = all_.reserve(loop.now());
  if (wait == Duration::zero()) co_return true;
  co_return co_await sleep_for(loop, wait);
}

Task<bool> PayloadServer::wait_for_slot(PeerId peer, TimePoint deadline) {
  while (body_count_ >= options_.max_bodies ||
         (bodies_.contains(peer) && bodies_.at(peer) >= options_.max_bodies_per_peer)) {
    const Wake wake = co_await freed_.wait_until(deadline);
    if (wake != Wake::kNotified) co_return false;
  }
  co_return true;
}

Task<AnswerCode> PayloadServer::find(BlockNumber number, TimePoint deadline, FramedPayload& found) {
  const auto newest = schedule_.newest(network_.loop().wall_now());
  if (!newest || number < schedule_.genesis || number > *newest) co_return AnswerCode::kInvalidRequest;
  auto payload = co_await source_.payload(number, deadline);
  if (!payload) {
    co_return payload.error().is(errors::kNotFound) ? AnswerCode::kNotFound : AnswerCode::kUnknownError;
  }
  found = std::move(*payload);
  co_return AnswerCode::kOk;
}

Task<Result<void>> PayloadServer::send(Stream& stream, AnswerCode code, const FramedPayload& payload) {
  if (code != AnswerCode::kOk) {
    const ByteArray<1> answer{static_cast<std::uint8_t>(code)};
    OPW_CO_TRYV(co_await write(stream, answer));
    co_return co_await stream.close_write();
  }
  const ByteArray<5> head = answer_head(payload.version);
  OPW_CO_TRYV(co_await write(stream, head));
  for (ByteView rest = payload.frames.view(); !rest.empty(); rest = rest.subspan(std::min(rest.size(), kPiece))) {
    OPW_CO_TRYV(co_await write(stream, rest.first(std::min(rest.size(), kPiece))));
  }
  co_return co_await stream.close_write();
}

}  // namespace opwire::opstack
