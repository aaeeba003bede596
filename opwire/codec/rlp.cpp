#include "opwire/codec/rlp.hpp"

#include <algorithm>

#include "opwire/codec/rlp_prefix.hpp"

namespace opwire::codec::rlp {
namespace {

constexpr std::size_t kMaxHeader = 9;

ByteView shortest(ByteView big_endian) {
  const auto first = std::ranges::find_if(big_endian, [](std::uint8_t byte) { return byte != 0; });
  return {first, big_endian.end()};
}

struct Header {
  ByteArray<kMaxHeader> bytes;
  std::size_t size;
};

Header make_header(std::uint8_t kind, std::size_t payload_size) {
  Header header;
  if (payload_size <= kLongest) {
    header.bytes[0] = static_cast<std::uint8_t>(kind + payload_size);
    header.size = 1;
    return header;
  }
  ByteArray<8> length;
  store_be<std::uint64_t>(length.data(), payload_size);
  const ByteView digits = shortest(length);
  header.bytes[0] = static_cast<std::uint8_t>(kind + kLongest + digits.size());
  std::ranges::copy(digits, header.bytes.begin() + 1);
  header.size = 1 + digits.size();
  return header;
}

void insert_header(Bytes& out, std::size_t position, std::uint8_t kind, std::size_t payload_size) {
  const Header header = make_header(kind, payload_size);
  out.insert(out.begin() + static_cast<std::ptrdiff_t>(position), header.bytes.begin(),
             header.bytes.begin() + static_cast<std::ptrdiff_t>(header.size));
}

bool is_own_encoding(ByteView bytes) noexcept {
  return bytes.size() == 1 && bytes[0] < kString;
}

}  // namespace

void append_bytes(Bytes& out, ByteView bytes) {
  if (!is_own_encoding(bytes)) insert_header(out, out.size(), kString, bytes.size());
  out.insert(out.end(), bytes.begin(), bytes.end());
}

void append_uint(Bytes& out, std::uint64_t value) {
  ByteArray<8> bytes;
  store_be(bytes.data(), value);
  append_bytes(out, shortest(bytes));
}

void append_uint256(Bytes& out, ByteView big_endian) {
  append_bytes(out, shortest(big_endian));
}

void append_bytes_header(Bytes& out, std::size_t size) {
  insert_header(out, out.size(), kString, size);
}

void wrap_list(Bytes& out, std::size_t start, std::size_t to_follow) {
  insert_header(out, start, kList, out.size() - start + to_follow);
}

}  // namespace opwire::codec::rlp
