#include "opwire/multiformats/protobuf.hpp"

#include "opwire/multiformats/errors.hpp"

namespace opwire::protobuf {

using multiformats::append_varint;
using multiformats::Varint;
using multiformats::varint_size;
using multiformats::errors::kBadProtobuf;

namespace {

constexpr std::uint64_t kMaxFieldNumber = (1U << 29) - 1;

// Protobuf's own rule: up to ten bytes, needless zero groups allowed, and no bit beyond the 64th.
Result<std::uint64_t> take_varint(ByteView& from) noexcept {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < multiformats::kMaxVarintSize; ++i) {
    if (i == from.size()) return Error(kBadProtobuf, "varint ends early");
    const std::uint8_t byte = from[i];
    if (i == 9 && byte > 1) break;
    value |= static_cast<std::uint64_t>(byte & 0x7f) << (7 * i);
    if (byte >= 0x80) continue;
    from = from.subspan(i + 1);
    return value;
  }
  return Error(kBadProtobuf, "varint is longer than 64 bits");
}

Result<ByteView> take_bytes(ByteView& from, std::uint64_t size) noexcept {
  if (size > from.size()) return Error(kBadProtobuf, "field reaches beyond the message");
  const ByteView taken = from.first(size);
  from = from.subspan(size);
  return taken;
}

std::uint64_t tag(std::uint32_t field, WireType type) noexcept {
  return static_cast<std::uint64_t>(field) << 3 | static_cast<std::uint64_t>(type);
}

}  // namespace

Result<Field> Reader::next() noexcept {
  OPW_TRY(const std::uint64_t key, take_varint(rest_));
  const std::uint64_t number = key >> 3;
  if (number == 0 || number > kMaxFieldNumber) return Error(kBadProtobuf, "field number");
  Field field{static_cast<std::uint32_t>(number), static_cast<WireType>(key & 7), 0, {}};
  switch (field.type) {
    case WireType::kVarint: {
      OPW_TRY(field.number_value, take_varint(rest_));
      return field;
    }
    case WireType::kFixed64: {
      OPW_TRY(const ByteView bytes, take_bytes(rest_, 8));
      field.number_value = load_le<std::uint64_t>(bytes.data());
      return field;
    }
    case WireType::kBytes: {
      OPW_TRY(const std::uint64_t size, take_varint(rest_));
      OPW_TRY(field.bytes, take_bytes(rest_, size));
      return field;
    }
    case WireType::kFixed32: {
      OPW_TRY(const ByteView bytes, take_bytes(rest_, 4));
      field.number_value = load_le<std::uint32_t>(bytes.data());
      return field;
    }
  }
  return Error(kBadProtobuf, "wire type");
}

Writer& Writer::varint(std::uint32_t field, std::uint64_t value) {
  append_varint(out_, tag(field, WireType::kVarint));
  append_varint(out_, value);
  return *this;
}

Writer& Writer::fixed64(std::uint32_t field, std::uint64_t value) {
  append_varint(out_, tag(field, WireType::kFixed64));
  ByteArray<8> encoded;
  store_le(encoded.data(), value);
  out_.insert(out_.end(), encoded.begin(), encoded.end());
  return *this;
}

Writer& Writer::bytes(std::uint32_t field, ByteView value) {
  bytes_header(field, value.size());
  out_.insert(out_.end(), value.begin(), value.end());
  return *this;
}

Writer& Writer::bytes_header(std::uint32_t field, std::size_t size) {
  append_varint(out_, tag(field, WireType::kBytes));
  append_varint(out_, size);
  return *this;
}

std::size_t varint_field_size(std::uint32_t field, std::uint64_t value) noexcept {
  return varint_size(tag(field, WireType::kVarint)) + varint_size(value);
}

std::size_t bytes_field_size(std::uint32_t field, std::size_t size) noexcept {
  return varint_size(tag(field, WireType::kBytes)) + varint_size(size) + size;
}

}  // namespace opwire::protobuf
