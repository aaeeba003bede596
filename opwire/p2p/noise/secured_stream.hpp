// A stream whose bytes travel in sealed frames.
#pragma once

#include <memory>
#include <optional>

#include "opwire/net/stream.hpp"
#include "opwire/p2p/noise/block_pool.hpp"
#include "opwire/p2p/noise/frames.hpp"

namespace opwire::noise {

/// Reads into a large block, opens frames in place and hands out slices of it; seals many pieces into one block and
/// writes that at once. While it waits for the other side it holds nothing but the part of a frame that has come.
class SecuredStream final : public Stream {
 public:
  SecuredStream(std::unique_ptr<Stream> raw, CipherState send, CipherState receive, std::shared_ptr<BlockPool> pool);

  Task<Result<void>> wait_readable() override;
  Task<Result<std::size_t>> read_some(MutableByteView into) override;
  /// A slice of one frame. Errors: kFrameTooShort, kTruncated, crypto kDecryptFailed; all final.
  Task<Result<Buffer>> read(std::size_t max) override;
  Task<Result<void>> write(ByteViews pieces) override;
  Task<Result<void>> close_write() override { return raw_->close_write(); }
  void reset() noexcept override { raw_->reset(); }

 private:
  /// Makes text_ non-empty, or ended_ true.
  Task<Result<void>> fill();
  /// Opens what is whole in the block; true when there is text now.
  Result<bool> open_next();
  Task<Result<void>> receive();
  /// The rest of the block, part of a frame, moves to memory of its size.
  void shrink();
  void make_room();
  void move_rest(BlockPtr to);

  std::unique_ptr<Stream> raw_;
  FrameSealer sealer_;
  FrameOpener opener_;
  std::shared_ptr<BlockPool> pool_;

  Buffer text_;     // opened, not handed out yet
  BlockPtr block_;  // begin_ to end_ is sealed still
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
  bool ended_ = false;
  std::optional<Error> broken_;

  std::vector<ByteView> pieces_;  // of the write under way
};

}  // namespace opwire::noise
