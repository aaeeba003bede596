#include "opwire/multiformats/ip_text.hpp"

#include <algorithm>
#include <charconv>

#include "opwire/base/check.hpp"
#include "opwire/multiformats/ip_scope.hpp"

namespace opwire::multiformats {

namespace {

constexpr std::size_t kGroups = 8;

// Takes the text up to the separator; the separator goes as well.
std::string_view take_until(std::string_view& text, char separator) noexcept {
  const std::size_t end = std::min(text.find(separator), text.size());
  const std::string_view taken = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return taken;
}

std::optional<std::uint16_t> parse_group(std::string_view text) noexcept {
  std::uint16_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, 16);
  if (text.size() > 4 || error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

/// A run of colon-separated groups, at most a whole address.
struct Groups {
  ByteArray<16> bytes{};
  std::size_t size = 0;

  template <std::size_t N>
  bool append(const ByteArray<N>& more) noexcept {
    if (N > bytes.size() - size) return false;
    std::copy(more.begin(), more.end(), bytes.begin() + size);
    size += N;
    return true;
  }
};

// The last group may be a dotted quad where the text ends the address.
std::optional<Groups> parse_groups(std::string_view text, bool ends_address) noexcept {
  Groups groups;
  if (text.empty()) return groups;
  if (text.back() == ':') return std::nullopt;
  while (!text.empty()) {
    const std::string_view piece = take_until(text, ':');
    if (piece.find('.') != std::string_view::npos) {
      const auto quad = parse_ip4(piece);
      if (!quad || !ends_address || !text.empty() || !groups.append(*quad)) return std::nullopt;
      continue;
    }
    const auto group = parse_group(piece);
    if (!group) return std::nullopt;
    ByteArray<2> bytes;
    store_be(bytes.data(), *group);
    if (!groups.append(bytes)) return std::nullopt;
  }
  return groups;
}

/// The longest run of at least two zero groups, the first of equals (RFC 5952, 4.2).
struct ZeroRun {
  std::size_t begin = kGroups;
  std::size_t size = 0;
};

ZeroRun longest_zero_run(ByteView ip) noexcept {
  ZeroRun best{kGroups, 1};
  for (std::size_t i = 0; i < kGroups; ++i) {
    std::size_t size = 0;
    while (i + size < kGroups && ip[2 * (i + size)] == 0 && ip[2 * (i + size) + 1] == 0) ++size;
    if (size > best.size) best = {i, size};
    i += size;
  }
  return best.begin == kGroups ? ZeroRun{} : best;
}

void append_number(std::string& text, unsigned value, int base) {
  char digits[8];
  text.append(digits, std::to_chars(digits, digits + sizeof(digits), value, base).ptr);
}

std::string format_ip4(ByteView ip) {
  std::string text;
  for (const std::uint8_t byte : ip) {
    if (!text.empty()) text += '.';
    append_number(text, byte, 10);
  }
  return text;
}

std::string format_ip6(ByteView ip) {
  const ZeroRun zeros = longest_zero_run(ip);
  std::string text;
  for (std::size_t i = 0; i < kGroups;) {
    if (i == zeros.begin) {
      text += "::";
      i += zeros.size;
      continue;
    }
    if (!text.empty() && text.back() != ':') text += ':';
    append_number(text, load_be<std::uint16_t>(ip.data() + 2 * i), 16);
    ++i;
  }
  return text;
}

}  // namespace

std::optional<std::uint64_t> parse_decimal(std::string_view text, std::uint64_t max) noexcept {
  if (text.empty() || (text.front() == '0' && text.size() > 1)) return std::nullopt;
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || value > max) return std::nullopt;
  return value;
}

std::optional<ByteArray<4>> parse_ip4(std::string_view text) noexcept {
  if (std::count(text.begin(), text.end(), '.') != 3) return std::nullopt;
  ByteArray<4> ip;
  for (std::uint8_t& byte : ip) {
    const auto value = parse_decimal(take_until(text, '.'), 255);
    if (!value) return std::nullopt;
    byte = static_cast<std::uint8_t>(*value);
  }
  return ip;
}

std::optional<ByteArray<16>> parse_ip6(std::string_view text) noexcept {
  const std::size_t gap = text.find("::");
  if (gap == std::string_view::npos) {
    const auto groups = parse_groups(text, true);
    return groups && groups->size == 16 ? std::optional(groups->bytes) : std::nullopt;
  }
  const auto head = parse_groups(text.substr(0, gap), false);
  const auto tail = parse_groups(text.substr(gap + 2), true);
  if (!head || !tail || head->size + tail->size > 14) return std::nullopt;  // "::" is one group at least
  ByteArray<16> ip = head->bytes;
  std::copy_n(tail->bytes.begin(), tail->size, ip.end() - tail->size);
  return ip;
}

std::string format_ip(ByteView ip) {
  OPW_CHECK(ip.size() == 4 || ip.size() == 16);
  if (ip.size() == 4) return format_ip4(ip);
  if (const ByteView ip4 = unmap_ip(ip); ip4.size() == 4) return "::ffff:" + format_ip4(ip4);
  return format_ip6(ip);
}

}  // namespace opwire::multiformats
