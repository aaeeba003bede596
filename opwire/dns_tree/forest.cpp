#include "opwire/dns_tree/forest.hpp"

#include <algorithm>

#include "opwire/base/check.hpp"
#include "opwire/dns_tree/errors.hpp"

namespace opwire::dns_tree {

Result<Forest> Forest::make(std::vector<Link> links) {
  std::ranges::sort(links);
  const auto repeated = std::ranges::unique(links);
  links.erase(repeated.begin(), repeated.end());
  if (links.size() > kMaxLinks) return errors::kTooManyTrees;
  if (std::ranges::adjacent_find(links, {}, &Link::domain) != links.end()) return errors::kLinkKey;
  Forest forest(std::move(links));
  forest.follow_links();
  return forest;
}

bool Forest::has_question(TimePoint now) const noexcept {
  return std::ranges::any_of(trees_, [now](const auto& tree) { return tree.second.has_question(now); });
}

TimePoint Forest::next_check() const noexcept {
  TimePoint next = TimePoint::max();
  for (const auto& [domain, tree] : trees_) next = std::min(next, tree.next_check());
  return next;
}

std::size_t Forest::size() const noexcept {
  std::size_t entries = 0;
  for (const auto& [domain, tree] : trees_) entries += tree.size();
  return entries;
}

std::optional<std::string> Forest::question(TimePoint now, Rng& rng) {
  std::vector<TreeWalk*> asking;
  for (auto& [domain, tree] : trees_) {
    if (tree.has_question(now)) asking.push_back(&tree);
  }
  if (asking.empty()) return std::nullopt;
  TreeWalk& tree = *asking[rng.below(asking.size())];
  asked_ = tree.link().domain();
  return tree.question(now, rng);
}

discv5::RecordPtr Forest::on_texts(std::span<const std::string> texts, TimePoint now) {
  OPW_CHECK(!asked_.empty());
  TreeWalk& tree = trees_.at(std::exchange(asked_, {}));
  const std::vector<Link> links = tree.links();
  const auto found = tree.on_texts(texts, now, kMaxEntries - std::min(kMaxEntries, size()));
  if (!found) count(found.error());
  if (tree.links() != links) follow_links();
  if (!found || !*found) return nullptr;
  ++counts_.records;
  return *found;
}

void Forest::on_no_answer(TimePoint now) {
  OPW_CHECK(!asked_.empty());
  TreeWalk& tree = trees_.at(std::exchange(asked_, {}));
  const std::vector<Link> links = tree.links();
  ++counts_.no_answers;
  tree.on_no_answer(now);
  if (tree.links() != links) follow_links();
}

void Forest::follow_links() {
  std::map<std::string, TreeWalk> known = std::exchange(trees_, {});
  std::vector<Link> linked = first_;
  for (std::size_t i = 0; i < linked.size(); ++i) {
    const Link link = linked[i];
    if (const auto here = trees_.find(link.domain()); here != trees_.end()) {
      if (here->second.link() != link) count(errors::kLinkKey);
      continue;
    }
    if (trees_.size() == kMaxTrees) {
      count(errors::kTooManyTrees);
      continue;
    }
    const auto before = known.find(link.domain());
    const bool is_known = before != known.end() && before->second.link() == link;
    TreeWalk tree = is_known ? std::move(before->second) : TreeWalk(link);
    linked.insert(linked.end(), tree.links().begin(), tree.links().end());
    trees_.emplace(link.domain(), std::move(tree));
  }
}

}  // namespace opwire::dns_tree
