#include "opwire/p2p/identify/exchange.hpp"

#include "opwire/multiformats/errors.hpp"
#include "opwire/multiformats/varint.hpp"
#include "opwire/p2p/identify/errors.hpp"

namespace opwire::identify {
namespace {

// The length of the next part; nothing at a clean end.
Task<Result<std::optional<std::size_t>>> read_length(Stream& stream) {
  ByteArray<multiformats::kMaxVarintSize> bytes{};
  for (std::size_t size = 1; size <= bytes.size(); ++size) {
    const MutableByteView next = MutableByteView(bytes).subspan(size - 1, 1);
    OPW_CO_TRY(const std::size_t got, co_await stream.read_some(next));
    if (got == 0 && size == 1) co_return std::optional<std::size_t>();
    if (got == 0) co_return opwire::errors::kEndOfStream;
    if ((bytes[size - 1] & 0x80) != 0) continue;
    OPW_CO_TRY(const multiformats::Varint length, multiformats::parse_varint(ByteView(bytes).first(size)));
    if (length.value > kMaxPartSize) co_return errors::kTooLong;
    co_return std::optional<std::size_t>(length.value);
  }
  co_return multiformats::errors::kVarintTooLong;
}

}  // namespace

Task<Result<Message>> receive(Stream& stream) {
  Message message;
  for (std::size_t parts = 0;; ++parts) {
    OPW_CO_TRY(const std::optional<std::size_t> length, co_await read_length(stream));
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
