#include "opwire/multiformats/peer_id.hpp"

#include <gtest/gtest.h>

#include <unordered_set>

#include "opwire/multiformats/errors.hpp"
#include "opwire/multiformats/key_protobuf.hpp"
#include "opwire/multiformats/multibase.hpp"
#include "opwire/multiformats/vectors_for_test.hpp"

namespace opwire {
namespace {

using multiformats::load_vectors;
using multiformats::text_at;
using multiformats::unhex;

static_assert(std::is_trivially_copyable_v<PeerId>);
static_assert(sizeof(PeerId) <= 48);

constexpr std::string_view kEd25519Id = "12D3KooWBtg3aaRMjxwedh83aGiUkwSxDwUZkzuJcfaqUmo7R3pq";
constexpr std::string_view kRsaId = "QmaeANgBs1DTSxWSrPPtobgQuxW8XTfsS4ydbK4rCHzqxG";

std::string cid_hex(const PeerId& id) {
  return "0172" + codec::to_hex(id.bytes());
}

void expect_refused(std::string_view text) {
  const auto id = PeerId::parse_text(text);
  ASSERT_FALSE(id) << text;
  EXPECT_TRUE(id.error().is(multiformats::errors::kBadPeerId)) << text;
}

TEST(PeerId, KeysOfTheSpecification) {
  const auto vectors = load_vectors("peer-id-keys.json");
  for (const auto& [name, vector] : vectors.at("keys").as_object()) {
    const auto key = multiformats::parse_public_key(unhex(text_at(vector, "public")));
    ASSERT_TRUE(key) << name;
    const PeerId id = PeerId::of(*key);
    EXPECT_EQ(codec::to_hex(id.bytes()), text_at(vector, "derived_multihash")) << name;
    EXPECT_EQ(id.to_string(), text_at(vector, "derived_peer_id_base58")) << name;
    EXPECT_EQ(PeerId::parse_text(text_at(vector, "derived_peer_id_base58")).value(), id) << name;
    EXPECT_EQ(PeerId::parse(id.bytes()).value(), id) << name;
  }
}

TEST(PeerId, TextsOfTheSpecification) {
  const auto vectors = load_vectors("peer-id-keys.json");
  const auto& texts = vectors.at("string_examples");
  EXPECT_EQ(PeerId::parse_text(text_at(texts, "cid_sha256")).value(),
            PeerId::parse_text(text_at(texts, "base58_sha256")).value());
  EXPECT_EQ(PeerId::parse_text(text_at(texts, "base58_ed25519"))->to_string(), text_at(texts, "base58_ed25519"));
}

TEST(PeerId, NodesOfTheOpStack) {
  const auto vectors = load_vectors("opstack/node_identity_vectors.json");
  int checked = 0;
  for (const auto& vector : vectors.at("vectors").as_array()) {
    const auto& object = vector.as_object();
    constexpr std::string_view kScheme = "enode://";
    const std::string_view point = object.contains("enode") ? text_at(vector, "enode").substr(kScheme.size(), 128)
                                                            : text_at(vector, "pubkey_uncompressed");
    const auto key = crypto::PublicKey::parse(crypto::KeyType::kSecp256k1, unhex("04" + std::string(point)));
    ASSERT_TRUE(key) << point;
    EXPECT_EQ(PeerId::of(*key).to_string(), text_at(vector, "libp2p_peer_id"));
    ++checked;
  }
  EXPECT_EQ(checked, 4);
}

TEST(PeerId, CidTextInEveryBase) {
  const PeerId id = PeerId::parse_text(kRsaId).value();
  const Bytes cid = unhex(cid_hex(id));
  EXPECT_EQ(PeerId::parse_text("b" + multiformats::to_base32(cid)).value(), id);
  EXPECT_EQ(PeerId::parse_text("z" + multiformats::to_base58(cid)).value(), id);
  EXPECT_EQ(PeerId::parse_text("u" + multiformats::to_base64url(cid)).value(), id);
  EXPECT_EQ(PeerId::parse_text("f" + cid_hex(id)).value(), id);
}

TEST(PeerId, RefusesCidsOfOtherThings) {
  const std::string multihash = codec::to_hex(PeerId::parse_text(kRsaId)->bytes());
  expect_refused("f0170" + multihash);  // dag-pb
  expect_refused("f0072" + multihash);
  expect_refused("f0272" + multihash);
  expect_refused("f01f200" + multihash);  // the codec's varint is not minimal
  expect_refused("f0172");
  expect_refused("f01");
  expect_refused("f");
}

TEST(PeerId, RefusesOtherText) {
  for (const std::string_view text :
       {"", "1", "Qm", "11", "12D3KooW", "hello", "?", "QmaeANgBs1DTSxWSrPPtobgQuxW8XTfsS4ydbK4rCHzqx",
        "QmaeANgBs1DTSxWSrPPtobgQuxW8XTfsS4ydbK4rCHzqxG1", "QmaeANgBs1DTSxWSrPPtobgQuxW8XTfsS4ydbK4rCHzqx0",
        " QmaeANgBs1DTSxWSrPPtobgQuxW8XTfsS4ydbK4rCHzqxG", "QmaeANgBs1DTSxWSrPPtobgQuxW8XTfsS4ydbK4rCHzqxG\n"})
    expect_refused(text);
  expect_refused("1" + std::string(300, '2'));
  expect_refused("f0172" + std::string(5000, '0'));
}

TEST(PeerId, RefusesOtherMultihashes) {
  const std::string digest(64, 'a');
  const auto parse_hex = [](const std::string& hex) { return PeerId::parse(unhex(hex)); };
  EXPECT_TRUE(parse_hex("1220" + digest));
  EXPECT_TRUE(parse_hex("002a" + std::string(84, 'a')));
  EXPECT_TRUE(parse_hex("0001aa"));
  for (const std::string& hex :
       {std::string(), std::string("12"), std::string("0000"), "1120" + digest, "1320" + digest, "1620" + digest,
        "121f" + digest.substr(2), "1221" + digest + "aa", "1220" + digest + "aa", "1220" + digest.substr(2),
        "002b" + std::string(86, 'a'), "12a000" + digest,
        "9200"
        "20" +
            digest,
        "00ac02" + std::string(600, 'a')}) {
    const auto id = parse_hex(hex);
    ASSERT_FALSE(id) << hex;
    EXPECT_TRUE(id.error().is(multiformats::errors::kBadPeerId)) << hex;
  }
}

TEST(PeerId, HoldsSmallKeys) {
  const PeerId id = PeerId::parse_text(kEd25519Id).value();
  const auto key = id.public_key();
  ASSERT_TRUE(key);
  EXPECT_EQ(PeerId::of(*key), id);
  EXPECT_FALSE(PeerId::parse_text(kRsaId)->public_key());
}

TEST(PeerId, HoldsOnlyCanonicalKeys) {
  const std::string key = "1ed1e8fae2c4a144b8be8fd4b47bf3d3b34b871c3cacf6010f0e42d474fce27e";
  EXPECT_TRUE(PeerId::parse(unhex("002408011220" + key))->public_key());
  EXPECT_FALSE(PeerId::parse(unhex("00241220" + key + "0801"))->public_key());      // fields swapped
  EXPECT_FALSE(PeerId::parse(unhex("002608011220" + key + "1801"))->public_key());  // one more field
  EXPECT_FALSE(PeerId::parse(unhex("0004aaaaaaaa"))->public_key());
}

TEST(PeerId, ShortForm) {
  EXPECT_EQ(PeerId::parse_text(kEd25519Id)->short_string(), "…o7R3pq");
}

TEST(PeerId, ComparesAndHashes) {
  std::unordered_set<PeerId> ids;
  for (const std::string_view text : {kEd25519Id, kRsaId, kEd25519Id}) ids.insert(PeerId::parse_text(text).value());
  ids.insert(PeerId::parse(unhex("0001aa")).value());
  ids.insert(PeerId::parse(unhex("0002aa00")).value());
  EXPECT_EQ(ids.size(), 4U);
}

}  // namespace
}  // namespace opwire
