// A blocks-topic message: snappy around signature and SSZ, and the id that op-node gives it.
#pragma once

#include <string_view>

#include "opwire/base/result.hpp"
#include "opwire/opstack/payload/shared_bytes.hpp"

namespace opwire::opstack {

inline constexpr std::size_t kMaxMessageSize = 10 * 1024 * 1024;  ///< decompressed, and of a gossip RPC
inline constexpr std::size_t kMinMessageSize = 66;                ///< decompressed
using BlockMessageId = ByteArray<20>;

/// Decompresses within kMaxMessageSize; the declared length is checked before memory is taken. Errors: codec
/// kSnappyHeader, kSnappyTooLarge, kSnappyCorrupt.
Result<SharedBytes> decompress_message(ByteView compressed);

/// The first 20 bytes of SHA-256 over domain | LE64 topic length | topic | data, where domain and data tell whether the
/// message decompresses (op-node's form; the specification leaves the topic out). plain: what decompress_message gave.
BlockMessageId message_id(std::string_view topic, ByteView compressed, const Result<SharedBytes>& plain);
/// The specification's form, which kona uses: SHA-256 over domain | data.
BlockMessageId message_id_without_topic(ByteView compressed, const Result<SharedBytes>& plain);

}  // namespace opwire::opstack
