// One stream of a session (internal to the session).
#pragma once

#include "opwire/p2p/yamux/session.hpp"

namespace opwire::yamux {

class SessionStream final : public Stream {
 public:
  SessionStream(Session& session, StreamId id);
  ~SessionStream() override;

  Task<Result<void>> wait_readable() override;
  Task<Result<std::size_t>> read_some(MutableByteView into) override;
  Task<Result<Buffer>> read(std::size_t max) override;
  /// Small pieces are copied, at most Options::max_copied of them before the peer has to take some; large ones are sent
  /// from where they are.
  Task<Result<void>> write(ByteViews pieces) override;
  Task<Result<void>> close_write() override;
  void reset() noexcept override;

  /// what: bits of Touch.
  void wake(std::uint8_t what);

 private:
  Task<Result<void>> copy(ByteView piece);
  Task<Result<void>> lend(ByteViews pieces);
  Task<void> end_loan();

  Session& session_;
  SessionCore& core_;
  const StreamId id_;
  Event readable_;
  Event writable_;
};

}  // namespace opwire::yamux
