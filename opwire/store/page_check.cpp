#include "opwire/store/page_check.hpp"

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <optional>
#include <vector>

#include "opwire/base/file_descriptor.hpp"
#include "opwire/store/errors.hpp"
#include "opwire/store/page_format.hpp"

namespace opwire::store {
namespace {

using page::Header;
using page::Meta;
using page::Node;
using page::Tree;

constexpr Error damaged(const char* what) noexcept {
  return Error(errors::kDamaged, what);
}

/// The pages of one file. Everything of a page that is returned lies within it.
class Pages {
 public:
  explicit Pages(int fd, std::uint64_t file_size) : fd_(fd), file_size_(file_size) {}

  Result<Meta> read_meta(std::uint64_t map_size);
  Result<Bytes> read(std::uint64_t number) const { return read_at(number * page_size_, page_size_); }
  /// Of a value that has pages of its own, which were claimed.
  Result<Bytes> read_value(std::uint64_t number, std::size_t size) const {
    return read_at(number * page_size_ + page::kHeaderSize, size);
  }
  /// Each page has one place: in one tree, or among the free ones. in_file: LMDB will read it.
  Result<void> claim(std::uint64_t number, bool in_file);
  Result<std::uint64_t> claim_overflow(std::uint64_t number, std::uint64_t data_size);
  /// Last: what lies beyond the end of the file must be free, or the last page is not where LMDB thinks.
  Result<void> check_end() const;

 private:
  Result<Bytes> read_at(std::uint64_t offset, std::size_t size) const;
  Result<Meta> read_meta_at(std::uint64_t offset, std::uint64_t number) const;

  int fd_;
  std::uint64_t file_size_;
  std::size_t page_size_ = 0;
  std::vector<bool> claimed_;
};

Result<Bytes> Pages::read_at(std::uint64_t offset, std::size_t size) const {
  Bytes bytes(size);
  for (std::size_t done = 0; done < size;) {
    const ssize_t got = ::pread(fd_, bytes.data() + done, size - done, static_cast<off_t>(offset + done));
    if (got < 0 && errno != EINTR) return Error(errors::kCannotOpen, "read", errno);
    if (got == 0) return damaged("shorter than it was");
    if (got > 0) done += static_cast<std::size_t>(got);
  }
  return bytes;
}

Result<Meta> Pages::read_meta_at(std::uint64_t offset, std::uint64_t number) const {
  OPW_TRY(const Bytes bytes, read_at(offset, page::kHeaderSize + page::kMetaSize));
  const Header header(bytes.data());
  const Meta meta(bytes.data() + page::kHeaderSize);
  if (header.number != number || (header.flags & page::kMeta) == 0) return damaged("meta page");
  if (meta.magic != page::kMagic) return damaged("magic number");
  if (meta.version != page::kDataVersion) return damaged("LMDB's version");
  if (meta.address != 0 || meta.free.flags != page::kFreeTreeFlags || meta.main.flags != 0) return damaged("meta page");
  if (meta.transaction != 0 && meta.transaction % 2 != number) return damaged("meta page");
  return meta;
}

Result<Meta> Pages::read_meta(std::uint64_t map_size) {
  OPW_TRY(const Meta first, read_meta_at(0, 0));
  page_size_ = first.free.pad;
  if (page_size_ < 512 || page_size_ > 32768 || !std::has_single_bit(page_size_)) return damaged("size of pages");
  OPW_TRY(const Meta second, read_meta_at(page_size_, 1));
  if (second.free.pad != page_size_) return damaged("size of pages");
  // LMDB writes them in turn.
  const Meta& newest = second.transaction > first.transaction ? second : first;
  const Meta& other = second.transaction > first.transaction ? first : second;
  if (newest.transaction - other.transaction > 1) return damaged("meta page");
  // Pages that were used and freed within one transaction may lie beyond the end of the file.
  const std::uint64_t limit = std::max(map_size, 2 * file_size_) / page_size_;
  if (newest.last_page < 1 || newest.last_page >= limit) return damaged("last page");
  claimed_.resize(newest.last_page + 1);
  claimed_[0] = claimed_[1] = true;
  return newest;
}

Result<void> Pages::claim(std::uint64_t number, bool in_file) {
  if (number >= claimed_.size() || claimed_[number]) return damaged("page number");
  if (in_file && number >= file_size_ / page_size_) return damaged("shorter than it was");
  claimed_[number] = true;
  return {};
}

Result<std::uint64_t> Pages::claim_overflow(std::uint64_t number, std::uint64_t data_size) {
  OPW_TRYV(claim(number, true));
  OPW_TRY(const Bytes bytes, read_at(number * page_size_, page::kHeaderSize));
  const Header header(bytes.data());
  if (header.number != number || header.flags != page::kOverflow) return damaged("overflow page");
  const std::uint64_t count = header.overflow_pages;
  if (count == 0 || count * page_size_ - page::kHeaderSize < data_size) return damaged("overflow page");
  for (std::uint64_t i = 1; i < count; ++i) OPW_TRYV(claim(number + i, true));
  return count;
}

Result<void> Pages::check_end() const {
  for (std::uint64_t number = file_size_ / page_size_; number < claimed_.size(); ++number) {
    if (!claimed_[number]) return damaged("last page");
  }
  return {};
}

// The keys of a subtree: not less than `from`, less than `to`.
struct KeyRange {
  std::optional<Bytes> from;
  std::optional<Bytes> to;
};

class TreeCheck {
 public:
  enum class Kind : std::uint8_t { kFree, kMain, kTable };

