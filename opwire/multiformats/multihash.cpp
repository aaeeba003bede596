#include "opwire/multiformats/multihash.hpp"

#include "opwire/multiformats/errors.hpp"
#include "opwire/multiformats/varint.hpp"

namespace opwire::multiformats {

Result<Multihash> parse_multihash(ByteView data) noexcept {
  const auto function = parse_varint(data);
  if (!function) return Error(errors::kBadMultihash, "function code");
  data = data.subspan(function->size);
  const auto length = parse_varint(data);
  if (!length) return Error(errors::kBadMultihash, "digest length");
  data = data.subspan(length->size);
  if (length->value != data.size()) return Error(errors::kBadMultihash, "digest is not as long as it says");
  return Multihash{function->value, data};
}

}  // namespace opwire::multiformats
