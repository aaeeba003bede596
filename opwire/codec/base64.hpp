// Base64 (RFC 4648), standard alphabet with padding, as in Go's JSON.
#pragma once

#include <string>
#include <string_view>

#include "opwire/base/bytes.hpp"
#include "opwire/base/result.hpp"

namespace opwire::codec {

std::string to_base64(ByteView bytes);
/// Errors: kBadBase64.
Result<Bytes> from_base64(std::string_view text);

}  // namespace opwire::codec
