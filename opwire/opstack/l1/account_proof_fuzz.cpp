// Any text as the answer of eth_getProof, and any bytes as the nodes of a trie: whatever is shown under a root, that
// root is the first node's hash, and the value stands in a node.
#include <boost/json/parse.hpp>

#include "opwire/crypto/hash.hpp"
#include "opwire/opstack/l1/account_proof.hpp"

namespace {

using namespace opwire;
using namespace opwire::opstack;

// Each node is a length and so many bytes; the roots are made to fit, so that the walk goes deep.
void walk(ByteView bytes) {
  Hash256 path;
  if (bytes.size() < path.bytes.size()) return;
  std::copy_n(bytes.begin(), path.bytes.size(), path.bytes.begin());
  bytes = bytes.subspan(path.bytes.size());
  std::vector<Bytes> nodes;
  while (!bytes.empty() && nodes.size() <= kMaxProofNodes) {
    const std::size_t size = std::min<std::size_t>(bytes[0], bytes.size() - 1);
    nodes.push_back(to_bytes(bytes.subspan(1, size)));
    bytes = bytes.subspan(1 + size);
  }
  if (nodes.empty()) return;
  // From the last one on, the zeros of a would-be hash become the next node's.
  for (std::size_t i = nodes.size() - 1; i > 0; --i) {
    const ByteArray<32> blank{};
    auto& above = nodes[i - 1];
    const auto at = std::search(above.begin(), above.end(), blank.begin(), blank.end());
    if (at != above.end()) std::ranges::copy(crypto::keccak256(nodes[i]).bytes, at);
  }
  const auto value = verify_trie_proof(crypto::keccak256(nodes[0]), path, nodes);
  if (!value || value->empty()) return;
  OPW_CHECK(std::ranges::any_of(nodes, [&](const Bytes& node) {
    return value->data() >= node.data() && value->data() + value->size() <= node.data() + node.size();
  }));
  Hash256 other = crypto::keccak256(nodes[0]);
  other.bytes[0] ^= 1;
  OPW_CHECK(!verify_trie_proof(other, path, nodes));
}

void read(std::string_view text) {
  boost::json::error_code failed;
  const boost::json::value answer = boost::json::parse({text.data(), text.size()}, failed);
  if (failed) return;
  const auto proof = parse_account_proof(answer);
  if (!proof) return;
  OPW_CHECK(proof->account.size() <= kMaxProofNodes && proof->storage.size() <= kMaxProofNodes);
  (void)verify_proof(empty_trie_root(), Address{}, Hash256{}, *proof);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  walk({data, size});
  read(as_text({data, size}));
  return 0;
}
