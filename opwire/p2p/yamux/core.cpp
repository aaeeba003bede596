#include "opwire/p2p/yamux/core.hpp"

#include <algorithm>

#include "opwire/base/check.hpp"
#include "opwire/p2p/yamux/errors.hpp"

namespace opwire::yamux {

namespace {
using opwire::errors::kClosed;
constexpr std::uint64_t kLastId = 0xFFFFFFFF;
}  // namespace

SessionCore::SessionCore(Role role, Options options, TimePoint now, StreamId first_id)
    : options_(options),
      dialer_(role == Role::kDialer),
      keep_alive_(options.ping_interval, options.ping_timeout, now),
      next_id_(first_id != 0 ? first_id : (dialer_ ? 1 : 2)),
      window_growth_(options.max_window_growth) {}

StreamState* SessionCore::find(StreamId id) const noexcept {
  const auto found = streams_.find(id);
  return found == streams_.end() ? nullptr : found->second.get();
}

StreamState* SessionCore::find_live(StreamId id) const noexcept {
  StreamState* const stream = find(id);
  return stream != nullptr && stream->failure == nullptr ? stream : nullptr;
}

StreamState& SessionCore::get(StreamId id) const {
  StreamState* const stream = find(id);
  OPW_CHECK(stream != nullptr && !stream->released);
  return *stream;
}

StreamState& SessionCore::add(StreamId id, bool outgoing, TimePoint now) {
  auto& slot = streams_[id];
  slot = std::make_unique<StreamState>(id, outgoing, now);
  (outgoing ? unacknowledged_ : incoming_) += 1;
  return *slot;
}

void SessionCore::acknowledge(StreamState& stream) {
  if (!stream.outgoing || stream.acknowledged) return;
  stream.acknowledged = true;
  --unacknowledged_;
}

void SessionCore::touch(StreamState& stream, std::uint8_t what) {
  stream.touched |= what;
  if (!stream.released && !stream.ListHook<TouchedTag>::is_linked()) touched_.push_back(stream);
}

void SessionCore::link(StreamState& stream) {
  if (stream.sendable() && !stream.ListHook<ReadyTag>::is_linked()) ready_.push_back(stream);
  if (stream.control_due() && !stream.ListHook<ControlTag>::is_linked()) control_due_.push_back(stream);
}

std::optional<Touched> SessionCore::next_touched() {
  if (touched_.empty()) return std::nullopt;
  StreamState& stream = touched_.front();
  touched_.pop_front();
  return Touched{stream.id, std::exchange(stream.touched, std::uint8_t{0})};
}

Result<StreamId> SessionCore::open(TimePoint now) {
  if (error_) return *error_;
  if (next_id_ > kLastId) return errors::kIdsExhausted;
  if (!can_open()) return errors::kAckBacklog;
  const StreamId id = static_cast<StreamId>(next_id_);
  next_id_ += 2;
  StreamState& stream = add(id, true, now);
  stream.syn_due = true;
  link(stream);
  return id;
}

bool SessionCore::readable(StreamId id) const {
  const StreamState& stream = get(id);
  return stream.failure != nullptr || stream.read_closed || !stream.inbox.empty() || stream.fin_received || error_;
}

Result<std::optional<Buffer>> SessionCore::read(StreamId id, std::size_t max, TimePoint now) {
  StreamState& stream = get(id);
  if (stream.failure != nullptr) return *stream.failure;
  if (stream.read_closed) return kClosed;
  if (stream.inbox.empty()) {
    if (stream.fin_received) return std::optional<Buffer>(Buffer());
    if (error_) return *error_;
    return std::optional<Buffer>();
  }
  Buffer bytes = stream.inbox.pop(max);
  const ReceiveWindow::Growth growth{keep_alive_.rtt(), options_.max_window, window_growth_};
  const std::uint32_t credit = stream.window.on_consumed(static_cast<std::uint32_t>(bytes.size()), now, growth);
  if (!stream.fin_received) stream.credit_due += credit;
  link(stream);
  return std::optional<Buffer>(std::move(bytes));
}

Result<std::size_t> SessionCore::write_room(StreamId id) const {
  const StreamState& stream = get(id);
  if (stream.failure != nullptr) return *stream.failure;
  if (stream.fin_queued) return kClosed;
  if (error_) return *error_;
  const std::size_t used = stream.copied.size() + stream.in_flight;
  return !stream.lent.empty() || used >= options_.max_copied ? 0 : options_.max_copied - used;
}

void SessionCore::write_copy(StreamId id, ByteView bytes) {
  StreamState& stream = get(id);
  OPW_CHECK(stream.lent.empty() && !stream.fin_queued);
  stream.copied.push_copy(bytes);
  link(stream);
}

void SessionCore::lend(StreamId id, ByteViews pieces) {
  StreamState& stream = get(id);
  OPW_CHECK(stream.lent.empty() && !stream.fin_queued);
  stream.lent = Loan(pieces);
  link(stream);
}

std::size_t SessionCore::unsent(StreamId id) const noexcept {
  const StreamState* const stream = find(id);
  if (stream == nullptr) return 0;
  return (error_ ? 0 : stream->pending()) + stream->in_flight;
}

void SessionCore::close_write(StreamId id) {
  StreamState& stream = get(id);
  stream.fin_queued = true;
  link(stream);
}

void SessionCore::close_read(StreamId id) {
  StreamState& stream = get(id);
  stream.read_closed = true;
  stream.inbox.clear();
}

void SessionCore::reset(StreamId id) {
  StreamState& stream = get(id);
  if (stream.failure != nullptr) return;
  const bool unknown_to_peer = stream.syn_due;
  const bool over = stream.fin_sent && stream.fin_received;
  fail_stream(stream, kClosed);
  if (!unknown_to_peer && !over) send_reset(id);
}

void SessionCore::release(StreamId id, TimePoint now) {
  StreamState& stream = get(id);
  OPW_CHECK(stream.lent.empty() || error_);
  if (!stream.fin_queued || !stream.fin_received) reset(id);
  stream.released = true;
  stream.read_closed = true;
  stream.inbox.clear();
  stream.ListHook<TouchedTag>::unlink();
  stream.linger_until = now + options_.linger;
  lingering_.push_back(stream);
  erase_if_finished(stream);
}

void SessionCore::fail_stream(StreamState& stream, const ErrorKind& why) {
  stream.failure = &why;
  stream.inbox.clear();
  stream.copied.clear();
  stream.lent = {};
  stream.syn_due = stream.ack_due = false;
  stream.credit_due = 0;
  stream.ListHook<ReadyTag>::unlink();
  stream.ListHook<ControlTag>::unlink();
  acknowledge(stream);
  touch(stream, kReadable | kWritable);
}

void SessionCore::send_reset(StreamId id) {
  if (control_.size() >= options_.max_control_frames) {
    fail(errors::kControlFlood);
    return;
  }
  control_.push_back({FrameType::kWindowUpdate, kRst, id, 0});
}

void SessionCore::erase_if_finished(StreamState& stream) {
  if (!stream.finished()) return;
  acknowledge(stream);
  if (!stream.outgoing) --incoming_;
  window_growth_ += stream.window.size() - kInitialWindow;
  streams_.erase(stream.id);
}

}  // namespace opwire::yamux
