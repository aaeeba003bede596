#include "opwire/opstack/chain/near_names.hpp"

#include <algorithm>
#include <numeric>
#include <utility>

namespace opwire::opstack {
namespace {

constexpr std::size_t kMostNames = 5;
constexpr std::size_t kMostErrors = 3;
constexpr std::size_t kLongestName = 64;  // bounds the work on whatever a user typed

// Insertions, deletions, replacements and swaps of neighbours that turn a into b.
std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> before_last, last(b.size() + 1), row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 0; i < a.size(); ++i) {
    before_last = std::exchange(last, row);
    row[0] = i + 1;
    for (std::size_t j = 0; j < b.size(); ++j) {
      const std::size_t replaced = last[j] + (a[i] == b[j] ? 0 : 1);
      row[j + 1] = std::min({replaced, row[j] + 1, last[j + 1] + 1});
      const bool swapped = i > 0 && j > 0 && a[i] == b[j - 1] && a[i - 1] == b[j];
      if (swapped) row[j + 1] = std::min(row[j + 1], before_last[j - 1] + 1);
    }
  }
  return row.back();
}

}  // namespace

std::vector<std::string> near_names(std::string_view wanted, const std::vector<std::string>& names) {
  std::vector<std::pair<std::size_t, std::string>> candidates;
  if (wanted.empty() || wanted.size() > kLongestName) return {};
  for (const std::string& name : names) {
    const std::size_t distance = name.starts_with(wanted) ? 0 : edit_distance(wanted, name);
    if (distance <= kMostErrors) candidates.emplace_back(distance, name);
  }
  std::ranges::sort(candidates);
  if (candidates.size() > kMostNames) candidates.resize(kMostNames);
  std::vector<std::string> near;
  for (auto& [distance, name] : candidates) near.push_back(std::move(name));
  return near;
}

}  // namespace opwire::opstack
