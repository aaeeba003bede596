#include "opwire/p2p/core/length_prefix.hpp"

#include "opwire/multiformats/errors.hpp"
#include "opwire/multiformats/varint.hpp"

namespace opwire {

Task<Result<std::optional<std::size_t>>> read_length_prefix(Stream& stream, std::size_t limit,
                                                            const ErrorKind& too_long) {
  ByteArray<multiformats::kMaxVarintSize> bytes{};
  for (std::size_t size = 1; size <= bytes.size(); ++size) {
    const MutableByteView next = MutableByteView(bytes).subspan(size - 1, 1);
    OPW_CO_TRY(const std::size_t got, co_await stream.read_some(next));
    if (got == 0 && size == 1) co_return std::optional<std::size_t>();
    if (got == 0) co_return errors::kEndOfStream;
    if ((bytes[size - 1] & 0x80) != 0) continue;
    OPW_CO_TRY(const multiformats::Varint length, multiformats::parse_varint(ByteView(bytes).first(size)));
    if (length.value > limit) co_return too_long;
    co_return std::optional<std::size_t>(length.value);
  }
  co_return multiformats::errors::kVarintTooLong;
}

}  // namespace opwire
