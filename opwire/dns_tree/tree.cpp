#include "opwire/dns_tree/tree.hpp"

#include <algorithm>
#include <optional>

#include "opwire/crypto/ecdsa_compact.hpp"
#include "opwire/crypto/ecdsa_recovery.hpp"
#include "opwire/crypto/hash.hpp"
#include "opwire/crypto/keys.hpp"
#include "opwire/dns_tree/errors.hpp"
#include "opwire/multiformats/ip_text.hpp"
#include "opwire/multiformats/multibase.hpp"

namespace opwire::dns_tree {
namespace {

constexpr std::string_view kRootScheme = "enrtree-root:v1",
                           kBranchScheme = "enrtree-branch:", kLinkScheme = "enrtree://",
                           kRecordScheme = "enr:", kSignatureField = " sig=";
constexpr std::size_t kHashDigits = 26, kKeyDigits = 53;
constexpr std::size_t kMaxName = 253, kMaxLabel = 63;  // of DNS, without the dots at the end

bool is_upper(char c) noexcept {
  return c >= 'A' && c <= 'Z';
}
bool is_lower(char c) noexcept {
  return c >= 'a' && c <= 'z';
}
bool is_digit(char c) noexcept {
  return c >= '0' && c <= '9';
}
char to_lower(char c) noexcept {
  return is_upper(c) ? static_cast<char>(c - 'A' + 'a') : c;
}
char to_upper(char c) noexcept {
  return is_lower(c) ? static_cast<char>(c - 'a' + 'A') : c;
}

// RFC 4648's own base32 is in upper case, multibase's in lower.
std::string to_base32(ByteView bytes) {
  std::string text = multiformats::to_base32(bytes);
  std::ranges::transform(text, text.begin(), to_upper);
  return text;
}
std::optional<Bytes> from_base32(std::string_view text) {
  if (std::ranges::any_of(text, is_lower)) return std::nullopt;
  std::string lower(text);
  std::ranges::transform(lower, lower.begin(), to_lower);
  auto bytes = multiformats::from_base32(lower);
  return bytes ? std::optional(std::move(*bytes)) : std::nullopt;
}

std::optional<EntryHash> parse_hash(std::string_view text) {
  if (text.size() != kHashDigits) return std::nullopt;
  const auto bytes = from_base32(text);
  return bytes ? EntryHash::from(*bytes) : std::nullopt;
}

bool is_label(std::string_view text) noexcept {
  return !text.empty() && text.size() <= kMaxLabel && std::ranges::all_of(text, [](char c) {
    return is_upper(c) || is_lower(c) || is_digit(c) || c == '-' || c == '_';
  });
}
bool is_domain(std::string_view text) noexcept {
  if (text.size() > kMaxName - kHashDigits - 1) return false;
  while (true) {
    const std::size_t dot = text.find('.');
    if (!is_label(text.substr(0, dot))) return false;
    if (dot == std::string_view::npos) return true;
    text.remove_prefix(dot + 1);
  }
}

Error bad_link(const char* what) {
  return Error(errors::kBadLink, what);
}
Error bad_root(const char* what) {
  return Error(errors::kBadRoot, what);
}

/// Takes the name and what stands behind it, up to a blank.
std::optional<std::string_view> take_field(std::string_view& text, std::string_view name) noexcept {
  if (!text.starts_with(name)) return std::nullopt;
  text.remove_prefix(name.size());
  const std::string_view value = text.substr(0, text.find(' '));
  text.remove_prefix(value.size());
  return value;
}

std::string unsigned_text(const Root& root) {
  return std::string(kRootScheme) + " e=" + to_text(root.records) + " l=" + to_text(root.links) +
         " seq=" + std::to_string(root.seq);
}

// Up to the signature, which is left in the text.
Result<Root> parse_unsigned(std::string_view& text) {
  if (!text.starts_with(kRootScheme)) return bad_root("it does not begin with enrtree-root:v1");
  text.remove_prefix(kRootScheme.size());
  const auto records = take_field(text, " e=");
  const auto links = records ? take_field(text, " l=") : std::nullopt;
  const auto seq = links ? take_field(text, " seq=") : std::nullopt;
  if (!seq) return bad_root("its fields are not e, l, seq, sig");
  const auto records_hash = parse_hash(*records);
  const auto links_hash = parse_hash(*links);
  const auto number = multiformats::parse_decimal(*seq, UINT64_MAX);
  if (!records_hash || !links_hash) return bad_root("no hash of 16 bytes in base32");
  if (!number) return bad_root("seq is no number");
  return Root{*records_hash, *links_hash, *number};
}

Result<Branch> parse_branch(std::string_view text) {
  Branch branch;
  while (!text.empty()) {
    const auto hash = parse_hash(text.substr(0, kHashDigits));
    if (!hash) return errors::kBadBranch;
    branch.push_back(*hash);
    text.remove_prefix(kHashDigits);
    if (text.empty()) break;
    if (text.front() != ',' || text.size() == 1) return errors::kBadBranch;
    text.remove_prefix(1);
  }
  return branch;
}

}  // namespace

EntryHash hash_of(std::string_view entry) noexcept {
  const Hash256 hash = crypto::keccak256(as_bytes(entry));
  return *EntryHash::from(hash.view().first(EntryHash::kSize));
}

std::string to_text(const EntryHash& hash) {
  return to_base32(hash.view());
}

Result<Link> Link::make(ByteView public_key, std::string_view domain) {
  if (public_key.size() != 33) return bad_link("the key has not 33 bytes");
  const auto key = crypto::PublicKey::parse(crypto::KeyType::kSecp256k1, public_key);
  if (!key) return bad_link("the key is no point of the curve");
  if (!is_domain(domain)) return bad_link("no domain");
  Link link;
  std::ranges::copy(public_key, link.public_key_.begin());
  link.domain_ = domain;
  std::ranges::transform(link.domain_, link.domain_.begin(), to_lower);
  return link;
}

Result<Link> Link::parse(std::string_view text) {
  if (!text.starts_with(kLinkScheme)) return bad_link("it does not begin with enrtree://");
  text.remove_prefix(kLinkScheme.size());
  const std::size_t at = text.find('@');
  if (at == std::string_view::npos) return bad_link("no key");
  if (at != kKeyDigits) return bad_link("the key has not 53 characters");
  const auto key = from_base32(text.substr(0, at));
  if (!key) return bad_link("the key is not in base32");
  return make(*key, text.substr(at + 1));
}

std::string Link::to_text() const {
  return std::string(kLinkScheme) + to_base32(public_key_) + "@" + domain_;
}

Result<Root> parse_root(std::string_view text, ByteView public_key) {
  if (text.size() > kMaxText) return errors::kTooLong;
  std::string_view rest = text;
  OPW_TRY(const Root root, parse_unsigned(rest));
  const std::string_view signed_text = text.substr(0, text.size() - rest.size());
  const auto field = take_field(rest, kSignatureField);
  if (!field || !rest.empty()) return bad_root("its fields are not e, l, seq, sig");
  const auto signature = multiformats::from_base64url(*field);
  if (!signature || signature->size() != crypto::RecoverableSignature::kSize) {
    return bad_root("the signature is not 65 bytes in base64url");
  }
  // The byte that recovery needs is not signed, and of no use where the key is known.
  const auto compact = crypto::CompactSignature::from(ByteView(*signature).first(crypto::CompactSignature::kSize));
  if (!crypto::verify_compact(public_key, *compact, crypto::keccak256(as_bytes(signed_text)))) {
    return errors::kRootSignature;
  }
  return root;
}

Result<std::string> sign_root(const Root& root, ByteView private_key) {
  std::string text = unsigned_text(root);
  OPW_TRY(const auto signature, crypto::sign_recoverable(private_key, crypto::keccak256(as_bytes(text))));
  text += std::string(kSignatureField) + multiformats::to_base64url(signature.view());
  return text;
}

std::string to_text(const Branch& branch) {
  std::string text(kBranchScheme);
  for (const EntryHash& child : branch) {
    if (text.size() > kBranchScheme.size()) text += ',';
    text += to_text(child);
  }
  return text;
}

Result<Entry> parse_entry(std::string_view text) {
  if (text.size() > kMaxText) return errors::kTooLong;
  if (text.starts_with(kBranchScheme)) {
    OPW_TRY(Branch branch, parse_branch(text.substr(kBranchScheme.size())));
    return Entry(std::move(branch));
  }
  if (text.starts_with(kLinkScheme)) {
    OPW_TRY(Link link, Link::parse(text));
    return Entry(std::move(link));
  }
  if (!text.starts_with(kRecordScheme)) return errors::kUnknownEntry;
  OPW_TRY(auto record, discv5::NodeRecord::parse_text(text));
  return Entry(discv5::RecordPtr(std::make_shared<discv5::NodeRecord>(std::move(record))));
}

Result<Root> find_root(std::span<const std::string> texts, ByteView public_key) {
  const auto found = std::ranges::find_if(texts, [](const auto& text) { return text.starts_with(kRootScheme); });
  if (found == texts.end()) return errors::kNoRoot;
  return parse_root(*found, public_key);
}

Result<Entry> find_entry(std::span<const std::string> texts, const EntryHash& name) {
  const auto found = std::ranges::find_if(texts, [&](const auto& text) { return hash_of(text) == name; });
  if (found == texts.end()) return errors::kEntryHash;
  return parse_entry(*found);
}

}  // namespace opwire::dns_tree
