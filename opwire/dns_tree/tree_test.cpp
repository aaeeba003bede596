#include "opwire/dns_tree/tree.hpp"

#include <gtest/gtest.h>

#include "opwire/codec/hex.hpp"
#include "opwire/crypto/ecdsa_recovery.hpp"
#include "opwire/discv5/errors.hpp"
#include "opwire/dns_tree/errors.hpp"
#include "opwire/dns_tree/trees_for_test.hpp"
#include "opwire/dns_tree/vectors_for_test.hpp"

namespace opwire::dns_tree {
namespace {

constexpr std::string_view kLink = "enrtree://AM5FCQLWIZX2QFPNJAP7VUERCCRNGRHWZG3YYHIUV7BVDQ5FDPRT2@nodes.example.org";
constexpr std::string_view kHash = "JWXYDBPXYWG6FX3GMDIBFA6CJ4";

std::string with_link(std::string_view key, std::string_view domain) {
  return "enrtree://" + std::string(key) + "@" + std::string(domain);
}

TEST(TreeVectors, TheExampleHolds) {
  const auto tree = test::published_tree("example");
  const Link link = Link::parse(tree.link).value();
  const Root root = parse_root(tree.root, link.public_key()).value();
  EXPECT_EQ(to_text(root.records), "JWXYDBPXYWG6FX3GMDIBFA6CJ4");
  EXPECT_EQ(to_text(root.links), "C7HRFPF3BLGF3YR4DY5KX3SMBE");
  EXPECT_EQ(root.seq, 1u);
  std::size_t branches = 0;
  std::size_t links = 0;
  std::size_t records = 0;
  for (const auto& [name, text] : tree.entries) {
    EXPECT_EQ(to_text(hash_of(text)), name);
    const Entry entry = parse_entry(text).value();
    branches += std::holds_alternative<Branch>(entry);
    links += std::holds_alternative<Link>(entry);
    records += std::holds_alternative<discv5::RecordPtr>(entry);
  }
  EXPECT_EQ(branches, 1u);
  EXPECT_EQ(links, 1u);
  EXPECT_EQ(records, 3u);
  EXPECT_EQ(to_text(std::get<Branch>(parse_entry(tree.entries.at(std::string(kHash))).value())),
            tree.entries.at(std::string(kHash)));
}

TEST(TreeVectors, TheExamplesKey) {
  const std::string text = test::published_tree("example").link;
  const Link link = Link::parse(text).value();
  const auto key = crypto::uncompressed_key(link.public_key()).value();
  EXPECT_EQ(codec::to_hex(key), std::string_view(test::published("example").at("public_key").as_string()));
  EXPECT_EQ(link.domain(), "nodes.example.org");
  EXPECT_EQ(link.to_text(), text);
}

TEST(TreeVectors, ABrokenRecordUnderAGoodRoot) {
  const auto tree = test::published_tree("broken_record");
  const Link link = Link::parse(tree.link).value();
  const Root root = parse_root(tree.root, link.public_key()).value();
  EXPECT_EQ(root.seq, 3u);
  const std::vector<std::string> texts{tree.entries.at(to_text(root.records))};
  EXPECT_TRUE(find_entry(texts, root.records).error().is(discv5::errors::kBadRecordText));
}

TEST(TreeLink, DomainsAreWrittenInLowerCase) {
  EXPECT_EQ(Link::parse(with_link(kLink.substr(10, 53), "Nodes.EXAMPLE.org")).value().to_text(), kLink);
  EXPECT_TRUE(Link::parse(with_link(kLink.substr(10, 53), "n")));
  EXPECT_TRUE(Link::parse(with_link(kLink.substr(10, 53), "a_b-c.1")));
}

TEST(TreeLink, OthersAreRefused) {
  const std::string key(kLink.substr(10, 53));
  std::string lower = key;
  lower[5] = 'f';
  for (const std::string& text : {
           std::string(),
           std::string("enrtree://"),
           std::string("enrtree://nodes.example.org"),
           "enrtree:" + key + "@n",
           key + "@n",
           with_link(key, ""),
           with_link(key, "."),
           with_link(key, "a..b"),
           with_link(key, "a."),
           with_link(key, ".a"),
           with_link(key, "a b"),
           with_link(key, "a/b"),
           with_link(key, "a@b"),
           with_link(key, "n\n"),
           with_link(key, std::string(64, 'a')),
           with_link(lower, "n"),
           with_link(key.substr(1), "n"),
           with_link(key + "A", "n"),
           with_link(key.substr(0, 52) + "3", "n"),
           with_link(key.substr(0, 52) + "=", "n"),
           with_link(std::string(53, 'A'), "n"),
           with_link("AP62DT7WONEQZGQZOU474PP3KMEGVTTE7A7NPRXKX3DUD57TQHGIA", "n"),
       }) {
    const auto link = Link::parse(text);
    ASSERT_FALSE(link) << text;
    EXPECT_TRUE(link.error().is(errors::kBadLink)) << text;
  }
}

TEST(TreeLink, TheDomainLeavesRoomForEntries) {
  const std::string key(kLink.substr(10, 53));
  std::string domain;
  while (domain.size() < 224) domain += "a.";
  EXPECT_EQ((domain + "aa").size(), 226u);
  EXPECT_TRUE(Link::parse(with_link(key, domain + "aa")));
  EXPECT_FALSE(Link::parse(with_link(key, domain + "aaa")));
}

TEST(TreeRoot, IsReadAsItWasSigned) {
  const Link link = test::link_to("n");
  Root root;
  root.records = hash_of("a");
  root.links = hash_of("b");
  root.seq = UINT64_MAX;
  const std::string text = sign_root(root, test::key_of(test::kSigner)).value();
  EXPECT_EQ(parse_root(text, link.public_key()).value(), root);
  EXPECT_LE(text.size(), 255u) << "a string of a TXT record";
}

TEST(TreeRoot, AnotherKeyOrTextIsRefused) {
  const auto tree = test::published_tree("example");
  const Link link = Link::parse(tree.link).value();
  EXPECT_TRUE(parse_root(tree.root, test::link_to("n").public_key()).error().is(errors::kRootSignature));
  std::string changed = tree.root;
  changed.replace(changed.find("seq=1"), 5, "seq=2");
  EXPECT_TRUE(parse_root(changed, link.public_key()).error().is(errors::kRootSignature));
  std::string other_v = tree.root;
  other_v.replace(other_v.size() - 2, 2, "gE");
  EXPECT_TRUE(parse_root(other_v, link.public_key())) << "the last byte is for recovery alone";
}

TEST(TreeRoot, OthersAreRefused) {
  const auto tree = test::published_tree("example");
  const Link link = Link::parse(tree.link).value();
  const std::string h(kHash);
  const std::string sig = tree.root.substr(tree.root.find(" sig="));
  for (const std::string& text : {
           std::string(),
           std::string("enrtree-root"),
           std::string("enrtree-root:v1"),
           "enrtree-root:v2 e=" + h + " l=" + h,
           "enrtree-root:v1 e=" + h + " seq=3" + sig,
           "enrtree-root:v1 e=" + h + " l=" + h + sig,
           "enrtree-root:v1 e=" + h + " l=" + h + " seq=3",
           "enrtree-root:v1 e=" + h + " l=" + h + " seq=-3" + sig,
           "enrtree-root:v1 e=" + h + " l=" + h + " seq=03" + sig,
           "enrtree-root:v1 e=" + h + " l=" + h + " seq=18446744073709551616" + sig,
           "enrtree-root:v1 e= l=" + h + " seq=3" + sig,
           "enrtree-root:v1 e=" + h + "A l=" + h + " seq=3" + sig,
           "enrtree-root:v1 e=" + h.substr(0, 20) + " l=" + h + " seq=3" + sig,
           "enrtree-root:v1 l=" + h + " e=" + h + " seq=3" + sig,
           "enrtree-root:v1  e=" + h + " l=" + h + " seq=3" + sig,
           tree.root + " ",
           tree.root + "=",
           tree.root + "AAAA",
           tree.root.substr(0, tree.root.size() - 1),
           " " + tree.root,
       }) {
    const auto root = parse_root(text, link.public_key());
    ASSERT_FALSE(root) << text;
    EXPECT_TRUE(root.error().is(errors::kBadRoot)) << text;
  }
  EXPECT_TRUE(parse_root(tree.root + std::string(1024, ' '), link.public_key()).error().is(errors::kTooLong));
}

TEST(TreeBranch, EmptyAndFull) {
  EXPECT_TRUE(std::get<Branch>(parse_entry("enrtree-branch:").value()).empty());
  const Branch full(kMaxChildren, hash_of("a"));
  const std::string text = to_text(full);
  EXPECT_LT(text.size(), 370u);
  EXPECT_EQ(std::get<Branch>(parse_entry(text).value()), full);
}

TEST(TreeBranch, OthersAreRefused) {
  const std::string h(kHash);
  for (const std::string& hashes :
       {std::string("1,2"), h + ",", "," + h, h + ",," + h, h + h, h + " ", h + ";" + h, h.substr(1), "A" + h,
        h.substr(0, 25) + "5", h.substr(0, 25) + "j", std::string(53, 'A'), std::string(",")}) {
    const auto entry = parse_entry("enrtree-branch:" + hashes);
    ASSERT_FALSE(entry) << hashes;
    EXPECT_TRUE(entry.error().is(errors::kBadBranch)) << hashes;
  }
  EXPECT_TRUE(parse_entry(to_text(Branch(2000))).error().is(errors::kTooLong));
}

TEST(TreeEntry, OthersAreRefused) {
  for (const auto* text :
       {"", "foo", "enrtree", "enrtree-x=", "enrtree-branch", "ENR:", "enr", " enr:", "enrtree-root:v1"})
    EXPECT_TRUE(parse_entry(text).error().is(errors::kUnknownEntry)) << text;
  std::string record = test::record_of(1)->to_text();
  record[20] = record[20] == 'A' ? 'B' : 'A';
  EXPECT_FALSE(parse_entry(record));
}

TEST(TreeEntry, IsFoundAmongOtherTexts) {
  const std::string text = test::record_of(1)->to_text();
  const std::vector<std::string> texts{"v=spf1 -all", test::record_of(2)->to_text(), text};
  EXPECT_TRUE(find_entry(texts, hash_of(text)));
  EXPECT_TRUE(find_entry(texts, hash_of("x")).error().is(errors::kEntryHash));
  EXPECT_TRUE(find_entry({}, hash_of("x")).error().is(errors::kEntryHash));
  EXPECT_TRUE(find_entry(texts, hash_of("v=spf1 -all")).error().is(errors::kUnknownEntry));
  const auto tree = test::published_tree("example");
  const std::vector<std::string> at_root{"v=spf1 -all", tree.root};
  const Link link = Link::parse(tree.link).value();
  EXPECT_TRUE(find_root(at_root, link.public_key()));
  EXPECT_TRUE(find_root(texts, link.public_key()).error().is(errors::kNoRoot));
}

}  // namespace
}  // namespace opwire::dns_tree
