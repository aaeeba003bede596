#include "opwire/p2p/yamux/session_stream.hpp"

#include <algorithm>

namespace opwire::yamux {

namespace {
constexpr std::size_t kMaxCopied = 8 * 1024;  // above it, copying costs more than waiting for the write
}  // namespace

SessionStream::SessionStream(Session& session, StreamId id)
    : session_(session), core_(session.core_), id_(id), readable_(session.loop_), writable_(session.loop_) {}

SessionStream::~SessionStream() {
  session_.drop(id_);
}

void SessionStream::wake(std::uint8_t what) {
  if (what & kReadable) readable_.notify_all();
  if (what & kWritable) writable_.notify_all();
}

Task<Result<void>> SessionStream::wait_readable() {
  while (!core_.readable(id_)) {
    const bool notified = co_await readable_.wait();
    if (!notified) co_return errors::kCancelled;
  }
  co_return Result<void>();
}

Task<Result<Buffer>> SessionStream::read(std::size_t max) {
  while (true) {
    OPW_CO_TRY(std::optional<Buffer> bytes, core_.read(id_, max, session_.loop_.now()));
    if (bytes) {
      session_.pump();
      co_return std::move(*bytes);
    }
    OPW_CO_TRYV(co_await wait_readable());
  }
}

Task<Result<std::size_t>> SessionStream::read_some(MutableByteView into) {
  OPW_CO_TRYV(co_await wait_readable());
  std::size_t size = 0;
  do {
    const Result<std::optional<Buffer>> bytes = core_.read(id_, into.size() - size, session_.loop_.now());
    if (!bytes && size == 0) co_return bytes.error();
    if (!bytes || !*bytes || (*bytes)->empty()) break;  // what was read before an error is not lost
    std::memcpy(into.data() + size, (*bytes)->data(), (*bytes)->size());
    size += (*bytes)->size();
  } while (size < into.size());
  session_.pump();
  co_return size;
}

Task<Result<void>> SessionStream::write(ByteViews pieces) {
  OPW_CO_TRYV(core_.write_room(id_));
  std::size_t size = 0;
  for (const ByteView piece : pieces) size += piece.size();
  if (size > kMaxCopied) co_return co_await lend(pieces);
  for (const ByteView piece : pieces) OPW_CO_TRYV(co_await copy(piece));
  session_.pump();
  co_return Result<void>();
}

Task<Result<void>> SessionStream::copy(ByteView piece) {
  while (!piece.empty()) {
    OPW_CO_TRY(const std::size_t room, core_.write_room(id_));
    if (room > 0) {
      core_.write_copy(id_, piece.first(std::min(room, piece.size())));
      piece = piece.subspan(std::min(room, piece.size()));
      continue;
    }
    session_.pump();
    const bool notified = co_await writable_.wait();
    if (!notified) co_return errors::kCancelled;
  }
  co_return Result<void>();
}

Task<Result<void>> SessionStream::lend(ByteViews pieces) {
  core_.lend(id_, pieces);
  session_.pump();
  while (core_.unsent(id_) > 0) {
    const bool notified = co_await writable_.wait();
    if (notified) continue;
    co_await end_loan();
    co_return errors::kCancelled;
  }
  OPW_CO_TRYV(core_.write_room(id_));
  co_return Result<void>();
}

// What is being written right now cannot be taken back; the session's write timeout bounds the wait.
Task<void> SessionStream::end_loan() {
  reset();
  while (core_.unsent(id_) > 0) co_await writable_.wait_uncancelled();
}

Task<Result<void>> SessionStream::close_write() {
  const Result<std::size_t> room = core_.write_room(id_);
  if (!room && !room.error().is(errors::kClosed)) co_return room.error();
  core_.close_write(id_);
  session_.pump();
  co_return Result<void>();
}

void SessionStream::reset() noexcept {
  core_.reset(id_);
  session_.pump();
}

}  // namespace opwire::yamux
