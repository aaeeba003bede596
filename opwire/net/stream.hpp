// The byte stream that everything above sockets is written against.
#pragma once

#include <memory>

#include "opwire/base/buffer.hpp"
#include "opwire/base/result.hpp"
#include "opwire/runtime/task.hpp"

namespace opwire {

/// A reliable, ordered, two-way stream of bytes: a socket, a secured connection, a multiplexed stream.
///
/// One reader and one writer at a time. Every wait ends with errors::kCancelled when the task's scope is cancelled; the
/// stream is then fit for reset() only. Destroying a stream resets it, unless both directions had ended; no operation
/// may be under way then. Concrete streams belong to one loop.
class Stream {
 public:
  virtual ~Stream() = default;

  /// Waits, holding no memory, until a read would not block: data, the end, or an error to report.
  virtual Task<Result<void>> wait_readable() = 0;
  /// Waits for at least one byte; 0 means that the other side has ended its direction. into must not be empty.
  virtual Task<Result<std::size_t>> read_some(MutableByteView into) = 0;
  /// The same as a slice of at most max bytes, without a copy where the stream has the bytes already. Empty: the end.
  virtual Task<Result<Buffer>> read(std::size_t max);
  /// Returns when all pieces have been accepted; they must stay valid until then. Waits while the other side is slow.
  virtual Task<Result<void>> write(ByteViews pieces) = 0;
  /// Ends our direction; the other one goes on.
  virtual Task<Result<void>> close_write() = 0;
  /// Ends both directions at once. Operations under way end with errors::kClosed, later ones too. Idempotent.
  virtual void reset() noexcept = 0;
};

/// One piece.
Task<Result<void>> write(Stream& stream, ByteView bytes);
/// Exactly into.size() bytes. Errors: kEndOfStream when the other side ends before.
Task<Result<void>> read_exact(Stream& stream, MutableByteView into);
/// Everything until the end. Errors: kLimit when that is more than limit bytes (memory grows with what arrives, never
/// with what was announced).
Task<Result<Bytes>> read_to_end(Stream& stream, std::size_t limit);

}  // namespace opwire
