// Any text as a root, an entry and a link: what is taken is the same when it is written and read again.
#include "opwire/base/check.hpp"
#include "opwire/dns_tree/make_tree.hpp"

using namespace opwire;
using namespace opwire::dns_tree;

namespace {

const Bytes kPrivateKey(32, 7);

/// A signature cannot be guessed, so a root is made of the bytes, and then broken.
void check_made_root(ByteView input, const Link& link) {
  if (input.size() < 40) return;
  Root root;
  root.records = *EntryHash::from(input.first(16));
  root.links = *EntryHash::from(input.subspan(16, 16));
  root.seq = load_be<std::uint64_t>(input.data() + 32);
  std::string text = sign_root(root, kPrivateKey).value();
  OPW_CHECK(parse_root(text, link.public_key()).value() == root);
  text[input[0] % text.size()] = static_cast<char>(input[1]);
  if (const auto other = parse_root(text, link.public_key())) OPW_CHECK(*other == root);
}

void check_entry(const Entry& entry, std::string_view text) {
  if (const auto* branch = std::get_if<Branch>(&entry)) {
    OPW_CHECK(to_text(*branch) == text);
  } else if (const auto* link = std::get_if<Link>(&entry)) {
    OPW_CHECK(Link::parse(link->to_text()).value() == *link);
  } else {
    const auto& record = std::get<discv5::RecordPtr>(entry);
    OPW_CHECK(discv5::NodeRecord::parse_text(record->to_text()).value() == *record);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const Link link = make_tree({}, "nodes.example.org", kPrivateKey).value().link;
  const std::string_view text = as_text({data, size});
  (void)parse_root(text, link.public_key());
  check_made_root({data, size}, link);
  const auto entry = parse_entry(text);
  if (!entry) return 0;
  OPW_CHECK(size <= kMaxText);
  check_entry(*entry, text);
  return 0;
}
