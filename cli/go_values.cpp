#include "cli/go_values.hpp"

#include <array>
#include <charconv>
#include <cmath>

namespace opwire::cli {
namespace {

struct Unit {
  std::string_view name;
  std::int64_t nanoseconds;
};
constexpr std::array<Unit, 8> kUnits{{{"ns", 1},
                                      {"us", 1'000},
                                      {"\u00b5s", 1'000},  // micro sign
                                      {"\u03bcs", 1'000},  // Greek mu
                                      {"ms", 1'000'000},
                                      {"s", 1'000'000'000},
                                      {"m", 60'000'000'000},
                                      {"h", 3'600'000'000'000}}};
constexpr std::string_view kNumberCharacters = "0123456789.";

std::optional<std::int64_t> unit_named(std::string_view name) {
  for (const Unit& unit : kUnits) {
    if (unit.name == name) return unit.nanoseconds;
  }
  return std::nullopt;
}

// One "12.5s" off the front.
std::optional<std::int64_t> take_part(std::string_view& text) {
  const std::size_t digits = std::min(text.find_first_not_of(kNumberCharacters), text.size());
  const std::string_view number = text.substr(0, digits);
  text.remove_prefix(digits);
  const std::size_t letters = std::min(text.find_first_of(kNumberCharacters), text.size());
  const auto unit = unit_named(text.substr(0, letters));
  text.remove_prefix(letters);
  const std::size_t point = number.find('.');
  if (!unit || number.empty() || number == "." || number.rfind('.') != point) return std::nullopt;

  const std::string_view whole = number.substr(0, point);
  std::int64_t count = 0;
  if (!whole.empty() && std::from_chars(whole.data(), whole.data() + whole.size(), count).ec != std::errc()) {
    return std::nullopt;
  }
  std::int64_t total = 0;
  if (__builtin_mul_overflow(count, *unit, &total)) return std::nullopt;
  std::int64_t place = *unit;
  for (const char digit : point == std::string_view::npos ? std::string_view() : number.substr(point + 1)) {
    place /= 10;
    if (__builtin_add_overflow(total, place * (digit - '0'), &total)) return std::nullopt;
  }
  return total;
}

void append_fraction(std::string& out, std::int64_t value, std::int64_t unit, const char* name) {
  out += std::to_string(value / unit);
  if (std::int64_t rest = value % unit; rest != 0) {
    out += '.';
    for (std::int64_t place = unit / 10; rest != 0; rest %= place, place /= 10) {
      out += static_cast<char>('0' + rest / place);
    }
  }
  out += name;
}

}  // namespace

std::optional<bool> parse_go_bool(std::string_view text) {
  for (const std::string_view yes : {"1", "t", "T", "true", "True", "TRUE"}) {
    if (text == yes) return true;
  }
  for (const std::string_view no : {"0", "f", "F", "false", "False", "FALSE"}) {
    if (text == no) return false;
  }
  return std::nullopt;
}

std::optional<std::uint64_t> parse_go_uint(std::string_view text) {
  int base = 10;
  if (text.size() > 2 && text[0] == '0') {
    const char letter = static_cast<char>(text[1] | 0x20);
    base = letter == 'x' ? 16 : letter == 'o' ? 8 : letter == 'b' ? 2 : 10;
    if (base != 10) text.remove_prefix(2);
  }
  std::uint64_t value = 0;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), value, base);
  if (problem != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::optional<double> parse_go_float(std::string_view text) {
  double value = 0;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (problem != std::errc() || end != text.data() + text.size() || !std::isfinite(value)) return std::nullopt;
  return value;
}

std::optional<Duration> parse_go_duration(std::string_view text) {
  const bool negative = text.starts_with('-');
  if (negative || text.starts_with('+')) text.remove_prefix(1);
  if (text == "0") return Duration::zero();
  if (text.empty()) return std::nullopt;
  std::int64_t total = 0;
  while (!text.empty()) {
    const auto part = take_part(text);
    if (!part || __builtin_add_overflow(total, *part, &total)) return std::nullopt;
  }
  return Duration(negative ? -total : total);
}

std::string to_go_duration(Duration duration) {
  if (duration == Duration::zero()) return "0s";
  if (duration < Duration::zero()) return "-" + to_go_duration(-duration);
  std::int64_t rest = duration.count();
  std::string out;
  if (rest < 1'000) return std::to_string(rest) + "ns";
  if (rest < 1'000'000'000) {
    const bool milli = rest >= 1'000'000;
    append_fraction(out, rest, milli ? 1'000'000 : 1'000, milli ? "ms" : "us");
    return out;
  }
  for (const Unit& unit : {kUnits[7], kUnits[6]}) {
    if (rest >= unit.nanoseconds || !out.empty()) out.append(std::to_string(rest / unit.nanoseconds)).append(unit.name);
    rest %= unit.nanoseconds;
  }
  append_fraction(out, rest, 1'000'000'000, "s");
  return out;
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && static_cast<unsigned char>(text.front()) <= ' ') text.remove_prefix(1);
  while (!text.empty() && static_cast<unsigned char>(text.back()) <= ' ') text.remove_suffix(1);
  return text;
}

std::vector<std::string> split_list(std::string_view text) {
  std::vector<std::string> parts;
  while (true) {
    const std::size_t comma = text.find(',');
    const std::string_view part = trimmed(text.substr(0, comma));
    if (!part.empty()) parts.emplace_back(part);
    if (comma == std::string_view::npos) return parts;
    text.remove_prefix(comma + 1);
  }
}

}  // namespace opwire::cli
