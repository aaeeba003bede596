#include "opwire/opstack/payload/trie_root.hpp"

#include <algorithm>
#include <vector>

#include "opwire/base/check.hpp"
#include "opwire/codec/rlp.hpp"
#include "opwire/crypto/hash.hpp"

namespace opwire::opstack {
namespace {

namespace rlp = codec::rlp;

constexpr std::size_t kMaxCount = std::size_t{1} << 24;
constexpr std::size_t kBranchWidth = 16;

// RLP(index), read by nibbles. No key is the beginning of another, so branches never hold a value.
struct Key {
  explicit Key(std::uint32_t index) noexcept {
    if (index == 0 || index >= 0x80) {
      while (size < 3 && index >> (8 * size) != 0) ++size;
      bytes[0] = static_cast<std::uint8_t>(0x80 + size);
      for (std::size_t i = 0; i < size; ++i) bytes[1 + i] = static_cast<std::uint8_t>(index >> (8 * (size - 1 - i)));
      ++size;
    } else {
      bytes[0] = static_cast<std::uint8_t>(index);
      size = 1;
    }
  }
  std::uint8_t nibble(std::size_t at) const noexcept { return at % 2 == 0 ? bytes[at / 2] >> 4 : bytes[at / 2] & 15; }
  std::size_t nibbles() const noexcept { return 2 * size; }

  ByteArray<4> bytes{};
  std::size_t size = 0;
};

// How a node stands in its parent: its own RLP where that is below 32 bytes, else RLP of its hash.
struct Reference {
  static constexpr std::size_t kHashed = 33;

  static Reference to_hash(const Hash256& hash) noexcept {
    Reference reference;
    reference.bytes[0] = 0x80 + Hash256::kSize;
    std::ranges::copy(hash.bytes, reference.bytes.begin() + 1);
    reference.size = kHashed;
    return reference;
  }
  static Reference to_node(ByteView node) noexcept {
    if (node.size() >= Hash256::kSize) return to_hash(crypto::keccak256(node));
    Reference reference;
    std::ranges::copy(node, reference.bytes.begin());
    reference.size = static_cast<std::uint8_t>(node.size());
    return reference;
  }
  ByteView view() const noexcept { return ByteView(bytes).first(size); }

  ByteArray<kHashed> bytes;
  std::uint8_t size = 0;
};

// Appends the nibbles from..to of the key in hex-prefix form, as an RLP string.
void append_path(Bytes& out, const Key& key, std::size_t from, std::size_t to, bool leaf) {
  ByteArray<5> path{};
  const bool odd = (to - from) % 2 != 0;
  path[0] = static_cast<std::uint8_t>((leaf ? 0x20 : 0) | (odd ? 0x10 | key.nibble(from++) : 0));
  std::size_t size = 1;
  for (; from < to; from += 2) path[size++] = static_cast<std::uint8_t>(key.nibble(from) << 4 | key.nibble(from + 1));
  rlp::append_bytes(out, ByteView(path).first(size));
}

// The RLP header of a string that is not its own encoding: a list's, in the strings' range.
void append_string_header(Bytes& out, std::size_t size) {
  const std::size_t at = out.size();
  rlp::append_list_header(out, size);
  out[at] -= 0x40;
}

class OrderedTrie {
 public:
  OrderedTrie(std::size_t count, const std::function<ByteView(std::size_t)>& value_at) : value_at_(value_at) {
    OPW_CHECK(count <= kMaxCount);
    // Keys in ascending order: 1..127 are single bytes, 0 is 0x80, longer ones follow.
    indices_.reserve(count);
    for (std::size_t i = 1; i < std::min<std::size_t>(count, 0x80); ++i) add(i);
    if (count > 0) add(0);
    for (std::size_t i = 0x80; i < count; ++i) add(i);
  }

  Hash256 root() {
    if (indices_.empty()) {
      constexpr ByteArray<1> kEmptyTrie{0x80};
      return crypto::keccak256(kEmptyTrie);
    }
    const Reference top = build(0, indices_.size(), 0);
    if (top.size != Reference::kHashed) return crypto::keccak256(top.view());
    return *Hash256::from(top.view().subspan(1));
  }

 private:
  void add(std::size_t index) {
    if (!value_at_(index).empty()) indices_.push_back(static_cast<std::uint32_t>(index));
  }
  Key key(std::size_t position) const noexcept { return Key(indices_[position]); }

  // The subtree of the positions first..last-1, whose keys agree up to depth.
  Reference build(std::size_t first, std::size_t last, std::size_t depth) {
    if (last - first == 1) return leaf(indices_[first], depth);
    const Key lowest = key(first);
    const Key highest = key(last - 1);
    std::size_t fork = depth;
    while (lowest.nibble(fork) == highest.nibble(fork)) ++fork;
    const Reference below = branch(first, last, fork);
    if (fork == depth) return below;
    Bytes node;
    append_path(node, lowest, depth, fork, false);
    node.insert(node.end(), below.view().begin(), below.view().end());
    rlp::wrap_list(node, 0);
    return Reference::to_node(node);
  }

  Reference branch(std::size_t first, std::size_t last, std::size_t depth) {
    Bytes node;
    node.reserve(kBranchWidth * Reference::kHashed + 4);
    for (std::size_t nibble = 0; nibble < kBranchWidth; ++nibble) {
      std::size_t end = first;
      while (end < last && key(end).nibble(depth) == nibble) ++end;
      if (end == first) {
        rlp::append_bytes(node, {});
      } else {
        const Reference child = build(first, end, depth + 1);
        node.insert(node.end(), child.view().begin(), child.view().end());
      }
      first = end;
    }
    rlp::append_bytes(node, {});
    rlp::wrap_list(node, 0);
    return Reference::to_node(node);
  }

  Reference leaf(std::uint32_t index, std::size_t depth) {
    const ByteView value = value_at_(index);
    const Key path(index);
    Bytes& node = leaf_;
    node.clear();
    append_path(node, path, depth, path.nibbles(), true);
    if (value.size() < Hash256::kSize) {
      rlp::append_bytes(node, value);
      rlp::wrap_list(node, 0);
      return Reference::to_node(node);
    }
    append_string_header(node, value.size());
    head_.clear();
    rlp::append_list_header(head_, node.size() + value.size());
    return Reference::to_hash(crypto::Keccak256().update(head_).update(node).update(value).finish());
  }

  const std::function<ByteView(std::size_t)>& value_at_;
  std::vector<std::uint32_t> indices_;
  Bytes head_, leaf_;  // scratch of leaf()
};

}  // namespace

Hash256 ordered_trie_root(std::size_t count, const std::function<ByteView(std::size_t index)>& value_at) {
  return OrderedTrie(count, value_at).root();
}

}  // namespace opwire::opstack
