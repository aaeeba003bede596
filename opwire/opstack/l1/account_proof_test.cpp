#include "opwire/opstack/l1/account_proof.hpp"

#include "opwire/codec/rlp.hpp"
#include "opwire/crypto/hash.hpp"
#include "opwire/opstack/l1/errors.hpp"
#include "opwire/opstack/l1/proofs_for_test.hpp"
#include "opwire/opstack/l1/read_signer.hpp"

namespace opwire::opstack {
namespace {

namespace rlp = codec::rlp;

template <class T>
testing::AssertionResult is_error(const Result<T>& result, const ErrorKind& kind) {
  if (!result && result.error().is(kind)) return testing::AssertionSuccess();
  return testing::AssertionFailure() << (result ? "no error" : result.error().message());
}

TEST(AccountProof, TheSlotIsNamedAfterItsText) {
  EXPECT_EQ(kUnsafeBlockSignerSlot, crypto::keccak256(as_bytes("systemconfig.unsafeblocksigner")));
}

TEST(AccountProof, ShowsTheSignersAddress) {
  const ProofVector vector(0);
  const auto proof = parse_account_proof(vector.answer);
  ASSERT_TRUE(proof);
  EXPECT_EQ(vector.slot, kUnsafeBlockSignerSlot);
  const auto word = vector.verify(*proof);
  ASSERT_TRUE(word) << word.error().message();
  EXPECT_EQ(codec::to_hex(word->view()), "000000000000000000000000715b7219d986641df9efd9c7ef01218d528e19ec");
}

TEST(AccountProof, ShowsThatASlotIsAbsent) {
  const ProofVector vector(1);
  const auto word = vector.verify(*parse_account_proof(vector.answer));
  ASSERT_TRUE(word) << word.error().message();
  EXPECT_TRUE(word->is_zero());
}

TEST(AccountProof, NoByteCanBeAnother) {
  const ProofVector vector(0);
  const AccountProof good = *parse_account_proof(vector.answer);
  for (std::vector<Bytes> AccountProof::* part : {&AccountProof::account, &AccountProof::storage}) {
    for (std::size_t node = 0; node < (good.*part).size(); ++node) {
      for (std::size_t at = 0; at < (good.*part)[node].size(); at += 7) {
        AccountProof changed = good;
        (changed.*part)[node][at] ^= 1;
        EXPECT_TRUE(is_error(vector.verify(changed), errors::kL1Proof));
      }
    }
  }
}

TEST(AccountProof, NoNodeCanBeMissing) {
  const ProofVector vector(0);
  const AccountProof good = *parse_account_proof(vector.answer);
  for (std::size_t node = 0; node < good.account.size(); ++node) {
    AccountProof changed = good;
    changed.account.erase(changed.account.begin() + static_cast<std::ptrdiff_t>(node));
    EXPECT_TRUE(is_error(vector.verify(changed), errors::kL1Proof));
  }
  AccountProof changed = good;
  changed.storage.pop_back();
  EXPECT_TRUE(is_error(vector.verify(changed), errors::kL1Proof));
  changed.storage.clear();
  EXPECT_TRUE(is_error(vector.verify(changed), errors::kL1Proof));
}

TEST(AccountProof, FurtherNodesArePassedOver) {
  const ProofVector vector(0);
  AccountProof more = *parse_account_proof(vector.answer);
  more.account.insert(more.account.begin() + 3, Bytes{0xc0});
  more.storage.push_back(Bytes{0xc0});
  EXPECT_TRUE(vector.verify(more));
}

TEST(AccountProof, AnotherQuestionHasNoAnswerInIt) {
  const ProofVector vector(0);
  const AccountProof proof = *parse_account_proof(vector.answer);
  Address account = vector.account;
  account.bytes[0] ^= 1;
  EXPECT_TRUE(is_error(verify_proof(vector.state_root, account, vector.slot, proof), errors::kL1Proof));
  Hash256 root = vector.state_root;
  root.bytes[0] ^= 1;
  EXPECT_TRUE(is_error(verify_proof(root, vector.account, vector.slot, proof), errors::kL1Proof));
}

TEST(AccountProof, AnEmptyStateHasNoAccount) {
  EXPECT_TRUE(is_error(verify_proof(empty_trie_root(), Address{}, Hash256{}, AccountProof()), errors::kL1NoAccount));
}

TEST(AccountProof, AnswersThatAreNone) {
  for (const char* text :
       {"null", "[]", "{}", R"({"accountProof":[],"storageProof":[]})",
        R"({"accountProof":["0x1"],"storageProof":[{"proof":[]}]})",
        R"({"accountProof":[7],"storageProof":[{"proof":[]}]})", R"({"accountProof":[],"storageProof":[{}]})",
        R"({"accountProof":[],"storageProof":[{"proof":[]},{"proof":[]}]})"}) {
    EXPECT_TRUE(is_error(parse_account_proof(boost::json::parse(text)), errors::kL1Answer));
  }
  const std::string long_node = R"({"accountProof":["0x)" + std::string(2 * kMaxProofNode + 2, '0') + R"("],)" +
                                R"("storageProof":[{"proof":[]}]})";
  EXPECT_TRUE(is_error(parse_account_proof(boost::json::parse(long_node)), errors::kL1Answer));
}

// A path in hex-prefix form: the path's nibbles from..to.
Bytes part(const Hash256& path, std::size_t from, std::size_t to, bool leaf) {
  Bytes nibbles{static_cast<std::uint8_t>((leaf ? 2 : 0) | ((to - from) % 2))};
  if ((to - from) % 2 == 0) nibbles.push_back(0);
  for (std::size_t i = from; i < to; ++i) {
    nibbles.push_back(i % 2 == 0 ? path.bytes[i / 2] >> 4 : path.bytes[i / 2] & 15);
  }
  Bytes packed;
  for (std::size_t i = 0; i < nibbles.size(); i += 2) {
    packed.push_back(static_cast<std::uint8_t>(nibbles[i] << 4 | nibbles[i + 1]));
  }
  return packed;
}

Bytes pair_of(const Bytes& first, ByteView second_encoded) {
  Bytes node;
  rlp::append_bytes(node, first);
  node.insert(node.end(), second_encoded.begin(), second_encoded.end());
  rlp::wrap_list(node, 0);
  return node;
}
Bytes text(std::initializer_list<std::uint8_t> bytes) {
  Bytes encoded;
  rlp::append_bytes(encoded, Bytes(bytes));
  return encoded;
}
// With one child.
Bytes branch(std::uint8_t nibble, ByteView child_encoded) {
  Bytes node;
  for (std::uint8_t i = 0; i < 17; ++i) {
    if (i == nibble) {
      node.insert(node.end(), child_encoded.begin(), child_encoded.end());
    } else {
      rlp::append_bytes(node, {});
    }
  }
  rlp::wrap_list(node, 0);
  return node;
}

struct OwnTrie {
  OwnTrie() { path.bytes.fill(0x37); }
  Result<ByteView> look(const Bytes& root_node) {
    nodes = {root_node};
    return verify_trie_proof(crypto::keccak256(root_node), path, nodes);
  }
  Hash256 path;
  std::vector<Bytes> nodes;
};

TEST(TrieProof, NodesInsideOfNodes) {
  OwnTrie trie;
  const Bytes leaf = pair_of(part(trie.path, 61, 64, true), text({0x05}));
  const Bytes inner = branch(0x3, leaf);
  ASSERT_LT(inner.size(), 32U);
  const Bytes root = pair_of(part(trie.path, 0, 60, false), inner);
  const auto value = trie.look(root);
  ASSERT_TRUE(value) << value.error().message();
  EXPECT_TRUE(equal(*value, Bytes{0x05}));
  const auto absent = trie.look(pair_of(part(trie.path, 0, 60, false), branch(0x4, leaf)));
  EXPECT_TRUE(absent && absent->empty());
}

// The way to our key ends at another's: that shows ours to be absent, and must not give the other's value.
TEST(TrieProof, AnothersValueIsNotOurs) {
  OwnTrie trie;
  const Bytes leaf = pair_of(part(trie.path, 0, 64, true), text({0x05, 0x06}));
  const Bytes inner = branch(0x3, pair_of(part(trie.path, 61, 64, true), text({0x05})));
  const Bytes extension = pair_of(part(trie.path, 0, 60, false), inner);
  for (const Bytes& root : {leaf, extension}) {
    EXPECT_FALSE(trie.look(root)->empty());
    for (const std::size_t byte : {0, 15, 29}) {
      OwnTrie other;
      other.path.bytes[byte] ^= 0x10;
      const auto absent = other.look(root);
      EXPECT_TRUE(absent && absent->empty()) << byte;
    }
  }
  OwnTrie last;
  last.path.bytes[31] ^= 1;
  EXPECT_TRUE(last.look(leaf)->empty());
  EXPECT_TRUE(last.look(extension)->empty());
}

TEST(TrieProof, RefusesNodesThatAreNone) {
  OwnTrie trie;
  const Bytes whole = part(trie.path, 0, 64, true);
  EXPECT_TRUE(trie.look(pair_of(whole, text({0x05, 0x06}))));
  EXPECT_TRUE(is_error(trie.look({}), errors::kL1Proof));
  EXPECT_TRUE(is_error(trie.look({0xc0}), errors::kL1Proof));
  EXPECT_TRUE(is_error(trie.look(pair_of(whole, text({}))), errors::kL1Proof));  // an empty value
  EXPECT_TRUE(is_error(trie.look(pair_of(part(trie.path, 0, 63, true), text({5}))), errors::kL1Proof));
  EXPECT_TRUE(is_error(trie.look(pair_of(part(trie.path, 0, 0, false), text({5}))), errors::kL1Proof));
  EXPECT_TRUE(is_error(trie.look(pair_of(part(trie.path, 0, 64, false), text({5}))), errors::kL1Proof));
  EXPECT_TRUE(is_error(trie.look(pair_of({}, text({5}))), errors::kL1Proof));
  EXPECT_TRUE(is_error(trie.look(branch(0x3, text({5, 6}))), errors::kL1Proof));  // neither a hash nor a node
  EXPECT_TRUE(is_error(trie.look(branch(0x3, pair_of(part(trie.path, 0, 63, true), text({5})))),
                       errors::kL1Proof));  // too long
  Bytes flagged = whole;
  flagged[0] |= 0x40;
  EXPECT_TRUE(is_error(trie.look(pair_of(flagged, text({5}))), errors::kL1Proof));
  Bytes padded = whole;
  padded[0] |= 0x01;
  EXPECT_TRUE(is_error(trie.look(pair_of(padded, text({5}))), errors::kL1Proof));
}

}  // namespace
}  // namespace opwire::opstack
