#include "opwire/opstack/payload/trie_nodes.hpp"

#include <algorithm>

#include "opwire/codec/rlp.hpp"

namespace opwire::opstack {
namespace {

namespace rlp = codec::rlp;

constexpr std::size_t kMostNodes = 64;  // at a time
constexpr std::size_t kMostBytes = 8192;
constexpr std::size_t kBranchSize = 16 * TrieReference::kHashed + 1 + 3;
constexpr std::size_t kPathSize = 32;  // of a leaf's or extension's path with all headers, and more

// Appends the nibbles from..to of the key in hex-prefix form, as an RLP string.
void append_path(Bytes& out, TrieKey key, std::size_t from, std::size_t to, bool leaf) {
  ByteArray<5> path{};
  const bool odd = (to - from) % 2 != 0;
  path[0] = static_cast<std::uint8_t>((leaf ? 0x20 : 0) | (odd ? 0x10 | key.nibble(from++) : 0));
  std::size_t size = 1;
  for (; from < to; from += 2) path[size++] = static_cast<std::uint8_t>(key.nibble(from) << 4 | key.nibble(from + 1));
  rlp::append_bytes(out, ByteView(path).first(size));
}

void append(Bytes& out, ByteView bytes) {
  out.insert(out.end(), bytes.begin(), bytes.end());
}

}  // namespace

TrieKey::TrieKey(std::uint32_t index) noexcept {
  if (index != 0 && index < 0x80) {
    bits_ = index << 24;
    size_ = 2;
    return;
  }
  const auto bytes = static_cast<std::uint32_t>(std::bit_width(index) + 7) / 8;
  bits_ = (0x80 + bytes) << 24 | index << (24 - 8 * bytes);
  size_ = static_cast<std::uint8_t>(2 + 2 * bytes);
}

void TrieReference::set_node(ByteView node) noexcept {
  std::ranges::copy(node, bytes_.begin());
  size_ = static_cast<std::uint8_t>(node.size());
}

void TrieReference::set_hash(const Hash256& hash) noexcept {
  bytes_[0] = 0x80 + Hash256::kSize;
  std::ranges::copy(hash.bytes, bytes_.begin() + 1);
  size_ = kHashed;
}

TrieNodes::TrieNodes(crypto::Keccak256Batch& hash) : hash_(hash) {
  bytes_.reserve(kMostBytes);
  messages_.reserve(kMostNodes);
  digests_.resize(kMostNodes);
  outs_.reserve(kMostNodes);
}

void TrieNodes::add_leaf(TrieKey key, std::size_t from, ByteView value, TrieReference& out) {
  make_room(kPathSize + Hash256::kSize);
  const std::size_t start = bytes_.size();
  append_path(bytes_, key, from, key.nibbles(), true);
  if (value.size() < Hash256::kSize) {
    rlp::append_bytes(bytes_, value);
    return add(start, {}, out);
  }
  rlp::append_bytes_header(bytes_, value.size());
  add(start, value, out);
}

void TrieNodes::add_extension(TrieKey key, std::size_t from, std::size_t to, TrieReference& reference) {
  make_room(kPathSize + TrieReference::kHashed);
  const std::size_t start = bytes_.size();
  append_path(bytes_, key, from, to, false);
  append(bytes_, reference.view());
  add(start, {}, reference);
}

void TrieNodes::add_branch(const std::array<const TrieReference*, 16>& children, TrieReference& out) {
  make_room(kBranchSize);
  const std::size_t start = bytes_.size();
  for (const TrieReference* child : children) {
    if (child == nullptr) {
      rlp::append_bytes(bytes_, {});
    } else {
      append(bytes_, child->view());
    }
  }
  rlp::append_bytes(bytes_, {});
  add(start, {}, out);
}

void TrieNodes::add(std::size_t start, ByteView body, TrieReference& out) {
  rlp::wrap_list(bytes_, start, body.size());
  const ByteView node = ByteView(bytes_).subspan(start);
  if (node.size() + body.size() < Hash256::kSize) return out.set_node(node);
  messages_.push_back(body.empty() ? crypto::Keccak256Batch::Message{{}, node, &digests_[outs_.size()]}
                                   : crypto::Keccak256Batch::Message{node, body, &digests_[outs_.size()]});
  outs_.push_back(&out);
}

void TrieNodes::make_room(std::size_t size) {
  if (outs_.size() == kMostNodes || bytes_.capacity() - bytes_.size() < size) flush();
}

void TrieNodes::flush() {
  hash_.run(messages_);
  for (std::size_t i = 0; i < outs_.size(); ++i) outs_[i]->set_hash(digests_[i]);
  bytes_.clear();
  messages_.clear();
  outs_.clear();
}

}  // namespace opwire::opstack
