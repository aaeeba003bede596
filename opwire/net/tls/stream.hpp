// TLS over any Stream.
#pragma once

#include <memory>
#include <optional>

#include "opwire/net/stream.hpp"
#include "opwire/net/tls/engine.hpp"
#include "opwire/runtime/loop.hpp"

namespace opwire::tls {

/// Ends its direction as TLS wants it, and then the raw stream's. A raw stream that ends without that is kTruncated:
/// somebody may have cut it off. While it waits for the other side it holds no more than a part of a record.
class TlsStream final : public Stream {
 public:
  /// As a client, whose server must be called that (Engine). Errors: those of errors.hpp, of raw, kTimeout, kCancelled.
  static Task<Result<std::unique_ptr<TlsStream>>> connect(Loop& loop, std::unique_ptr<Stream> raw,
                                                          std::shared_ptr<Context> context, std::string server_name,
                                                          TimePoint deadline);
  /// As a server. Errors: the same.
  static Task<Result<std::unique_ptr<TlsStream>>> accept(Loop& loop, std::unique_ptr<Stream> raw,
                                                         std::shared_ptr<Context> context, TimePoint deadline);

  const Engine& engine() const noexcept { return engine_; }

  Task<Result<void>> wait_readable() override;
  Task<Result<std::size_t>> read_some(MutableByteView into) override;
  Task<Result<Buffer>> read(std::size_t max) override;
  Task<Result<void>> write(ByteViews pieces) override;
  Task<Result<void>> close_write() override;
  void reset() noexcept override;

 private:
  TlsStream(std::unique_ptr<Stream> raw, Engine engine) : raw_(std::move(raw)), engine_(std::move(engine)) {}
  static Task<Result<std::unique_ptr<TlsStream>>> start(Loop& loop, std::unique_ptr<Stream> raw, Engine engine,
                                                        TimePoint deadline);
  Task<Result<void>> shake_hands();
  Task<void> leave();
  Task<Result<void>> receive();
  /// Makes text_ non-empty, or finds the end.
  Task<Result<void>> fill();
  Result<void> open_next();
  Task<Result<void>> seal_and_send(ByteView plain);
  Task<Result<void>> send_output();
  Task<Result<void>> write_all(ByteViews pieces);

  std::unique_ptr<Stream> raw_;
  Engine engine_;
  Buffer text_;  // opened, not handed out yet
  std::optional<Error> broken_;
  bool writing_ = false;
  bool write_ended_ = false;
};

}  // namespace opwire::tls