  TreeCheck(Pages& pages, const Tree& tree, Kind kind) : pages_(pages), tree_(tree), kind_(kind) {}
  Result<void> check();
  /// Of a tree of more than one level only its root.
  Result<void> check_root();

  /// kMain: the tables that it names.
  const std::vector<Tree>& tables() const noexcept { return tables_; }
  /// kFree: the records' values.
  const std::vector<Bytes>& free_lists() const noexcept { return free_lists_; }

 private:
  bool less(ByteView a, ByteView b) const noexcept;
  Result<void> check_page(std::uint64_t number, std::size_t level, const KeyRange& range);
  Result<std::vector<Node>> nodes_of(const Bytes& bytes, const Header& header) const;
  Result<std::size_t> node_size(const Bytes& bytes, std::size_t offset, bool leaf) const;
  Result<void> check_keys(const std::vector<Node>& nodes, bool leaf, const KeyRange& range) const;
  Result<void> check_children(const std::vector<Node>& nodes, std::size_t level, const KeyRange& range);
  Result<void> check_value(const Node& node);
  Result<void> check_big_value(const Node& node);

  Pages& pages_;
  const Tree& tree_;
  Kind kind_;
  std::uint64_t branch_pages_ = 0;
  std::uint64_t leaf_pages_ = 0;
  std::uint64_t overflow_pages_ = 0;
  std::uint64_t entries_ = 0;
  std::vector<Tree> tables_;
  std::vector<Bytes> free_lists_;
};

Result<void> TreeCheck::check() {
  if (tree_.depth > page::kMaxDepth || (tree_.root == page::kNoPage) != (tree_.depth == 0)) return damaged("tree");
  if (tree_.root != page::kNoPage) OPW_TRYV(check_page(tree_.root, 1, {}));
  if (branch_pages_ != tree_.branch_pages || leaf_pages_ != tree_.leaf_pages ||
      overflow_pages_ != tree_.overflow_pages || entries_ != tree_.entries) {
    return damaged("tree's size");
  }
  return {};
}

Result<void> TreeCheck::check_root() {
  if (tree_.depth <= 1) return check();
  if (tree_.depth > page::kMaxDepth) return damaged("tree");
  OPW_TRYV(pages_.claim(tree_.root, true));
  OPW_TRY(const Bytes bytes, pages_.read(tree_.root));
  const Header header(bytes.data());
  if (header.number != tree_.root || header.flags != page::kBranch) return damaged("page");
  OPW_TRY(const std::vector<Node> nodes, nodes_of(bytes, header));
  OPW_TRYV(check_keys(nodes, false, {}));
  for (const Node& node : nodes) OPW_TRYV(pages_.claim(node.child(), true));
  return {};
}

bool TreeCheck::less(ByteView a, ByteView b) const noexcept {
  if (kind_ == Kind::kFree) return load_le<std::uint64_t>(a.data()) < load_le<std::uint64_t>(b.data());
  return std::lexicographical_compare(a.begin(), a.end(), b.begin(), b.end());
}

Result<void> TreeCheck::check_page(std::uint64_t number, std::size_t level, const KeyRange& range) {
  OPW_TRYV(pages_.claim(number, true));
  OPW_TRY(const Bytes bytes, pages_.read(number));
  const Header header(bytes.data());
  const bool leaf = level == tree_.depth;
  if (header.number != number || header.flags != (leaf ? page::kLeaf : page::kBranch)) return damaged("page");
  OPW_TRY(const std::vector<Node> nodes, nodes_of(bytes, header));
  OPW_TRYV(check_keys(nodes, leaf, range));
  if (!leaf) {
    ++branch_pages_;
    return check_children(nodes, level, range);
  }
  ++leaf_pages_;
  entries_ += nodes.size();
  for (const Node& node : nodes) OPW_TRYV(check_value(node));
  return {};
}

// The nodes in the order of their keys, which fill the page from `upper` to its end, in any order.
Result<std::vector<Node>> TreeCheck::nodes_of(const Bytes& bytes, const Header& header) const {
  if (header.lower < page::kHeaderSize || header.lower % 2 != 0 || header.lower > header.upper ||
      header.upper > bytes.size()) {
    return damaged("page");
  }
  const bool leaf = header.flags == page::kLeaf;
  const std::size_t count = (header.lower - page::kHeaderSize) / 2;
  // LMDB asserts as much of branches.
  if (count < (leaf || kind_ == Kind::kFree ? 1 : 2)) return damaged("page");

  std::vector<Node> nodes;
  std::vector<std::pair<std::size_t, std::size_t>> places;
  for (std::size_t i = 0; i < count; ++i) {
    const std::size_t offset = load_le<std::uint16_t>(bytes.data() + page::kHeaderSize + 2 * i);
    OPW_TRY(const std::size_t size, node_size(bytes, offset, leaf));
    nodes.emplace_back(bytes.data() + offset);
    places.emplace_back(offset, size);
  }
  std::sort(places.begin(), places.end());
  std::size_t expected = header.upper;
  for (const auto& [offset, size] : places) {
    if (offset != expected) return damaged("place of a node");
    expected += size;
  }
  if (expected != bytes.size()) return damaged("place of a node");
  return nodes;
}

Result<std::size_t> TreeCheck::node_size(const Bytes& bytes, std::size_t offset, bool leaf) const {
  if (offset + page::kNodeHeaderSize > bytes.size()) return damaged("place of a node");
  const Node node(bytes.data() + offset);
  if (node.key_size > page::kMaxKey) return damaged("size of a key");
  std::size_t size = page::kNodeHeaderSize + node.key_size;
  if (leaf) size += (node.flags & page::kBigData) != 0 ? sizeof(std::uint64_t) : node.data_size();
  size += size % 2;
  // A page has room for two nodes of any kind: what is larger has pages of its own.
  if (size > (bytes.size() - page::kHeaderSize) / 2 || offset + size > bytes.size()) return damaged("size of a node");
  return size;
}

Result<void> TreeCheck::check_keys(const std::vector<Node>& nodes, bool leaf, const KeyRange& range) const {
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    if (!leaf && i == 0) continue;  // a branch's first key counts for nothing
    const ByteView key = nodes[i].key();
    if (key.empty() || (kind_ == Kind::kFree && key.size() != sizeof(std::uint64_t))) return damaged("size of a key");
    if (range.from && less(key, *range.from)) return damaged("order of keys");
    if (range.to && !less(key, *range.to)) return damaged("order of keys");
    if (i > (leaf ? 0 : 1) && !less(nodes[i - 1].key(), key)) return damaged("order of keys");
  }
  return {};
}

Result<void> TreeCheck::check_children(const std::vector<Node>& nodes, std::size_t level, const KeyRange& range) {
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    KeyRange inner = range;
    if (i > 0) inner.from = to_bytes(nodes[i].key());
    if (i + 1 < nodes.size()) inner.to = to_bytes(nodes[i + 1].key());
    OPW_TRYV(check_page(nodes[i].child(), level + 1, inner));
  }
  return {};
}

