// Node trees in DNS (EIP-1459): what stands in their TXT records.
//
// A tree is at a domain. The TXT record there is its root, signed by the tree's key, and names two entries: where its
// records begin, and where its links to other trees do. An entry is a branch (names of entries), a link or a record;
// its name is a hash of its text, and its subdomain.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "opwire/base/result.hpp"
#include "opwire/base/strong.hpp"
#include "opwire/discv5/contact.hpp"

namespace opwire::dns_tree {

/// Of a text: the EIP wants at most 512 bytes in a DNS answer. Checked before anything is parsed.
inline constexpr std::size_t kMaxText = 1024;
/// Of a branch that we make: its text has then 365 bytes.
inline constexpr std::size_t kMaxChildren = 13;

/// The first half of keccak256 of an entry's text.
using EntryHash = FixedBytes<16, struct EntryHashTag>;
EntryHash hash_of(std::string_view entry) noexcept;
/// The subdomain: 26 characters of base32, upper case.
std::string to_text(const EntryHash& hash);

/// Where a tree is, and whose it is. enrtree://<public key in base32>@<domain>
class Link {
 public:
  /// Errors: kBadLink.
  static Result<Link> parse(std::string_view text);
  /// public_key: 33 bytes, compressed. Errors: kBadLink.
  static Result<Link> make(ByteView public_key, std::string_view domain);
  std::string to_text() const;

  const ByteArray<33>& public_key() const noexcept { return public_key_; }
  /// Lower case, short enough to have entries.
  const std::string& domain() const noexcept { return domain_; }

  friend auto operator<=>(const Link&, const Link&) = default;

 private:
  Link() = default;
  std::string domain_;
  ByteArray<33> public_key_{};
};

/// enrtree-root:v1 e=<records> l=<links> seq=<seq> sig=<signature>
struct Root {
  EntryHash records;
  EntryHash links;
  std::uint64_t seq = 0;
  bool operator==(const Root&) const = default;
};
/// Errors: kTooLong, kBadRoot, kRootSignature.
Result<Root> parse_root(std::string_view text, ByteView public_key);
/// private_key: 32 bytes. Errors: crypto's kBadKey.
Result<std::string> sign_root(const Root& root, ByteView private_key);

/// enrtree-branch:<hash>,<hash>,...; may be empty.
using Branch = std::vector<EntryHash>;
std::string to_text(const Branch& branch);

using Entry = std::variant<Branch, Link, discv5::RecordPtr>;
/// Errors: kTooLong, kUnknownEntry, kBadBranch, kBadLink; those of discv5::NodeRecord.
Result<Entry> parse_entry(std::string_view text);

// A name may have other TXT records beside the tree's.
/// Errors: kNoRoot; parse_root's.
Result<Root> find_root(std::span<const std::string> texts, ByteView public_key);
/// Errors: kEntryHash; parse_entry's.
Result<Entry> find_entry(std::span<const std::string> texts, const EntryHash& name);

}  // namespace opwire::dns_tree
