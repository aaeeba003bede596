// What arrived on a stream and was not used yet.
#pragma once

#include <cstring>

#include "opwire/net/stream.hpp"

namespace opwire::http {

class Input {
 public:
  static constexpr std::size_t kHeaderPiece = 16 * 1024;
  static constexpr std::size_t kBodyPiece = 64 * 1024;

  Input() = default;
  explicit Input(ByteView rest) : bytes_(Buffer::copy_of(rest)) {}

  ByteView view() const noexcept { return bytes_.view(); }
  bool empty() const noexcept { return bytes_.empty(); }
  void consume(std::size_t size) {
    (void)bytes_.take_front(size);
    if (bytes_.empty()) bytes_ = Buffer();
  }
  /// Waits for more, holding no memory while there is none. False: the stream has ended.
  Task<Result<bool>> fill(Stream& stream, std::size_t max = kHeaderPiece) {
    OPW_CO_TRY(Buffer piece, co_await stream.read(max));
    if (piece.empty()) co_return false;
    add(std::move(piece));
    co_return true;
  }

 private:
  void add(Buffer piece) {
    if (bytes_.empty()) {
      bytes_ = std::move(piece);
      return;
    }
    Buffer both = Buffer::uninitialized(bytes_.size() + piece.size());
    std::memcpy(both.writable().data(), bytes_.data(), bytes_.size());
    std::memcpy(both.writable().data() + bytes_.size(), piece.data(), piece.size());
    bytes_ = std::move(both);
  }

  Buffer bytes_;
};

}  // namespace opwire::http
