// RLP (Ethereum's recursive length prefix), writing side: headers, trie nodes and records.
#pragma once

#include <cstdint>

#include "opwire/base/bytes.hpp"

namespace opwire::codec::rlp {

/// Appends a byte string.
void append_bytes(Bytes& out, ByteView bytes);
/// Appends an unsigned integer in its shortest form.
void append_uint(Bytes& out, std::uint64_t value);
/// Appends a 256-bit big-endian integer in its shortest form.
void append_uint256(Bytes& out, ByteView big_endian);
/// Appends the header of a list whose items take payload_size bytes.
void append_list_header(Bytes& out, std::size_t payload_size);
/// Puts the items that out holds from position start on into a list.
void wrap_list(Bytes& out, std::size_t start);
/// Encoded size of a byte string.
std::size_t bytes_size(ByteView bytes) noexcept;

}  // namespace opwire::codec::rlp
