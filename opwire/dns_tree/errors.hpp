#pragma once

#include "opwire/base/error.hpp"

namespace opwire::dns_tree::errors {
// What is wrong with a text.
inline constexpr ErrorKind kBadLink{"dns_tree.bad_link", "not \"enrtree://\", a key in base32, \"@\" and a domain"};
inline constexpr ErrorKind kBadRoot{"dns_tree.bad_root", "tree's root is malformed"};
inline constexpr ErrorKind kRootSignature{"dns_tree.root_signature", "tree's root is not signed by the link's key"};
inline constexpr ErrorKind kUnknownEntry{"dns_tree.unknown_entry", "text is no branch, link or record"};
inline constexpr ErrorKind kBadBranch{"dns_tree.bad_branch", "branch is no list of hashes"};
inline constexpr ErrorKind kTooLong{"dns_tree.too_long", "text is longer than any that fits a DNS answer over UDP"};
// What is wrong where it stands.
inline constexpr ErrorKind kNoRoot{"dns_tree.no_root", "name has no tree's root"};
inline constexpr ErrorKind kOldRoot{"dns_tree.old_root",
                                    "tree's root is older than one that was seen, or as old and another"};
inline constexpr ErrorKind kEntryHash{"dns_tree.entry_hash", "no text of the name has the hash that the name is"};
inline constexpr ErrorKind kMisplaced{"dns_tree.misplaced_entry", "link among the records, or record among the links"};
inline constexpr ErrorKind kLinkKey{"dns_tree.link_key", "domain is linked to with another key"};
// What is too much.
inline constexpr ErrorKind kTooDeep{"dns_tree.too_deep", "branches of branches beyond all need"};
inline constexpr ErrorKind kTooManyEntries{"dns_tree.too_many_entries", "trees have more entries than we look at"};
inline constexpr ErrorKind kTooManyTrees{"dns_tree.too_many_trees", "more trees than we look at"};
}  // namespace opwire::dns_tree::errors
