// LMDB's pages as they lie in the file, as far as page_check.cpp reads them.
#pragma once

#include "opwire/base/bytes.hpp"

namespace opwire::store::page {

static_assert(sizeof(void*) == 8 && std::endian::native == std::endian::little, "LMDB's format is the machine's own");

inline constexpr std::uint32_t kMagic = 0xBEEFC0DE;
inline constexpr std::uint32_t kDataVersion = 1;
inline constexpr std::size_t kHeaderSize = 16;
inline constexpr std::size_t kNodeHeaderSize = 8;
inline constexpr std::size_t kTreeSize = 48;
inline constexpr std::size_t kMetaSize = 24 + 2 * kTreeSize + 16;  // without the page's header
inline constexpr std::size_t kMaxKey = 511;
inline constexpr std::size_t kMaxDepth = 32;
/// What the free tree's flags are in files that we make: integer keys; and the environment's flags from when the file
/// was begun (no sub-directory).
inline constexpr std::uint16_t kFreeTreeFlags = 0x0008 | 0x4000;
inline constexpr std::uint64_t kNoPage = ~std::uint64_t{0};

// Kinds of pages.
inline constexpr std::uint16_t kBranch = 0x01;
inline constexpr std::uint16_t kLeaf = 0x02;
inline constexpr std::uint16_t kOverflow = 0x04;
inline constexpr std::uint16_t kMeta = 0x08;
// Kinds of leaf nodes.
inline constexpr std::uint16_t kBigData = 0x01;
inline constexpr std::uint16_t kSubTree = 0x02;

struct Header {
  explicit Header(const std::uint8_t* at) noexcept
      : number(load_le<std::uint64_t>(at)),
        flags(load_le<std::uint16_t>(at + 10)),
        lower(load_le<std::uint16_t>(at + 12)),
        upper(load_le<std::uint16_t>(at + 14)),
        overflow_pages(load_le<std::uint32_t>(at + 12)) {}
  std::uint64_t number;
  std::uint16_t flags;
  std::uint16_t lower;  ///< where the array of node offsets ends
  std::uint16_t upper;  ///< where the nodes begin, which fill the page's end without gaps
  std::uint32_t overflow_pages;
};

/// What LMDB keeps of a table.
struct Tree {
  explicit Tree(const std::uint8_t* at) noexcept
      : pad(load_le<std::uint32_t>(at)),
        flags(load_le<std::uint16_t>(at + 4)),
        depth(load_le<std::uint16_t>(at + 6)),
        branch_pages(load_le<std::uint64_t>(at + 8)),
        leaf_pages(load_le<std::uint64_t>(at + 16)),
        overflow_pages(load_le<std::uint64_t>(at + 24)),
        entries(load_le<std::uint64_t>(at + 32)),
        root(load_le<std::uint64_t>(at + 40)) {}
  std::uint32_t pad;
  std::uint16_t flags;
  std::uint16_t depth;
  std::uint64_t branch_pages;
  std::uint64_t leaf_pages;
  std::uint64_t overflow_pages;
  std::uint64_t entries;
  std::uint64_t root;
};

/// One of the first two pages; the one of the later transaction counts.
struct Meta {
  explicit Meta(const std::uint8_t* at) noexcept
      : magic(load_le<std::uint32_t>(at)),
        version(load_le<std::uint32_t>(at + 4)),
        address(load_le<std::uint64_t>(at + 8)),
        free(at + 24),
        main(at + 24 + kTreeSize),
        last_page(load_le<std::uint64_t>(at + 24 + 2 * kTreeSize)),
        transaction(load_le<std::uint64_t>(at + 32 + 2 * kTreeSize)) {}
  std::uint32_t magic;
  std::uint32_t version;
  std::uint64_t address;  ///< of a fixed mapping
  Tree free;              ///< which pages are free, by transaction; its pad is the size of a page
  Tree main;              ///< the tables by name
  std::uint64_t last_page;
  std::uint64_t transaction;
};

struct Node {
  explicit Node(const std::uint8_t* at) noexcept
      : low(load_le<std::uint32_t>(at)),
        flags(load_le<std::uint16_t>(at + 4)),
        key_size(load_le<std::uint16_t>(at + 6)),
        content(at + kNodeHeaderSize) {}
  std::uint64_t child() const noexcept { return low | (std::uint64_t{flags} << 32); }
  std::size_t data_size() const noexcept { return low; }
  ByteView key() const noexcept { return {content, key_size}; }
  const std::uint8_t* data() const noexcept { return content + key_size; }

  std::uint32_t low;
  std::uint16_t flags;
  std::uint16_t key_size;
  const std::uint8_t* content;
};

}  // namespace opwire::store::page
