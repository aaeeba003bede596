#include "opwire/p2p/identify/exchange.hpp"

#include "opwire/p2p/core/length_prefix.hpp"
#include "opwire/p2p/identify/errors.hpp"

namespace opwire::identify {

Task<Result<Message>> receive(Stream& stream) {
  Message message;
  for (std::size_t parts = 0;; ++parts) {
    OPW_CO_TRY(const std::optional<std::size_t> length,
               co_await read_length_prefix(stream, kMaxPartSize, errors::kTooLong));
    if (!length) co_return message;
    if (parts == kMaxParts) co_return errors::kTooManyParts;
    Bytes part(*length);
    OPW_CO_TRYV(co_await read_exact(stream, part));
    OPW_CO_TRYV(merge_part(part, message));
  }
}

Task<Result<void>> send(Stream& stream, const Message& message) {
  const Bytes encoded = encode(message);
  OPW_CO_TRYV(co_await write(stream, encoded));
  co_return co_await stream.close_write();
}

}  // namespace opwire::identify
