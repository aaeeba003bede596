// Making a tree to publish: the TXT records of a zone.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "opwire/dns_tree/tree.hpp"

namespace opwire::dns_tree {

struct TreeContent {
  std::vector<discv5::RecordPtr> records;  ///< of two of the same node, the newer is taken
  std::vector<Link> links;                 ///< to other trees
  std::uint64_t seq = 1;                   ///< higher with every change
};

struct MadeTree {
  Link link;                                 ///< what is given to those who shall use it
  std::map<std::string, std::string> texts;  ///< whole names, and the TXT record of each
};

/// The same content makes the same tree. private_key: 32 bytes. Errors: kTooManyEntries, kBadLink (the domain);
/// crypto's kBadKey.
Result<MadeTree> make_tree(const TreeContent& content, std::string_view domain, ByteView private_key);

}  // namespace opwire::dns_tree
