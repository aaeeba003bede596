#include "opwire/p2p/yamux/session.hpp"

#include <algorithm>

#include "opwire/base/check.hpp"
#include "opwire/p2p/yamux/errors.hpp"
#include "opwire/p2p/yamux/session_stream.hpp"

namespace opwire::yamux {

namespace {
constexpr std::size_t kWriteSize = 256 * 1024;  // gathered into one write
}  // namespace

Session::Session(Loop& loop, std::unique_ptr<Stream> secured, Role role, const Options& options)
    : loop_(loop),
      secured_(std::move(secured)),
      options_(options),
      core_(role, options, loop.now()),
      openable_(loop),
      tasks_(loop),
      tick_(loop, [this] { on_tick(); }) {}

Session::~Session() {
  OPW_CHECK(streams_.empty());
}

Task<Error> Session::run(TakeStream take) {
  take_ = std::move(take);
  on_tick();
  co_await read_all();
  if (!heard_end_) {
    // Cancelled: the last words go out, and the other side's are waited for, in a task that still can.
    close();
    tasks_.spawn(read_all());
  }
  co_await tasks_.join();
  secured_->reset();
  co_return *core_.error();
}

Task<void> Session::read_all() {
  while (true) {
    Result<Buffer> bytes = co_await secured_->read(SIZE_MAX);
    if (!bytes && bytes.error().is(opwire::errors::kCancelled)) co_return;
    heard_end_ = !bytes || bytes->empty();
    if (!bytes) co_return end(bytes.error(), std::nullopt);
    if (bytes->empty()) co_return end(Error(opwire::errors::kReset, "connection"), std::nullopt);
    // Once this side has ended the session it waits for the other to close, so that the last frame is not lost.
    if (over_) continue;
    if (const Result<void> fed = core_.feed(std::move(*bytes), loop_.now()); !fed) {
      pump();
      heard_end_ = fed.error().is(errors::kGoAway);
      if (heard_end_) co_return;
    }
    pump();
  }
}

void Session::start_writer() {
  if (writing_ || said_end_ || !(core_.has_output() || over_)) return;
  writing_ = true;
  tasks_.spawn(write_all());
}

Task<void> Session::write_all() {
  Batch batch;
  while (core_.has_output()) {
    const Result<void> written = co_await write_once(batch);
    if (!written) {
      said_end_ = true;  // nothing more can be said
      end(written.error(), std::nullopt);
    }
  }
  if (over_ && !std::exchange(said_end_, true)) static_cast<void>(co_await secured_->close_write());
  writing_ = false;
}

Task<Result<void>> Session::write_once(Batch& batch) {
  core_.collect(batch.pieces, kWriteSize, loop_.now());
  for (const OutPiece& piece : batch.pieces) {
    if (piece.header) batch.views.push_back(*piece.header);
    if (!piece.payload.empty()) batch.views.push_back(piece.payload);
  }
  write_deadline_ = loop_.now() + options_.write_timeout;
  arm_tick();
  Result<void> written = co_await secured_->write(batch.views);
  write_deadline_ = TimePoint::max();
  core_.on_written();
  batch.pieces.clear();
  batch.views.clear();
  pump();
  co_return written;
}

void Session::pump() {
  // A stream that is handed over may be reset at once, which comes here again: the outer call goes on with it.
  if (std::exchange(pumping_, true)) return;
  pass_on_news();
  pumping_ = false;
  if (core_.error() && !over_) {
    over_ = true;
    close_deadline_ = loop_.now() + options_.close_timeout;
    wake_everyone();
  }
  if (core_.can_open()) openable_.notify_all();
  start_writer();
  arm_tick();
}

void Session::pass_on_news() {
  while (const auto touched = core_.next_touched()) {
    if (touched->what & kNew) take_(make_stream(touched->stream));
    if (const auto found = streams_.find(touched->stream); found != streams_.end()) found->second->wake(touched->what);
  }
}

void Session::end(const Error& why, std::optional<GoAwayCode> tell) {
  core_.end(why, tell);
  pump();
}

void Session::wake_everyone() {
  for (const auto& [id, stream] : streams_) stream->wake(kReadable | kWritable);
  openable_.notify_all();
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
    if (id) {
      std::unique_ptr<Stream> stream = make_stream(*id);
      pump();
      co_return stream;
    }
    if (!id.error().is(errors::kAckBacklog)) co_return id.error();
    const Wake wake = co_await openable_.wait_until(deadline);
    if (wake == Wake::kCancelled) co_return opwire::errors::kCancelled;
    if (wake == Wake::kTimeout) co_return Error(opwire::errors::kTimeout, "opening a stream");
  }
}

std::unique_ptr<Stream> Session::make_stream(StreamId id) {
  auto stream = std::make_unique<SessionStream>(*this, id);
  streams_.emplace(id, stream.get());
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
