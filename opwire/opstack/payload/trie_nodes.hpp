// Trie nodes on their way to becoming references. Private to this library.
#pragma once

#include <bit>
#include <vector>

#include "opwire/base/bytes.hpp"
#include "opwire/base/strong.hpp"
#include "opwire/crypto/keccak_batch.hpp"

namespace opwire::opstack {

/// RLP(index), the key in an ordered list's trie, read by nibbles. No key is the beginning of another, so branches
/// never hold a value. index is below 2^24.
class TrieKey {
 public:
  static constexpr std::size_t kMaxNibbles = 8;

  explicit TrieKey(std::uint32_t index) noexcept;
  std::size_t nibbles() const noexcept { return size_; }
  std::uint8_t nibble(std::size_t at) const noexcept { return (bits_ >> (28 - 4 * at)) & 15; }
  /// How many nibbles both begin with. The keys differ.
  std::size_t shared(TrieKey other) const noexcept {
    return static_cast<std::size_t>(std::countl_zero(bits_ ^ other.bits_)) / 4;
  }

 private:
  std::uint32_t bits_;  // from the highest on
  std::uint8_t size_;
};

/// How a node stands in its parent: its own RLP where that is below 32 bytes, else RLP of its hash.
class TrieReference {
 public:
  static constexpr std::size_t kHashed = 33;

  void set_node(ByteView node) noexcept;
  void set_hash(const Hash256& hash) noexcept;
  ByteView view() const noexcept { return ByteView(bytes_).first(size_); }

 private:
  ByteArray<kHashed> bytes_;
  std::uint8_t size_ = 0;
};

/// Collects nodes of one level and hashes them together, a bounded number at a time.
class TrieNodes {
 public:
  explicit TrieNodes(crypto::Keccak256Batch& hash);

  /// Path: the key's nibbles from..to.
  void add_leaf(TrieKey key, std::size_t from, ByteView value, TrieReference& out);
  /// Above what reference refers to; reference then refers to the extension.
  void add_extension(TrieKey key, std::size_t from, std::size_t to, TrieReference& reference);
  /// children: by nibble; null where there is none.
  void add_branch(const std::array<const TrieReference*, 16>& children, TrieReference& out);
  /// Until then the references of what was added are not set.
  void flush();

 private:
  // The node is what was put into bytes_ since start, without its list header, and body.
  void add(std::size_t start, ByteView body, TrieReference& out);
  void make_room(std::size_t size);

  crypto::Keccak256Batch& hash_;
  Bytes bytes_;  // never grows beyond what is reserved: messages point into it
  std::vector<crypto::Keccak256Batch::Message> messages_;
  std::vector<Hash256> digests_;
  std::vector<TrieReference*> outs_;
};

}  // namespace opwire::opstack
