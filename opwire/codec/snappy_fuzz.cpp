// Any bytes as snappy, beside a decoder that is written straight from the format description: both must agree.
#include <limits>
#include <optional>

#include "opwire/base/check.hpp"
#include "opwire/codec/errors.hpp"
#include "opwire/codec/snappy.hpp"

using namespace opwire;

namespace {

constexpr std::size_t kLimit = 1 << 20;

class PlainDecoder {
 public:
  explicit PlainDecoder(ByteView in) : in_(in) {}

  std::optional<Bytes> decode() {
    const auto declared = header();
    if (!declared || *declared > kLimit) return std::nullopt;
    while (!in_.empty()) {
      if (!element() || out_.size() > *declared) return std::nullopt;
    }
    if (out_.size() != *declared) return std::nullopt;
    return std::move(out_);
  }

 private:
  std::optional<std::uint64_t> header() {
    std::uint64_t value = 0;
    for (unsigned i = 0; i < 10; ++i) {
      if (in_.empty()) return std::nullopt;
      const std::uint64_t byte = take(1);
      if (i == 9 && byte > 1) return std::nullopt;
      value |= (byte & 0x7f) << (7 * i);
      if (byte < 0x80) {
        if (value > std::numeric_limits<std::uint32_t>::max()) return std::nullopt;
        return value;
      }
    }
    return std::nullopt;
  }

  std::uint32_t take(std::size_t count) {
    std::uint32_t value = 0;
    for (std::size_t i = 0; i < count; ++i) value |= std::uint32_t{in_[i]} << (8 * i);
    in_ = in_.subspan(count);
    return value;
  }

  bool element() {
    const std::uint32_t tag = take(1);
    const std::uint32_t upper = tag >> 2;
    switch (tag & 3) {
      case 0: {
        const std::size_t extra = upper < 60 ? 0 : upper - 59;
        if (in_.size() < extra) return false;
        return literal(std::size_t{extra == 0 ? upper : take(extra)} + 1);
      }
      case 1:
        return in_.size() >= 1 && copy(4 + (upper & 7), ((upper >> 3) << 8) | take(1));
      case 2:
        return in_.size() >= 2 && copy(1 + upper, take(2));
      default:
        return in_.size() >= 4 && copy(1 + upper, take(4));
    }
  }

  bool literal(std::size_t size) {
    if (size > in_.size() || size > kLimit) return false;
    out_.insert(out_.end(), in_.begin(), in_.begin() + static_cast<std::ptrdiff_t>(size));
    in_ = in_.subspan(size);
    return true;
  }

  bool copy(std::size_t size, std::size_t offset) {
    if (offset == 0 || offset > out_.size()) return false;
    for (std::size_t i = 0; i < size; ++i) out_.push_back(out_[out_.size() - offset]);
    return true;
  }

  ByteView in_;
  Bytes out_;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const ByteView data(bytes, size);
  const auto plain = codec::snappy::decompress(data, kLimit);
  const auto expected = PlainDecoder(data).decode();
  OPW_CHECK(plain.has_value() == expected.has_value());
  if (plain) {
    OPW_CHECK(*plain == *expected);
    OPW_CHECK(codec::snappy::decompress(codec::snappy::compress(*plain), plain->size()).value() == *plain);
  }
  OPW_CHECK(codec::snappy::decompress(codec::snappy::compress(data), size).value() == to_bytes(data));
  return 0;
}
