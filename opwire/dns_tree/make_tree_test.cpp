#include "opwire/dns_tree/make_tree.hpp"

#include <gtest/gtest.h>

#include "opwire/dns_tree/errors.hpp"
#include "opwire/dns_tree/trees_for_test.hpp"
#include "opwire/dns_tree/vectors_for_test.hpp"

namespace opwire::dns_tree {
namespace {

using test::ids_of;

/// Everything below an entry, and how deep it goes.
struct Gathered {
  std::vector<discv5::RecordPtr> records;
  std::vector<Link> links;
  std::size_t entries = 0;
  unsigned depth = 0;
};
void gather(const MadeTree& tree, const EntryHash& name, unsigned depth, Gathered& into) {
  const std::string& text = tree.texts.at(to_text(name) + "." + tree.link.domain());
  EXPECT_EQ(hash_of(text), name);
  ++into.entries;
  into.depth = std::max(into.depth, depth);
  const Entry entry = parse_entry(text).value();
  if (const auto* record = std::get_if<discv5::RecordPtr>(&entry)) return into.records.push_back(*record);
  if (const auto* link = std::get_if<Link>(&entry)) return into.links.push_back(*link);
  EXPECT_LT(text.size(), 370u);
  for (const EntryHash& child : std::get<Branch>(entry)) gather(tree, child, depth + 1, into);
}
Root root_of(const MadeTree& tree) {
  return parse_root(tree.texts.at(tree.link.domain()), tree.link.public_key()).value();
}

TEST(MakeTree, HoldsEachRecordAndLinkOnce) {
  const auto all = test::records_of(1, 200);
  for (const std::size_t count : {0, 1, 2, 13, 14, 169, 170, 200}) {
    const std::vector<discv5::RecordPtr> records(all.begin(), all.begin() + static_cast<std::ptrdiff_t>(count));
    const std::vector<Link> links{test::link_to("b"), test::link_to("a"), test::link_to("b")};
    const MadeTree tree = test::tree_of("n", records, links, 7);
    const Root root = root_of(tree);
    EXPECT_EQ(root.seq, 7u);
    Gathered found;
    gather(tree, root.records, 0, found);
    EXPECT_EQ(ids_of(found.records), ids_of(records)) << count;
    EXPECT_TRUE(found.links.empty());
    EXPECT_EQ(found.depth, count <= 1 ? 0u : count <= 13 ? 1u : count <= 169 ? 2u : 3u) << count;
    gather(tree, root.links, 0, found);
    EXPECT_EQ(found.links, (std::vector<Link>{test::link_to("a"), test::link_to("b")}));
    EXPECT_EQ(tree.texts.size(), found.entries + 1) << "nothing else";
  }
}

TEST(MakeTree, IsTheSameWhateverTheOrder) {
  auto records = test::records_of(1, 30);
  const MadeTree tree = test::tree_of("n", records);
  std::ranges::reverse(records);
  EXPECT_EQ(test::tree_of("n", records).texts, tree.texts);
}

TEST(MakeTree, TakesTheNewestOfANode) {
  const MadeTree tree = test::tree_of("n", {test::record_of(1, 2), test::record_of(1, 3), test::record_of(1, 1)});
  Gathered found;
  gather(tree, root_of(tree).records, 0, found);
  ASSERT_EQ(found.records.size(), 1u);
  EXPECT_EQ(found.records[0]->seq(), 3u);
}

TEST(MakeTree, MakesTheExamplesEntries) {
  const auto example = test::published_tree("example");
  TreeContent content;
  for (const auto& [name, text] : example.entries) {
    const Entry entry = parse_entry(text).value();
    if (const auto* record = std::get_if<discv5::RecordPtr>(&entry)) content.records.push_back(*record);
    if (const auto* link = std::get_if<Link>(&entry)) content.links.push_back(*link);
  }
  const MadeTree tree = make_tree(content, "n", test::key_of(1)).value();
  for (const auto& [name, text] : example.entries) EXPECT_EQ(tree.texts.at(name + ".n"), text);
}

TEST(MakeTree, RefusesAKeyOrADomainThatIsNone) {
  EXPECT_TRUE(make_tree({}, "a..b", test::key_of(1)).error().is(errors::kBadLink));
  EXPECT_FALSE(make_tree({}, "n", Bytes(32)));
  EXPECT_FALSE(make_tree({}, "n", Bytes(31, 1)));
}

}  // namespace
}  // namespace opwire::dns_tree
