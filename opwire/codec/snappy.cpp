#include "opwire/codec/snappy.hpp"

#include <snappy-sinksource.h>
#include <snappy.h>

#include <algorithm>
#include <limits>
#include <string_view>

#include "opwire/codec/errors.hpp"

namespace opwire::codec::snappy {
namespace {

constexpr std::size_t kMaxHeader = 10;
// An element yields at most 64 bytes and one that does takes 3, so no valid body grows more than this.
constexpr std::size_t kMaxGrowth = 22;

struct Header {
  std::size_t declared;
  std::size_t size;  // of the header itself
};

// As Go reads it, and so the network: padded forms up to ten bytes long are valid, which libsnappy's own parser
// refuses.
Result<Header> parse_header(ByteView compressed) {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < std::min(compressed.size(), kMaxHeader); ++i) {
    const std::uint64_t digit = compressed[i] & 0x7f;
    if (i == kMaxHeader - 1 && digit > 1) break;
    value |= digit << (7 * i);
    if (compressed[i] >= 0x80) continue;
    if (value > std::numeric_limits<std::uint32_t>::max()) break;
    return Header{.declared = static_cast<std::size_t>(value), .size = i + 1};
  }
  return errors::kSnappyHeader;
}

bool is_within_reach(const Header& header, ByteView compressed) {
  return header.declared <= (compressed.size() - header.size) * kMaxGrowth;
}

const char* chars(const std::uint8_t* bytes) {
  return reinterpret_cast<const char*>(bytes);
}

// The minimal header, then the body where it lies.
class CanonicalSource final : public ::snappy::Source {
 public:
  CanonicalSource(std::size_t declared, ByteView body) : rest_(body) {
    do {
      header_[header_size_++] = static_cast<std::uint8_t>((declared & 0x7f) | (declared > 0x7f ? 0x80 : 0));
      declared >>= 7;
    } while (declared > 0);
  }

  std::size_t Available() const override { return header_size_ - header_used_ + rest_.size(); }
  const char* Peek(std::size_t* size) override {
    const ByteView now = current();
    *size = now.size();
    return chars(now.data());
  }
  void Skip(std::size_t size) override {
    const std::size_t from_header = std::min(size, header_size_ - header_used_);
    header_used_ += from_header;
    rest_ = rest_.subspan(size - from_header);
  }

 private:
  ByteView current() const {
    if (header_used_ == header_size_) return rest_;
    return ByteView(header_).subspan(header_used_, header_size_ - header_used_);
  }

  ByteArray<5> header_{};
  std::size_t header_size_ = 0;
  std::size_t header_used_ = 0;
  ByteView rest_;
};

// How much of body its first element takes, as far as its tag says.
std::size_t element_size(ByteView body) {
  constexpr std::array<std::size_t, 4> kCopySize{0, 2, 3, 5};
  const unsigned kind = body[0] & 3U;
  if (kind != 0) return kCopySize[kind];
  const std::size_t in_tag = body[0] >> 2;
  if (in_tag < 60) return 1 + in_tag + 1;
  const std::size_t extra = in_tag - 59;
  std::size_t length = 0;
  for (std::size_t i = 1; i <= extra && i < body.size(); ++i) length |= std::size_t{body[i]} << (8 * (i - 1));
  return 1 + extra + length + 1;
}

// A literal of 2^32 bytes.
constexpr std::string_view kWrappingLiteral = "\xfc\xff\xff\xff\xff";

// Whether one may begin in body's first size bytes. Wherever it begins, two of its last four bytes are a pair at an
// even place; the compiler looks for such pairs many at a time.
bool may_wrap(ByteView body, std::size_t size) {
  bool found = false;
  const std::size_t end = std::min(body.size(), size + kWrappingLiteral.size());
  for (std::size_t i = 0; i + 2 <= end; i += 2) found |= load_le<std::uint16_t>(body.data() + i) == 0xffff;
  return found;
}

// libsnappy takes it for an empty one, Go for corrupt; and whether a message is valid decides its id. These five bytes
// hardly ever occur, so most bodies are spared the walk.
bool has_wrapping_literal(ByteView body) {
  constexpr std::size_t kStep = 4096;
  bool occurs = false;
  for (std::size_t at = 0; at < body.size() && !occurs; at += kStep) {
    const ByteView rest = body.subspan(at);
    occurs = may_wrap(rest, kStep) &&
             as_text(rest.first(std::min(rest.size(), kStep + kWrappingLiteral.size()))).find(kWrappingLiteral) !=
                 std::string_view::npos;
  }
  if (!occurs) return false;
  while (!body.empty()) {
    if (as_text(body).starts_with(kWrappingLiteral)) return true;
    body = body.subspan(std::min(element_size(body), body.size()));
  }
  return false;
}

}  // namespace

std::size_t declared_size(ByteView compressed, std::size_t limit) noexcept {
  const Result<Header> header = parse_header(compressed);
  if (!header || header->declared > limit) return 0;
  return is_within_reach(*header, compressed) ? header->declared : 0;
}

Result<Bytes> decompress(ByteView compressed, std::size_t limit) {
  OPW_TRY(const Header header, parse_header(compressed));
  if (header.declared > limit) return errors::kSnappyTooLarge;
  const ByteView body = compressed.subspan(header.size);
  if (!is_within_reach(header, compressed) || has_wrapping_literal(body)) return errors::kSnappyCorrupt;
  Bytes plain(header.declared);
  CanonicalSource source(header.declared, body);
  if (!::snappy::RawUncompress(&source, reinterpret_cast<char*>(plain.data()))) return errors::kSnappyCorrupt;
  return plain;
}

Bytes compress(ByteView plain) {
  Bytes out(::snappy::MaxCompressedLength(plain.size()));
  std::size_t size = 0;
  ::snappy::RawCompress(chars(plain.data()), plain.size(), reinterpret_cast<char*>(out.data()), &size);
  out.resize(size);
  return out;
}

}  // namespace opwire::codec::snappy
