#include "cli/byte_size.hpp"

#include <algorithm>
#include <charconv>
#include <iterator>

namespace opwire::cli {
namespace {

struct Unit {
  std::string_view name;
  std::uint64_t bytes;
};
constexpr Unit kUnits[] = {{"", 1},
                           {"B", 1},
                           {"KB", 1'000},
                           {"MB", 1'000'000},
                           {"GB", 1'000'000'000},
                           {"K", std::uint64_t{1} << 10},
                           {"M", std::uint64_t{1} << 20},
                           {"G", std::uint64_t{1} << 30},
                           {"KiB", std::uint64_t{1} << 10},
                           {"MiB", std::uint64_t{1} << 20},
                           {"GiB", std::uint64_t{1} << 30}};

}  // namespace

std::optional<std::uint64_t> parse_byte_size(std::string_view text) {
  std::uint64_t count = 0;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), count);
  if (problem != std::errc()) return std::nullopt;
  const std::string_view name = text.substr(static_cast<std::size_t>(end - text.data()));
  const auto unit = std::ranges::find_if(kUnits, [name](const Unit& candidate) { return candidate.name == name; });
  std::uint64_t bytes = 0;
  if (unit == std::end(kUnits) || __builtin_mul_overflow(count, unit->bytes, &bytes)) return std::nullopt;
  return bytes;
}

}  // namespace opwire::cli