Result<void> TreeCheck::check_value(const Node& node) {
  if (node.flags == page::kBigData) return check_big_value(node);
  const ByteView data(node.data(), node.data_size());
  if (kind_ == Kind::kMain) {
    if (node.flags != page::kSubTree || data.size() != page::kTreeSize) return damaged("table");
    tables_.emplace_back(data.data());
    if (tables_.back().flags != 0) return damaged("table");
  } else if (node.flags != 0) {
    return damaged("kind of a node");
  } else if (kind_ == Kind::kFree) {
    free_lists_.push_back(to_bytes(data));
  }
  return {};
}

Result<void> TreeCheck::check_big_value(const Node& node) {
  if (kind_ == Kind::kMain) return damaged("table");
  const std::uint64_t first = load_le<std::uint64_t>(node.data());
  OPW_TRY(const std::uint64_t count, pages_.claim_overflow(first, node.data_size()));
  overflow_pages_ += count;
  if (kind_ != Kind::kFree) return {};
  OPW_TRY(Bytes list, pages_.read_value(first, node.data_size()));
  free_lists_.push_back(std::move(list));
  return {};
}

// Each list: how many, then the pages' numbers, the greatest first.
Result<void> check_free_list(Pages& pages, ByteView list) {
  constexpr std::size_t kWord = sizeof(std::uint64_t);
  if (list.size() < kWord) return damaged("list of free pages");
  const auto count = load_le<std::uint64_t>(list.data());
  if (count > list.size() / kWord - 1) return damaged("list of free pages");
  std::uint64_t before = page::kNoPage;
  for (std::uint64_t i = 1; i <= count; ++i) {
    const auto number = load_le<std::uint64_t>(list.data() + i * kWord);
    if (number >= before) return damaged("list of free pages");
    OPW_TRYV(pages.claim(number, false));
    before = number;
  }
  return {};
}

