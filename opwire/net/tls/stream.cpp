#include "opwire/net/tls/stream.hpp"

#include <algorithm>

#include "opwire/net/tls/errors.hpp"

namespace opwire::tls {
namespace {
// How long the other side may take to hear why there is no connection.
constexpr auto kLeaveTime = std::chrono::milliseconds(500);
}  // namespace

Task<Result<std::unique_ptr<TlsStream>>> TlsStream::connect(Loop& loop, std::unique_ptr<Stream> raw,
                                                            std::shared_ptr<Context> context, std::string server_name,
                                                            TimePoint deadline) {
  OPW_CHECK(context->side() == Side::kClient);
  Engine engine(*context, server_name, loop.wall_now());
  co_return co_await start(loop, std::move(raw), std::move(engine), deadline);
}

Task<Result<std::unique_ptr<TlsStream>>> TlsStream::accept(Loop& loop, std::unique_ptr<Stream> raw,
                                                           std::shared_ptr<Context> context, TimePoint deadline) {
  OPW_CHECK(context->side() == Side::kServer);
  Engine engine(*context, {}, loop.wall_now());
  co_return co_await start(loop, std::move(raw), std::move(engine), deadline);
}

Task<Result<std::unique_ptr<TlsStream>>> TlsStream::start(Loop& loop, std::unique_ptr<Stream> raw, Engine engine,
                                                          TimePoint deadline) {
  std::unique_ptr<TlsStream> stream(new TlsStream(std::move(raw), std::move(engine)));
  bool too_late = false;
  Timer timer(loop, [&] {
    too_late = true;
    stream->reset();
  });
  timer.arm(deadline);
  const Result<void> done = co_await stream->shake_hands();
  if (too_late) co_return Error(opwire::errors::kTimeout, "TLS handshake");
  if (done) co_return stream;
  timer.arm(std::min(deadline, loop.now() + kLeaveTime));
  co_await stream->leave();
  co_return done.error();
}

Task<Result<void>> TlsStream::shake_hands() {
  while (true) {
    const Result<bool> done = engine_.shake_hands();
    const Result<void> sent = co_await send_output();
    if (!done) co_return done.error();
    OPW_CO_TRYV(sent);
    if (*done) co_return Result<void>();
    OPW_CO_TRYV(co_await receive());
  }
}

// The alert must reach the other side: a stream that is given up while something waits to be read loses it.
Task<void> TlsStream::leave() {
  const Result<void> ended = co_await raw_->close_write();
  bool more = ended.has_value();
  while (more) {
    const Result<Buffer> dropped = co_await raw_->read(kMaxPlaintext);
    more = dropped && !dropped->empty();
  }
}

Task<Result<void>> TlsStream::receive() {
  OPW_CO_TRYV(co_await raw_->wait_readable());
  OPW_CO_TRY(const Buffer sealed, co_await raw_->read(kMaxPlaintext));
  if (sealed.empty()) co_return errors::kTruncated;
  // What came before has been looked at: at most a part of a record waits.
  if (engine_.feed(sealed) != sealed.size()) co_return Error(errors::kMalformed, "no end of a record");
  co_return Result<void>();
}

Task<Result<void>> TlsStream::wait_readable() {
  co_return co_await fill();
}

Task<Result<void>> TlsStream::fill() {
  while (true) {
    const Result<void> opened = open_next();
    if (!opened && engine_.has_output() && !writing_) (void)co_await send_output();
    OPW_CO_TRYV(opened);
    if (!text_.empty() || engine_.peer_ended()) co_return Result<void>();
    OPW_CO_TRYV(co_await receive());
  }
}

Result<void> TlsStream::open_next() {
  if (broken_) return *broken_;
  if (!text_.empty() || !engine_.has_input()) return {};
  Buffer text = Buffer::uninitialized(kMaxPlaintext);
  const Result<std::size_t> size = engine_.open(text.writable());
  if (!size) {
    broken_ = size.error();
    return *broken_;
  }
  text_ = *size < kMaxPlaintext / 2 ? Buffer::copy_of(text.view().first(*size)) : text.take_front(*size);
  return {};
}

Task<Result<Buffer>> TlsStream::read(std::size_t max) {
  OPW_CO_TRYV(co_await fill());
  Buffer bytes = text_.take_front(max);
  if (text_.empty()) text_ = {};
  co_return bytes;
}

Task<Result<std::size_t>> TlsStream::read_some(MutableByteView into) {
  OPW_CO_TRY(const Buffer bytes, co_await read(into.size()));
  if (!bytes.empty()) std::memcpy(into.data(), bytes.data(), bytes.size());
  co_return bytes.size();
}

Task<Result<void>> TlsStream::write(ByteViews pieces) {
  if (write_ended_) co_return opwire::errors::kClosed;
  writing_ = true;
  const Result<void> written = co_await write_all(pieces);
  writing_ = false;
  co_return written;
}

// Small pieces go into one record together.
Task<Result<void>> TlsStream::write_all(ByteViews pieces) {
  Bytes gathered;
  for (ByteView piece : pieces) {
    while (!piece.empty()) {
      const std::size_t size = std::min(piece.size(), kMaxPlaintext - gathered.size());
      const ByteView part = piece.first(size);
      piece = piece.subspan(size);
      if (size == kMaxPlaintext) {
        OPW_CO_TRYV(co_await seal_and_send(part));
        continue;
      }
      gathered.insert(gathered.end(), part.begin(), part.end());
      if (gathered.size() < kMaxPlaintext) continue;
      OPW_CO_TRYV(co_await seal_and_send(gathered));
      gathered.clear();
    }
  }
  if (gathered.empty()) co_return Result<void>();
  co_return co_await seal_and_send(gathered);
}

Task<Result<void>> TlsStream::seal_and_send(ByteView plain) {
  if (broken_) co_return *broken_;
  OPW_CO_TRYV(engine_.seal(plain));
  co_return co_await send_output();
}

Task<Result<void>> TlsStream::send_output() {
  const Buffer output = engine_.take_output();
  if (output.empty()) co_return Result<void>();
  co_return co_await opwire::write(*raw_, output.view());
}

Task<Result<void>> TlsStream::close_write() {
  if (std::exchange(write_ended_, true)) co_return opwire::errors::kClosed;
  engine_.end();
  writing_ = true;
  const Result<void> sent = co_await send_output();
  writing_ = false;
  OPW_CO_TRYV(sent);
  co_return co_await raw_->close_write();
}

void TlsStream::reset() noexcept {
  if (!broken_) broken_ = opwire::errors::kClosed;
  text_ = {};
  raw_->reset();
}

}  // namespace opwire::tls
