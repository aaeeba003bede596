#include "opwire/opstack/payload/trie_root.hpp"

#include <algorithm>

#include "opwire/base/check.hpp"
#include "opwire/opstack/payload/trie_nodes.hpp"

namespace opwire::opstack {
namespace {

constexpr std::size_t kMaxCount = std::size_t{1} << 24;

// A leaf or branch without a parent so far, or an extension above one.
struct Subtree {
  TrieKey key;  // of its first leaf
  std::uint32_t index;
  std::uint8_t depth = 0;  // nibbles that lead to it
  TrieReference reference{};
};

// Built from the leaves up: at each depth, those that share the nibbles so far become the children of one branch. That
// makes the nodes of a depth independent of each other.
class OrderedTrie {
 public:
  OrderedTrie(std::size_t count, const std::function<ByteView(std::size_t)>& value_at, crypto::Keccak256Batch& hash)
      : value_at_(value_at), nodes_(hash) {
    OPW_CHECK(count <= kMaxCount);
    // Keys in ascending order: 1..127 are single bytes, 0 is 0x80, longer ones follow.
    subtrees_.reserve(count);
    for (std::size_t i = 1; i < std::min<std::size_t>(count, 0x80); ++i) add(i);
    if (count > 0) add(0);
    for (std::size_t i = 0x80; i < count; ++i) add(i);
  }

  ByteView root() {
    add_leaves();
    for (std::size_t depth = TrieKey::kMaxNibbles; depth-- > 0;) {
      if ((forks_ >> depth & 1) == 0) continue;
      merge(depth);
      extend();
    }
    return subtrees_.front().reference.view();
  }
  bool empty() const noexcept { return subtrees_.empty(); }

 private:
  void add(std::size_t index) {
    const auto number = static_cast<std::uint32_t>(index);
    if (!value_at_(index).empty()) subtrees_.push_back({.key = TrieKey(number), .index = number});
  }
  std::size_t shared(std::size_t i) const noexcept { return subtrees_[i].key.shared(subtrees_[i + 1].key); }
  // The depth just below the branch that will hold it.
  std::size_t depth_for(std::size_t i) const noexcept {
    std::size_t depth = 0;
    if (i > 0) depth = shared(i - 1) + 1;
    if (i + 1 < subtrees_.size()) depth = std::max(depth, shared(i) + 1);
    return depth;
  }

  void add_leaves() {
    for (std::size_t i = 0; i < subtrees_.size(); ++i) {
      Subtree& leaf = subtrees_[i];
      leaf.depth = static_cast<std::uint8_t>(depth_for(i));
      if (i + 1 < subtrees_.size()) forks_ |= 1U << shared(i);
      nodes_.add_leaf(leaf.key, leaf.depth, value_at_(leaf.index), leaf.reference);
    }
    nodes_.flush();
  }

  // Whatever shares the first depth nibbles with its neighbours; deeper forks are branches by now.
  void merge(std::size_t depth) {
    std::size_t kept = 0;
    for (std::size_t first = 0, end = 0; first < subtrees_.size(); first = end) {
      std::array<const TrieReference*, 16> children{};
      do {
        children[subtrees_[end].key.nibble(depth)] = &subtrees_[end].reference;
        ++end;
      } while (end < subtrees_.size() && shared(end - 1) >= depth);
      Subtree& merged = subtrees_[kept++] = subtrees_[first];
      if (end - first == 1) continue;
      merged.depth = static_cast<std::uint8_t>(depth);
      nodes_.add_branch(children, merged.reference);
    }
    nodes_.flush();
    subtrees_.erase(subtrees_.begin() + static_cast<std::ptrdiff_t>(kept), subtrees_.end());
  }

  void extend() {
    for (std::size_t i = 0; i < subtrees_.size(); ++i) {
      Subtree& branch = subtrees_[i];
      const std::size_t depth = depth_for(i);
      if (depth == branch.depth) continue;
      nodes_.add_extension(branch.key, depth, branch.depth, branch.reference);
      branch.depth = static_cast<std::uint8_t>(depth);
    }
    nodes_.flush();
  }

  const std::function<ByteView(std::size_t)>& value_at_;
  TrieNodes nodes_;
  std::vector<Subtree> subtrees_;  // by key
  std::uint32_t forks_ = 0;        // a bit for each depth that has branches
};

}  // namespace

Hash256 ordered_trie_root(std::size_t count, const std::function<ByteView(std::size_t index)>& value_at,
                          crypto::Keccak256Batch& hash) {
  constexpr ByteArray<1> kEmptyTrie{0x80};
  static const Hash256 empty_root = crypto::keccak256(kEmptyTrie);
  if (count == 0) return empty_root;
  OrderedTrie trie(count, value_at, hash);
  if (trie.empty()) return empty_root;
  const ByteView root = trie.root();
  if (root.size() != TrieReference::kHashed) return crypto::keccak256(root);
  return *Hash256::from(root.subspan(1));
}

}  // namespace opwire::opstack
