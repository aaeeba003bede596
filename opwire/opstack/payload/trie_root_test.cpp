#include "opwire/opstack/payload/trie_root.hpp"

#include "opwire/opstack/payload/block_hash.hpp"
#include "opwire/opstack/payload/vectors_for_test.hpp"

namespace opwire::opstack {
namespace {

std::size_t value_size(std::string_view rule, std::size_t i) {
  if (rule == "1") return 1;
  return rule == "100+i%50" ? 100 + i % 50 : i % 70;
}

std::vector<Bytes> make_values(std::string_view rule, std::size_t count) {
  std::vector<Bytes> values;
  for (std::size_t i = 0; i < count; ++i) {
    Bytes& value = values.emplace_back(value_size(rule, i));
    for (std::size_t j = 0; j < value.size(); ++j) value[j] = static_cast<std::uint8_t>(i * 31 + j * 7 + i / 256);
  }
  return values;
}

TEST(TrieRoot, IsOpGeths) {
  const auto vectors = read_vectors("ordered_trie_roots.json");
  ASSERT_GT(vectors.at("roots").as_array().size(), 40u);
  for (const auto& vector : vectors.at("roots").as_array()) {
    const auto count = static_cast<std::size_t>(vector.at("count").as_int64());
    SCOPED_TRACE(text_of(vector.at("sizes")) + " x " + std::to_string(count));
    const auto values = make_values(text_of(vector.at("sizes")), count);
    crypto::Keccak256Batch hash;
    EXPECT_EQ(
        ordered_trie_root(count, [&](std::size_t i) { return ByteView(values[i]); }, hash), hash_of(vector.at("root")));
  }
}

TEST(TrieRoot, OfWithdrawals) {
  Address nine;
  nine.bytes[0] = 9;
  const auto list = WithdrawalList::make({{1, 2, nine, 3}, {std::uint64_t{1} << 40, 0, {}, 127}}).value();
  EXPECT_EQ(withdrawals_root(list), hash_of(read_vectors("ordered_trie_roots.json").at("withdrawals").at("root")));
  EXPECT_EQ(codec::to_hex(withdrawals_root({}).view()),
            "56e81f171bcc55a6ff8345e692c0f86e5b48e01b996cadc001622fb5e363b421");
}

}  // namespace
}  // namespace opwire::opstack
