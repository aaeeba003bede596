#include "opwire/crypto/der.hpp"

namespace opwire::crypto {
namespace {

constexpr std::uint8_t kLongForm = 0x80;
constexpr std::size_t kMaxLengthBytes = 3;  // 16 MiB: far above any key

struct Header {
  std::size_t size;
  std::size_t content;
};

std::optional<Header> parse_header(ByteView data) noexcept {
  if (data.size() < 2) return std::nullopt;
  if (data[1] < kLongForm) return Header{2, data[1]};
  const std::size_t count = data[1] - kLongForm;
  if (count == 0 || count > kMaxLengthBytes || data.size() < 2 + count || data[2] == 0) return std::nullopt;
  std::size_t content = 0;
  for (std::size_t i = 0; i < count; ++i) content = (content << 8) | data[2 + i];
  if (content < kLongForm) return std::nullopt;
  return Header{2 + count, content};
}

}  // namespace

std::optional<ByteView> DerReader::next(Tag tag) noexcept {
  const auto header = parse_header(rest_);
  if (!header || rest_[0] != tag || header->content > rest_.size() - header->size) return std::nullopt;
  const ByteView content = rest_.subspan(header->size, header->content);
  rest_ = rest_.subspan(header->size + header->content);
  return content;
}

std::optional<ByteView> DerReader::next_unsigned() noexcept {
  const auto content = next(kInteger);
  if (!content || content->empty() || (*content)[0] >= 0x80) return std::nullopt;
  if ((*content)[0] != 0) return content;
  // A leading zero only keeps the sign bit clear, or is the number itself.
  if (content->size() > 1 && (*content)[1] < 0x80) return std::nullopt;
  return content->subspan(1);
}

}  // namespace opwire::crypto
