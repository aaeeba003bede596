// base58btc, base32 (RFC 4648 lower case) and base64url, without padding, and the multibase prefix character.
#pragma once

#include <string>
#include <string_view>

#include "opwire/base/bytes.hpp"
#include "opwire/base/result.hpp"

namespace opwire::multiformats {

std::string to_base58(ByteView bytes);
/// Errors: kBadMultibase; texts over 256 characters are refused (the conversion is quadratic).
Result<Bytes> from_base58(std::string_view text);
std::string to_base32(ByteView bytes);
Result<Bytes> from_base32(std::string_view text);
std::string to_base64url(ByteView bytes);
Result<Bytes> from_base64url(std::string_view text);

/// Decodes by the prefix: z base58btc, k base36, b base32, u base64url, f base16. Lower case where the base has one
/// case; no padding; nothing but zero bits after the last byte. Errors: kBadMultibase.
Result<Bytes> from_multibase(std::string_view text);

}  // namespace opwire::multiformats
