#include "opwire/opstack/chain/near_names.hpp"

#include <algorithm>
#include <numeric>
#include <utility>

namespace opwire::opstack {
namespace {

constexpr std::size_t kMostNames = 5;
constexpr std::size_t kMostErrors = 3;
constexpr std::size_t kLongestName = 64;  // bounds the work on whatever a user typed

// Insertions, deletions and replacements that turn a into b (Levenshtein).
std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 0; i < a.size(); ++i) {
    std::size_t diagonal = std::exchange(row[0], i + 1);
    for (std::size_t j = 0; j < b.size(); ++j) {
      const std::size_t replaced = diagonal + (a[i] == b[j] ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({replaced, row[j] + 1, row[j + 1] + 1});
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
