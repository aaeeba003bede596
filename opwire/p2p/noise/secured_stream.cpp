#include "opwire/p2p/noise/secured_stream.hpp"

#include <algorithm>

#include "opwire/p2p/noise/errors.hpp"

namespace opwire::noise {

namespace {
constexpr std::size_t kSmallWrite = 16 * 1024;  // gets memory of its own size: a stuck peer holds no large block
// One frame a write: the other side opens it while the next one is sealed.
constexpr std::size_t kWriteSize = kMaxPlaintext + kFrameOverhead;
constexpr std::size_t kKeptPieces = 64;
}  // namespace

SecuredStream::SecuredStream(std::unique_ptr<Stream> raw, CipherState send, CipherState receive,
                             std::shared_ptr<BlockPool> pool)
    : raw_(std::move(raw)), sealer_(std::move(send)), opener_(std::move(receive)), pool_(std::move(pool)) {}

Task<Result<void>> SecuredStream::wait_readable() {
  co_return co_await fill();
}

Task<Result<Buffer>> SecuredStream::read(std::size_t max) {
  OPW_CO_TRYV(co_await fill());
  Buffer bytes = text_.take_front(max);
  if (text_.empty()) text_ = {};
  co_return bytes;
}

Task<Result<std::size_t>> SecuredStream::read_some(MutableByteView into) {
  OPW_CO_TRY(const Buffer bytes, co_await read(into.size()));
  if (!bytes.empty()) std::memcpy(into.data(), bytes.data(), bytes.size());
  co_return bytes.size();
}

Task<Result<void>> SecuredStream::fill() {
  while (text_.empty() && !ended_) {
    OPW_CO_TRY(const bool opened, open_next());
    if (!opened) OPW_CO_TRYV(co_await receive());
  }
  co_return Result<void>();
}

Result<bool> SecuredStream::open_next() {
  if (broken_) return *broken_;
  while (begin_ < end_) {
    Result<std::optional<FrameOpener::Opened>> frame = opener_.open({block_->data() + begin_, end_ - begin_});
    if (!frame) {
      broken_ = frame.error();
      return *broken_;
    }
    if (!*frame) return false;
    begin_ += (*frame)->used;
    if ((*frame)->text.empty()) continue;
    text_ = Buffer(block_, (*frame)->text);
    return true;
  }
  block_ = nullptr;
  return false;
}

// Waits even when there may be data already: so one busy connection takes turns with the others.
Task<Result<void>> SecuredStream::receive() {
  shrink();
  OPW_CO_TRYV(co_await raw_->wait_readable());
  make_room();
  const MutableByteView room(block_->data() + end_, block_->size() - end_);
  OPW_CO_TRY(const std::size_t size, co_await raw_->read_some(room));
  end_ += size;
  if (size > 0) co_return Result<void>();
  ended_ = true;
  if (begin_ == end_) {
    block_ = nullptr;
    co_return Result<void>();
  }
  broken_ = errors::kTruncated;
  co_return *broken_;
}

void SecuredStream::shrink() {
  if (block_) move_rest(Block::make(end_ - begin_));
}

void SecuredStream::make_room() {
  BlockPtr block = pool_->take();
  if (block_) {
    move_rest(std::move(block));
  } else {
    block_ = std::move(block);
    begin_ = end_ = 0;
  }
}

void SecuredStream::move_rest(BlockPtr to) {
  const std::size_t size = end_ - begin_;
  std::memcpy(to->data(), block_->data() + begin_, size);
  block_ = std::move(to);
  begin_ = 0;
  end_ = size;
}

Task<Result<void>> SecuredStream::write(ByteViews pieces) {
  pieces_.assign(pieces.begin(), pieces.end());
  std::span<ByteView> left(pieces_);
  std::size_t size = 0;
  for (const ByteView piece : pieces) size += piece.size();
  while (size > 0) {
    BlockPtr block = size <= kSmallWrite ? Block::make(size + kFrameOverhead) : pool_->take();
    OPW_CO_TRY(const std::size_t used, sealer_.seal(left, {block->data(), std::min(block->size(), kWriteSize)}));
    OPW_CO_TRYV(co_await opwire::write(*raw_, ByteView(block->data(), used)));
    size = 0;
    for (const ByteView piece : left) size += piece.size();
  }
  if (pieces_.capacity() > kKeptPieces) pieces_ = {};
  co_return Result<void>();
}

}  // namespace opwire::noise
