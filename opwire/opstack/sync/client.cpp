#include "opwire/opstack/sync/client.hpp"

#include <algorithm>

#include "opwire/opstack/sync/answer_reader.hpp"
#include "opwire/opstack/sync/errors.hpp"
#include "opwire/p2p/core/peer_store.hpp"

namespace opwire::opstack {
namespace {

constexpr std::size_t kPiece = 64 * 1024;
constexpr const char* kWhere = "payload_by_number";

Task<Result<void>> send_request(Stream& stream, BlockNumber number) {
  const ByteArray<kRequestSize> request = encode_request(number);
  OPW_CO_TRYV(co_await write(stream, request));
  co_return co_await stream.close_write();
}

std::size_t result_code(const Result<Envelope>& answer) {
  if (answer) return 0;
  const Error& why = answer.error();
  if (why.is(errors::kInvalidRequest)) return 2;
  if (why.is(errors::kServerFailed)) return 3;
  return why.is(errors::kUnknownCode) ? RequestCounts::kCodes - 1 : 1;
}

}  // namespace

/// What one answer counts for among those under way.
class PayloadClient::Charge {
 public:
  explicit Charge(PayloadClient& client) : client_(client) {}
  ~Charge() { client_.answer_bytes_ -= counted_; }
  Charge(const Charge&) = delete;
  Charge& operator=(const Charge&) = delete;

  /// False: that is too much, together with the others.
  bool grow_to(std::size_t bytes) {
    if (client_.answer_bytes_ - counted_ + bytes > client_.options_.answer_bytes) return false;
    client_.answer_bytes_ += bytes - counted_;
    counted_ = bytes;
    return true;
  }

