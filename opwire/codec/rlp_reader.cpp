#include "opwire/codec/rlp_reader.hpp"

#include "opwire/codec/errors.hpp"
#include "opwire/codec/rlp_prefix.hpp"

namespace opwire::codec::rlp {
namespace {

/// Big-endian, at most 8 bytes, no leading zero.
Result<std::uint64_t> number(ByteView digits) {
  if (digits.size() > 8 || (!digits.empty() && digits[0] == 0)) return errors::kBadRlp;
  std::uint64_t value = 0;
  for (const std::uint8_t digit : digits) value = value << 8 | digit;
  return value;
}

}  // namespace

Result<Reader::Item> Reader::next() {
  if (rest_.empty()) return errors::kBadRlp;
  const std::uint8_t first = rest_[0];
  std::size_t header = 1;
  std::uint64_t size = 0;
  if (first < kString) {
    header = 0;
    size = 1;
  } else {
    const std::uint8_t told = first - (first < kList ? kString : kList);
    size = told;
    if (told > kLongest) {
      header += told - kLongest;
      if (header > rest_.size()) return errors::kBadRlp;
      OPW_TRY(size, number(rest_.subspan(1, header - 1)));
      if (size <= kLongest) return errors::kBadRlp;
    }
  }
  if (size > rest_.size() - header) return errors::kBadRlp;
  const ByteView payload = rest_.subspan(header, size);
  if (header == 1 && first < kList && size == 1 && payload[0] < kString) return errors::kBadRlp;
  const Item item{first >= kList, rest_.first(header + size), payload};
  rest_ = rest_.subspan(header + size);
  return item;
}

Result<ByteView> Reader::bytes() {
  OPW_TRY(const Item item, next());
  if (item.is_list) return errors::kBadRlp;
  return item.payload;
}

Result<std::uint64_t> Reader::uint() {
  OPW_TRY(const ByteView digits, bytes());
  return number(digits);
}

Result<Reader> Reader::list() {
  OPW_TRY(const Item item, next());
  if (!item.is_list) return errors::kBadRlp;
  return Reader(item.payload);
}

Result<ByteView> Reader::encoded() {
  OPW_TRY(const Item item, next());
  return item.encoded;
}

Result<Reader> read_list(ByteView encoded) {
  Reader reader(encoded);
  OPW_TRY(const Reader items, reader.list());
  if (!reader.empty()) return errors::kBadRlp;
  return items;
}

}  // namespace opwire::codec::rlp
