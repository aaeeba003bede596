#include "opwire/dns_tree/make_tree.hpp"

#include <algorithm>
#include <set>

#include "opwire/crypto/keys.hpp"
#include "opwire/dns_tree/errors.hpp"
#include "opwire/dns_tree/forest.hpp"

namespace opwire::dns_tree {
namespace {

EntryHash put(MadeTree& tree, std::string text) {
  const EntryHash hash = hash_of(text);
  tree.texts[to_text(hash) + "." + tree.link.domain()] = std::move(text);
  return hash;
}

/// Branches over the entries, and over those, until one is above all. Nothing becomes an empty branch.
EntryHash put_branches(MadeTree& tree, std::vector<EntryHash> entries) {
  if (entries.empty()) return put(tree, to_text(Branch{}));
  while (entries.size() > 1) {
    std::vector<EntryHash> above;
    for (std::size_t i = 0; i < entries.size(); i += kMaxChildren) {
      const auto begin = entries.begin() + static_cast<std::ptrdiff_t>(i);
      const std::size_t count = std::min(kMaxChildren, entries.size() - i);
      above.push_back(put(tree, to_text(Branch(begin, begin + static_cast<std::ptrdiff_t>(count)))));
    }
    entries = std::move(above);
  }
  return entries.front();
}

// In the order of their ids, so that the same nodes make the same tree.
std::map<discv5::NodeId, discv5::RecordPtr> newest_of_each(const std::vector<discv5::RecordPtr>& records) {
  std::map<discv5::NodeId, discv5::RecordPtr> newest;
  for (const auto& record : records) {
    auto& known = newest[record->id()];
    if (!known || known->seq() < record->seq()) known = record;
  }
  return newest;
}

}  // namespace

Result<MadeTree> make_tree(const TreeContent& content, std::string_view domain, ByteView private_key) {
  OPW_TRY(const auto key, crypto::PrivateKey::parse(crypto::KeyType::kSecp256k1, private_key));
  OPW_TRY(Link link, Link::make(key.public_key().data(), domain));
  if (content.records.size() + content.links.size() > kMaxEntries / 2) return errors::kTooManyEntries;

  MadeTree tree{std::move(link), {}};
  std::vector<EntryHash> records;
  std::vector<EntryHash> links;
  for (const auto& [id, record] : newest_of_each(content.records)) records.push_back(put(tree, record->to_text()));
  for (const Link& other : std::set(content.links.begin(), content.links.end())) {
    links.push_back(put(tree, other.to_text()));
  }
  Root root;
  root.records = put_branches(tree, std::move(records));
  root.links = put_branches(tree, std::move(links));
  root.seq = content.seq;
  OPW_TRY(tree.texts[tree.link.domain()], sign_root(root, private_key));
  return tree;
}

}  // namespace opwire::dns_tree