enum class Extent : std::uint8_t { kAll, kFrame };

Result<void> check_trees(Pages& pages, const Meta& meta, Extent extent) {
  TreeCheck main(pages, meta.main, TreeCheck::Kind::kMain);
  OPW_TRYV(main.check());
  for (const Tree& tree : main.tables()) {
    TreeCheck table(pages, tree, TreeCheck::Kind::kTable);
    OPW_TRYV(extent == Extent::kAll ? table.check() : table.check_root());
  }
  TreeCheck free(pages, meta.free, TreeCheck::Kind::kFree);
  OPW_TRYV(free.check());
  for (const Bytes& list : free.free_lists()) OPW_TRYV(check_free_list(pages, list));
  return pages.check_end();
}

Result<void> check_file(const std::filesystem::path& path, std::uint64_t map_size, Extent extent) {
  const FileDescriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  struct stat status{};
  if (!file || ::fstat(file.get(), &status) != 0) return Error(errors::kCannotOpen, "open", errno);
  Pages pages(file.get(), static_cast<std::uint64_t>(status.st_size));
  OPW_TRY(const Meta meta, pages.read_meta(map_size));
  return check_trees(pages, meta, extent);
}

}  // namespace

Result<void> check_pages(const std::filesystem::path& path, std::uint64_t map_size) {
  return check_file(path, map_size, Extent::kAll);
}

Result<void> check_frame(const std::filesystem::path& path, std::uint64_t map_size) {
  return check_file(path, map_size, Extent::kFrame);
}

}  // namespace opwire::store
