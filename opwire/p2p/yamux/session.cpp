#include "opwire/p2p/yamux/session.hpp"

#include <algorithm>

#include "opwire/base/check.hpp"
#include "opwire/p2p/yamux/errors.hpp"
#include "opwire/p2p/yamux/session_stream.hpp"

namespace opwire::yamux {

namespace {
constexpr std::size_t kWriteSize = 256 * 1024;  // gathered into one write
constexpr std::size_t kKeptFrames = 32;
}  // namespace

Session::Session(Loop& loop, std::unique_ptr<Stream> secured, Role role, const Options& options)
    : loop_(loop),
      secured_(std::move(secured)),
      options_(options),
      core_(role, options, loop.now()),
      accepted_(loop),
      openable_(loop),
      output_(loop),
      ended_(loop),
      tick_(loop, [this] { on_tick(); }) {}

Session::~Session() {
  OPW_CHECK(streams_.empty());
}

Task<Error> Session::run() {
  Scope scope(loop_);
  scope.spawn(read_loop());
  scope.spawn(write_loop());
  on_tick();
  while (!over_) {
    const bool notified = co_await ended_.wait();
    if (!notified) close();
  }
  co_await scope.join();
  secured_->reset();
  co_return *core_.error();
}

Task<void> Session::read_loop() {
  while (true) {
    Result<Buffer> bytes = co_await secured_->read(SIZE_MAX);
    if (!bytes) co_return end(bytes.error(), std::nullopt);
    if (bytes->empty()) co_return end(Error(opwire::errors::kReset, "connection"), std::nullopt);
    // Once this side has ended the session it waits for the other to close, so that the last frame is not lost.
    if (over_) continue;
    if (const Result<void> fed = core_.feed(std::move(*bytes), loop_.now()); !fed) {
      pump();
      if (fed.error().is(errors::kGoAway)) co_return;
    }
    pump();
  }
}

Task<void> Session::write_loop() {
  while (core_.has_output() || !over_) {
    if (!core_.has_output()) {
      co_await output_.wait();
      continue;
    }
    const Result<void> written = co_await write_once();
    if (!written) co_return end(written.error(), std::nullopt);
  }
  static_cast<void>(co_await secured_->close_write());
}

Task<Result<void>> Session::write_once() {
  core_.collect(frames_, kWriteSize, loop_.now());
  for (const OutFrame& frame : frames_) {
    views_.push_back(frame.header);
    if (!frame.payload.empty()) views_.push_back(frame.payload);
  }
  write_deadline_ = loop_.now() + options_.write_timeout;
  arm_tick();
  Result<void> written = co_await secured_->write(views_);
  write_deadline_ = TimePoint::max();
  core_.on_written();
  frames_.clear();
  views_.clear();
  if (frames_.capacity() > kKeptFrames && !core_.has_output()) {
    frames_ = {};
    views_ = {};
  }
  pump();
  co_return written;
}

void Session::pump() {
  while (const auto touched = core_.next_touched()) {
    if (touched->what & kNew) {
      backlog_.push_back(touched->stream);
      accepted_.notify_one();
    }
    if (const auto found = streams_.find(touched->stream); found != streams_.end()) found->second->wake(touched->what);
  }
  if (core_.error() && !over_) {
    over_ = true;
    close_deadline_ = loop_.now() + options_.close_timeout;
    wake_everyone();
  }
  if (core_.can_open()) openable_.notify_all();
  if (core_.has_output()) output_.notify_one();
  arm_tick();
}

void Session::end(const Error& why, std::optional<GoAwayCode> tell) {
  core_.end(why, tell);
  pump();
}

void Session::wake_everyone() {
  for (const auto& [id, stream] : streams_) stream->wake(kReadable | kWritable);
  accepted_.notify_all();
  openable_.notify_all();
  output_.notify_all();
  ended_.notify_all();
}

void Session::close() {
  end(opwire::errors::kClosed, GoAwayCode::kNormal);
}

void Session::arm_tick() {
  const TimePoint needed = std::min({core_.next_time(), write_deadline_, close_deadline_});
  if (needed == TimePoint::max() || (tick_.armed() && tick_at_ <= needed)) return;
  tick_at_ = needed;
  tick_.arm(needed);
}

void Session::on_tick() {
  const TimePoint now = loop_.now();
  if (now >= write_deadline_) core_.end(errors::kWriteTimeout, std::nullopt);
  if (now >= write_deadline_ || now >= close_deadline_) {
    write_deadline_ = close_deadline_ = TimePoint::max();
    secured_->reset();
  }
  static_cast<void>(core_.on_time(now));  // pump() finds its error
  pump();
}

Task<Result<std::unique_ptr<Stream>>> Session::open_stream() {
  const TimePoint deadline = loop_.now() + options_.open_timeout;
  while (true) {
    const Result<StreamId> id = core_.open(loop_.now());
    if (id) co_return make_stream(*id);
    if (!id.error().is(errors::kAckBacklog)) co_return id.error();
    const Wake wake = co_await openable_.wait_until(deadline);
    if (wake == Wake::kCancelled) co_return opwire::errors::kCancelled;
    if (wake == Wake::kTimeout) co_return Error(opwire::errors::kTimeout, "opening a stream");
  }
}

Task<Result<std::unique_ptr<Stream>>> Session::accept_stream() {
  while (backlog_.empty()) {
    if (over_) co_return *core_.error();
    const bool notified = co_await accepted_.wait();
    if (!notified) co_return opwire::errors::kCancelled;
  }
  const StreamId id = backlog_.front();
  backlog_.pop_front();
  co_return make_stream(id);
}

std::unique_ptr<Stream> Session::make_stream(StreamId id) {
  auto stream = std::make_unique<SessionStream>(*this, id);
  streams_.emplace(id, stream.get());
  pump();
  return stream;
}

void Session::drop(StreamId id) {
  streams_.erase(id);
  core_.release(id, loop_.now());
  pump();
}

std::unique_ptr<MuxedConnection> Yamux::make(std::unique_ptr<Stream> secured, Role role) {
  return std::make_unique<Session>(loop_, std::move(secured), role, options_);
}

}  // namespace opwire::yamux
