#include "opwire/opstack/l1/trie_proof.hpp"

#include <optional>

#include "opwire/codec/rlp_prefix.hpp"
#include "opwire/codec/rlp_reader.hpp"
#include "opwire/crypto/hash.hpp"
#include "opwire/opstack/l1/errors.hpp"

namespace opwire::opstack {
namespace {

namespace rlp = codec::rlp;

constexpr std::size_t kPathNibbles = 64;
constexpr std::size_t kBranchItems = 17;

std::uint8_t nibble_of(ByteView bytes, std::size_t at) {
  return at % 2 == 0 ? bytes[at / 2] >> 4 : bytes[at / 2] & 15;
}

// The items of a node as they are encoded; neither 2 nor 17 of them is no node.
struct Node {
  std::array<ByteView, kBranchItems> items;
  bool is_branch = false;
};

Result<Node> parse_node(ByteView encoded) {
  auto items = rlp::read_list(encoded);
  if (!items) return errors::kL1Proof;
  Node node;
  std::size_t count = 0;
  while (!items->empty()) {
    const auto item = items->encoded();
    if (!item || count == kBranchItems) return errors::kL1Proof;
    node.items[count++] = *item;
  }
  node.is_branch = count == kBranchItems;
  if (!node.is_branch && count != 2) return errors::kL1Proof;
  return node;
}

Result<ByteView> text_of(ByteView encoded) {
  rlp::Reader reader(encoded);
  const auto text = reader.bytes();
  if (!text) return errors::kL1Proof;
  return *text;
}

// A part of a path in hex-prefix form.
struct Part {
  ByteView bytes;
  std::size_t begin = 0;  // nibbles
  std::size_t size = 0;
  bool is_leaf = false;

  bool matches(const Hash256& path, std::size_t depth) const {
    for (std::size_t i = 0; i < size; ++i) {
      if (nibble_of(bytes, begin + i) != nibble_of(path.view(), depth + i)) return false;
    }
    return true;
  }
};

Result<Part> parse_part(ByteView encoded, std::size_t depth) {
  OPW_TRY(const ByteView bytes, text_of(encoded));
  if (bytes.empty()) return errors::kL1Proof;
  const std::uint8_t flags = bytes[0] >> 4;
  const bool odd = (flags & 1) != 0;
  if (flags > 3 || (!odd && bytes[0] % 16 != 0)) return errors::kL1Proof;
  Part part;
  part.bytes = bytes;
  part.begin = odd ? 1 : 2;
  part.size = 2 * bytes.size() - part.begin;
  part.is_leaf = (flags & 2) != 0;
  const std::size_t left = kPathNibbles - depth;
  const bool fits = part.is_leaf ? part.size == left : part.size > 0 && part.size < left;
  if (!fits) return errors::kL1Proof;
  return part;
}

class Walk {
 public:
  Walk(const Hash256& path, std::span<const Bytes> nodes) : path_(path), nodes_(nodes) {}

  Result<ByteView> from(const Hash256& root) {
    OPW_TRY(ByteView encoded, take(root.view()));
    while (true) {
      OPW_TRY(const Node node, parse_node(encoded));
      OPW_TRY(const Step step, node.is_branch ? at_branch(node) : at_part(node));
      if (!step.child) return step.value;
      OPW_TRY(encoded, follow(*step.child));
    }
  }

 private:
  struct Step {
    std::optional<ByteView> child;  // as it is encoded
    ByteView value;                 // where there is no child; empty: absent
  };

  Result<Step> at_branch(const Node& node) {
    if (depth_ == kPathNibbles) return errors::kL1Proof;  // all keys are as long: a branch has no value
    return to_child(node.items[nibble_of(path_.view(), depth_++)]);
  }

  Result<Step> at_part(const Node& node) {
    OPW_TRY(const Part part, parse_part(node.items[0], depth_));
    if (!part.matches(path_, depth_)) return Step{};
    if (!part.is_leaf) {
      depth_ += part.size;
      return to_child(node.items[1]);
    }
    Step step;
    OPW_TRY(step.value, text_of(node.items[1]));
    if (step.value.empty()) return errors::kL1Proof;
    return step;
  }

  static Result<Step> to_child(ByteView encoded) {
    const bool none = encoded.size() == 1 && encoded[0] == rlp::kString;
    Step step;
    if (!none) step.child = encoded;
    return step;
  }

  Result<ByteView> follow(ByteView child) {
    if (child[0] >= rlp::kList) {
      if (child.size() >= Hash256::kSize) return errors::kL1Proof;
      return child;
    }
    OPW_TRY(const ByteView hash, text_of(child));
    if (hash.size() != Hash256::kSize) return errors::kL1Proof;
    return take(hash);
  }

  // The next node of that hash; each is looked at once.
  Result<ByteView> take(ByteView hash) {
    while (next_ < nodes_.size()) {
      const ByteView node = nodes_[next_++];
      if (equal(crypto::keccak256(node).view(), hash)) return node;
    }
    return errors::kL1Proof;
  }

  const Hash256& path_;
  std::span<const Bytes> nodes_;
  std::size_t next_ = 0;
  std::size_t depth_ = 0;
};

}  // namespace

const Hash256& empty_trie_root() noexcept {
  static const Hash256 root = crypto::keccak256(ByteArray<1>{rlp::kString});
  return root;
}

Result<ByteView> verify_trie_proof(const Hash256& root, const Hash256& path, std::span<const Bytes> nodes) {
  if (nodes.size() > kMaxProofNodes) return Error(errors::kL1Proof, "too many nodes");
  for (const Bytes& node : nodes) {
    if (node.size() > kMaxProofNode) return Error(errors::kL1Proof, "too long a node");
  }
  if (root == empty_trie_root()) return ByteView();
  return Walk(path, nodes).from(root);
}

}  // namespace opwire::opstack
