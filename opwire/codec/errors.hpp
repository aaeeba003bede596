#pragma once

#include "opwire/base/error.hpp"

namespace opwire::codec::errors {
inline constexpr ErrorKind kBadHex{"codec.bad_hex", "not hexadecimal text of the right length"};
inline constexpr ErrorKind kBadBase64{"codec.bad_base64", "not base64"};
inline constexpr ErrorKind kBadRlp{"codec.bad_rlp", "not RLP in its shortest form, or of another kind"};
inline constexpr ErrorKind kSnappyHeader{"codec.snappy_header", "snappy length header is invalid",
                                         Consequence::kPenalise};
inline constexpr ErrorKind kSnappyTooLarge{"codec.snappy_too_large", "snappy declares more than the limit",
                                           Consequence::kPenalise};
inline constexpr ErrorKind kSnappyFrame{"codec.snappy_frame", "snappy stream has a malformed chunk",
                                        Consequence::kPenalise};
inline constexpr ErrorKind kSnappyChecksum{"codec.snappy_checksum", "snappy chunk does not have its checksum",
                                           Consequence::kPenalise};
inline constexpr ErrorKind kSnappyTruncated{"codec.snappy_truncated", "snappy stream ends inside a chunk",
                                            Consequence::kPenalise};
inline constexpr ErrorKind kSnappyCorrupt{"codec.snappy_corrupt", "snappy data do not decompress",
                                          Consequence::kPenalise};
}  // namespace opwire::codec::errors
