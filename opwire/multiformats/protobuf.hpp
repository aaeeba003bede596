// A protobuf wire reader and writer for hand-written messages: views, no allocation, limits by the caller.
#pragma once

#include <cstdint>

#include "opwire/base/bytes.hpp"
#include "opwire/base/result.hpp"
#include "opwire/multiformats/varint.hpp"

namespace opwire::protobuf {

enum class WireType : std::uint8_t { kVarint = 0, kFixed64 = 1, kBytes = 2, kFixed32 = 5 };

struct Field {
  std::uint32_t number;
  WireType type;
  std::uint64_t number_value;  ///< kVarint, kFixed64, kFixed32
  ByteView bytes;              ///< kBytes: inside the message

  bool is(std::uint32_t wanted, WireType wire) const noexcept { return number == wanted && type == wire; }
};

/// Walks over a message's fields in order:
///   Reader reader(message);
///   while (!reader.done()) { OPW_TRY(const Field field, reader.next()); if (field.is(1, WireType::kBytes)) … }
/// Unknown fields are for the caller to pass over. Groups (wire types 3, 4), types 6, 7, field number 0 and lengths
/// beyond the message: kBadProtobuf.
class Reader {
 public:
  explicit Reader(ByteView message) noexcept : rest_(message) {}
  bool done() const noexcept { return rest_.empty(); }
  Result<Field> next() noexcept;

 private:
  ByteView rest_;
};

/// Appends fields to a byte vector.
class Writer {
 public:
  explicit Writer(Bytes& out) noexcept : out_(out) {}
  Writer& varint(std::uint32_t field, std::uint64_t value);
  Writer& fixed64(std::uint32_t field, std::uint64_t value);
  Writer& bytes(std::uint32_t field, ByteView value);
  /// Header of a bytes field whose content the caller appends or sends itself.
  Writer& bytes_header(std::uint32_t field, std::size_t size);

 private:
  Bytes& out_;
};

/// Encoded sizes, for exact reservation.
std::size_t varint_field_size(std::uint32_t field, std::uint64_t value) noexcept;
std::size_t bytes_field_size(std::uint32_t field, std::size_t size) noexcept;

}  // namespace opwire::protobuf