 private:
  PayloadClient& client_;
  std::size_t counted_ = 0;
};

PayloadClient::PayloadClient(Network& network, WorkerPool& pool, ChainId chain, const BlockSchedule& schedule,
                             PeerEvents* events, const ClientOptions& options)
    : network_(network),
      pool_(pool),
      protocols_(payload_by_number_protocols(chain)),
      schedule_(schedule),
      events_(events),
      options_(options),
      choice_(options.peers),
      changed_(network.loop()) {
  network_.add_observer(*this);
  look_again();
}

void PayloadClient::look_again() {
  for (const PeerId& peer : network_.connected_peers()) consider(peer, network_.peerstore().protocols(peer));
}

PayloadClient::~PayloadClient() {
  network_.remove_observer(*this);
}

void PayloadClient::on_peer_connected(const PeerId& peer, const ConnectionInfo&) {
  consider(peer, network_.peerstore().protocols(peer));
}

void PayloadClient::on_peer_disconnected(const PeerId& peer) {
  choice_.remove(peer);
  changed_.notify_all();
}

void PayloadClient::on_peer_protocols(const PeerId& peer, const std::vector<std::string>& protocols) {
  if (network_.is_connected(peer)) consider(peer, protocols);
}

// Who does not speak the protocol would only earn penalties that it has not deserved (op-node's B14).
void PayloadClient::consider(const PeerId& peer, const std::vector<std::string>& protocols) {
  const bool speaks = std::ranges::any_of(
      protocols_, [&](const std::string& ours) { return std::ranges::find(protocols, ours) != protocols.end(); });
  if (speaks && (!options_.may_ask || options_.may_ask(peer))) {
    choice_.add(peer);
  } else {
    choice_.remove(peer);
  }
  changed_.notify_all();
}

Task<Result<Envelope>> PayloadClient::fetch(PeerId peer, BlockNumber number) {
  const auto version = schedule_.version(number);
  if (!version) co_return errors::kNoSuchNumber;
  const TimePoint begun = network_.loop().now();
  Result<Envelope> answer = co_await exchange(peer, number, *version);
  counts_.note(result_code(answer), network_.loop().now() - begun);
  counts_.last = number;
  co_return answer;
}

Task<Result<Envelope>> PayloadClient::exchange(PeerId peer, BlockNumber number, PayloadVersion version) {
  OPW_CO_TRY(PeerStream stream, co_await network_.new_stream_if_connected(peer, protocols_));
  bool timed_out = false;
  Timer limit(network_.loop(), [&] {
    timed_out = true;
    stream->reset();
  });
  limit.arm_in(options_.answer_timeout);
  AnswerReader reader(number, version);
  Charge charge(*this);
  Result<void> going = co_await send_request(*stream, number);
  while (going) {
    auto piece = co_await stream->read(kPiece);
    if (!piece) {
      going = piece.error();
    } else if (piece->empty()) {
      break;
    } else {
      going = reader.feed(*piece);
      if (going && !charge.grow_to(reader.held_bytes())) going = Error(opwire::errors::kLimit, "answers under way");
    }
  }
  if (timed_out) co_return Error(opwire::errors::kTimeout, kWhere);
  if (!going) co_return going.error();
  limit.cancel();
  OPW_CO_TRY(AnswerReader::Body body, std::move(reader).finish());
  auto job = [&body] { return accept_answer(std::move(body)); };
  auto accepted = co_await pool_.run(network_.loop(), job);
  if (!accepted) co_return accepted.error();
  co_return std::move(*accepted);
}

Task<void> PayloadClient::run_ask(RangeSync& range, RangeSync::Ask ask) {
  auto answer = co_await fetch(ask.peer, ask.number);
  tell(ask.peer, answer);
  range.on_answer(ask, std::move(answer), network_.loop().now());
  changed_.notify_all();
}

Task<Result<void>> PayloadClient::fetch_range(BlockRange wanted, RangeSink& sink) {
  if (under_way_ != nullptr) co_return errors::kBusy;
  const bool exists = schedule_.version({wanted.after.value + 1}) && schedule_.version({wanted.before.value - 1});
  if (!exists) co_return errors::kNoSuchNumber;
  RangeSync range(wanted, choice_, options_.range);
  under_way_ = &range;
  began_ = network_.loop().now();
  Scope scope(network_.loop());
  Result<void> ended = co_await run_range(range, scope, sink);
  scope.cancel();
  co_await scope.join();
  under_way_ = nullptr;
  co_return ended;
}

Task<Result<void>> PayloadClient::run_range(RangeSync& range, Scope& scope, RangeSink& sink) {
  while (true) {
    if (!hand_on(range, sink)) co_return Error(opwire::errors::kLimit, "receiver of the range");
    if (range.done()) co_return Result<void>();
    if (range.disputed()) co_return errors::kTopDisputed;
    const TimePoint now = network_.loop().now();
    for (const RangeSync::Ask& ask : range.asks(now)) scope.spawn(run_ask(range, ask));
    const TimePoint wake = range.next_wake(now).value_or(TimePoint::max());
    const Wake how = co_await changed_.wait_until(wake);
    if (how == Wake::kCancelled) co_return opwire::errors::kCancelled;
  }
}

void PayloadClient::tell(const PeerId& peer, const Result<Envelope>& answer) {
  if (options_.observer == nullptr) return;
  if (answer) return options_.observer->on_valid_answer(peer);
  const Error& why = answer.error();
  const bool innocent =
      why.is(errors::kNotFound) || why.is(opwire::errors::kCancelled) || why.is(opwire::errors::kLimit);
  if (!innocent) options_.observer->on_failed_answer(peer);
}

bool PayloadClient::hand_on(RangeSync& range, RangeSink& sink) {
  for (const RangeSync::Blame& blame : range.take_blamed()) {
    report(events_, blame.peer, blame.error, kWhere);
    if (options_.observer != nullptr && blame.error.is(errors::kNotLinked)) {
      options_.observer->on_rejected_answer(blame.peer);
    }
  }
  for (const RangeSync::Proved& block : range.take_proved()) {
    if (!sink.on_proved(block.envelope, block.from)) return false;
  }
  return true;
}

double RangeProgress::rate(TimePoint now) const noexcept {
  const double seconds = std::chrono::duration<double>(now - since).count();
  return seconds > 0 ? static_cast<double>(proved) / seconds : 0;
}

std::optional<double> RangeProgress::seconds_left(TimePoint now) const noexcept {
  const double per_second = rate(now);
  if (per_second == 0) return std::nullopt;
  return static_cast<double>(wanted - proved) / per_second;
}

std::optional<RangeProgress> PayloadClient::progress() const {
  if (under_way_ == nullptr) return std::nullopt;
  RangeProgress progress;
  progress.wanted = under_way_->wanted();
  progress.proved = under_way_->proved();
  progress.peers = choice_.size();
  progress.quarantined = under_way_->quarantined();
  progress.quarantined_bytes = under_way_->quarantined_bytes();
  progress.since = began_;
  return progress;
}

}  // namespace opwire::opstack
