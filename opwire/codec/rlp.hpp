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
/// Appends the header of a byte string of that size; a single byte may have none.
void append_bytes_header(Bytes& out, std::size_t size);
/// Puts the items that out holds from position start on into a list; further items of that size are to follow.
void wrap_list(Bytes& out, std::size_t start, std::size_t to_follow = 0);

}  // namespace opwire::codec::rlp
