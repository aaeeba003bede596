#include "opwire/net/memory_stream.hpp"

#include <algorithm>
#include <deque>

#include "opwire/runtime/event.hpp"

namespace opwire::net {
namespace {

// One direction. Shared by both ends, so that either may go first.
struct Pipe {
  Pipe(Loop& loop, std::size_t limit) : capacity(limit), readable(loop), writable(loop) {}

  const std::size_t capacity;
  std::size_t size = 0;
  std::deque<Buffer> pieces;
  bool ended = false;
  bool reset = false;
  Event readable;
  Event writable;
};
using PipePtr = std::shared_ptr<Pipe>;

class MemoryStream final : public Stream {
 public:
  MemoryStream(PipePtr in, PipePtr out) : in_(std::move(in)), out_(std::move(out)) {}
  ~MemoryStream() override {
    if (!end_seen_ || !out_->ended) reset();
  }

  Task<Result<void>> wait_readable() override {
    while (true) {
      OPW_CO_TRYV(check(*in_));
      if (in_->size > 0 || in_->ended) co_return Result<void>();
      const bool notified = co_await in_->readable.wait();
      if (!notified && !closed_) co_return errors::kCancelled;
    }
  }

  Task<Result<std::size_t>> read_some(MutableByteView into) override {
    OPW_CO_TRY(const Buffer bytes, co_await read(into.size()));
    if (!bytes.empty()) std::memcpy(into.data(), bytes.data(), bytes.size());
    co_return bytes.size();
  }

  Task<Result<Buffer>> read(std::size_t max) override {
    OPW_CO_TRYV(co_await wait_readable());
    if (in_->size == 0) {
      end_seen_ = true;
      co_return Buffer();
    }
    Buffer bytes = in_->pieces.front().take_front(max);
    if (in_->pieces.front().empty()) in_->pieces.pop_front();
    in_->size -= bytes.size();
    in_->writable.notify_all();
    co_return bytes;
  }

  Task<Result<void>> write(ByteViews pieces) override {
    OPW_CO_TRYV(check_writable());
    for (ByteView piece : pieces) {
      while (!piece.empty()) {
        const std::size_t room = std::min(out_->capacity - out_->size, piece.size());
        if (room == 0) {
          const bool notified = co_await out_->writable.wait();
          if (!notified && !closed_) co_return errors::kCancelled;
        }
        OPW_CO_TRYV(check_writable());
        put(piece.first(room));
        piece = piece.subspan(room);
      }
    }
    co_return Result<void>();
  }

  Task<Result<void>> close_write() override {
    OPW_CO_TRYV(check(*out_));
    out_->ended = true;
    out_->readable.notify_all();
    co_return Result<void>();
  }

  void reset() noexcept override {
    if (std::exchange(closed_, true)) return;
    for (Pipe* pipe : {in_.get(), out_.get()}) {
      pipe->reset = true;
      pipe->pieces.clear();
      pipe->size = 0;
      pipe->readable.notify_all();
      pipe->writable.notify_all();
    }
  }

 private:
  Result<void> check(const Pipe& pipe) const {
    if (closed_) return errors::kClosed;
    if (pipe.reset) return errors::kReset;
    return {};
  }
  Result<void> check_writable() const {
    OPW_TRYV(check(*out_));
    if (out_->ended) return errors::kClosed;
    return {};
  }

  void put(ByteView bytes) {
    if (bytes.empty()) return;
    out_->pieces.push_back(Buffer::copy_of(bytes));
    out_->size += bytes.size();
    out_->readable.notify_all();
  }

  PipePtr in_;
  PipePtr out_;
  bool end_seen_ = false;
  bool closed_ = false;
};

}  // namespace

std::pair<std::unique_ptr<Stream>, std::unique_ptr<Stream>> make_stream_pair(Loop& loop, std::size_t capacity) {
  const auto one = std::make_shared<Pipe>(loop, capacity);
  const auto other = std::make_shared<Pipe>(loop, capacity);
  return {std::make_unique<MemoryStream>(one, other), std::make_unique<MemoryStream>(other, one)};
}

}  // namespace opwire::net
