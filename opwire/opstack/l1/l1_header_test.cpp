#include "opwire/opstack/l1/l1_header.hpp"

#include "opwire/opstack/l1/errors.hpp"
#include "opwire/opstack/l1/headers_for_test.hpp"

namespace opwire::opstack {
namespace {

template <class T>
testing::AssertionResult is_error(const Result<T>& result, const ErrorKind& kind) {
  if (!result && result.error().is(kind)) return testing::AssertionSuccess();
  return testing::AssertionFailure() << (result ? "no error" : result.error().message());
}

// Ethereum's first block.
boost::json::object mainnet_genesis() {
  boost::json::object block = boost::json::parse(R"({
    "hash": "0xd4e56740f876aef8c010b86a40d5f56745a118d0906a34e69aec8c0db1cb8fa3",
    "sha3Uncles": "0x1dcc4de8dec75d7aab85b567b6ccd41ad312451b948a7413f0a142fd40d49347",
    "stateRoot": "0xd7f8974fb5ac78d9ac099b9ad5018bedc2ce0a72dad1827a1709da30580f0544",
    "transactionsRoot": "0x56e81f171bcc55a6ff8345e692c0f86e5b48e01b996cadc001622fb5e363b421",
    "receiptsRoot": "0x56e81f171bcc55a6ff8345e692c0f86e5b48e01b996cadc001622fb5e363b421",
    "difficulty": "0x400000000", "number": "0x0", "gasLimit": "0x1388", "gasUsed": "0x0", "timestamp": "0x0",
    "extraData": "0x11bbe8db4e347b4e8c937c1c8370e4b5ed33adb3db69cbdb7a38e1e50b1b82fa",
    "nonce": "0x0000000000000042", "size": "0x21c", "totalDifficulty": "0x400000000", "uncles": []})")
                                  .as_object();
  block["parentHash"] = block["mixHash"] = "0x" + std::string(64, '0');
  block["miner"] = "0x" + std::string(40, '0');
  block["logsBloom"] = "0x" + std::string(512, '0');
  return block;
}

TEST(L1Header, EthereumsFirst) {
  const auto header = verify_l1_header(mainnet_genesis());
  ASSERT_TRUE(header) << header.error().message();
  EXPECT_EQ(header->number.value, 0U);
  EXPECT_EQ(codec::to_hex(header->state_root.view()),
            "d7f8974fb5ac78d9ac099b9ad5018bedc2ce0a72dad1827a1709da30580f0544");
}

TEST(L1Header, OfLaterForks) {
  for (const char* name :
       {"op_sepolia_block_26207960_v3_unsigned.json", "unichain_sepolia_block_35535698_v4_unsigned.json"}) {
    const auto header = verify_l1_header(header_of_vector(name));
    EXPECT_TRUE(header) << name << ": " << header.error().message();
  }
}

TEST(L1Header, EveryFieldCounts) {
  const boost::json::object good = header_of_vector("unichain_sepolia_block_35535698_v4_unsigned.json");
  for (const auto& [name, value] : good) {
    if (name == "hash") continue;
    boost::json::object changed = good;
    std::string digits(std::string_view(value.as_string()));
    digits.back() = digits.back() == '1' ? '2' : '1';
    changed[name] = digits;
    EXPECT_TRUE(is_error(verify_l1_header(changed), errors::kL1HeaderHash)) << name;
    changed.erase(name);
    EXPECT_FALSE(verify_l1_header(changed)) << name;
  }
}

TEST(L1Header, AFieldThatIsNotKnownIsNamed) {
  boost::json::object block = header_of_vector("unichain_sepolia_block_35535698_v4_unsigned.json");
  block["hash"] = "0x" + std::string(64, '1');
  EXPECT_TRUE(is_error(verify_l1_header(block), errors::kL1HeaderHash));
  block["frontierHash"] = "0x" + std::string(64, '2');
  EXPECT_TRUE(is_error(verify_l1_header(block), errors::kL1UnknownHeader));
  EXPECT_TRUE(parse_l1_header(block)) << "the way of --l1.trustrpc";
}

TEST(L1Header, AmsterdamsFieldsAreHashed) {
  boost::json::object block = header_of_vector("unichain_sepolia_block_35535698_v4_unsigned.json");
  block["blockAccessListHash"] = "0x" + std::string(64, '1');
  block["slotNumber"] = "0x10";
  EXPECT_TRUE(is_error(verify_l1_header(block), errors::kL1HeaderHash));
  block["slotNumber"] = "0x010";
  EXPECT_TRUE(is_error(verify_l1_header(block), errors::kL1Answer));
}

TEST(L1Header, BlocksThatAreNone) {
  EXPECT_TRUE(is_error(verify_l1_header(nullptr), errors::kL1NoBlock));
  EXPECT_TRUE(is_error(verify_l1_header("0x"), errors::kL1Answer));
  EXPECT_TRUE(is_error(verify_l1_header(boost::json::object()), errors::kL1Answer));
  boost::json::object block = mainnet_genesis();
  block["requestsHash"] = block["stateRoot"];
  EXPECT_TRUE(is_error(verify_l1_header(block), errors::kL1Answer)) << "Prague's field without London's";
  block = mainnet_genesis();
  block["number"] = 0;
  EXPECT_TRUE(is_error(verify_l1_header(block), errors::kL1Answer));
  block["number"] = "0x1" + std::string(16, '0');
  EXPECT_TRUE(is_error(verify_l1_header(block), errors::kL1Answer));
}

}  // namespace
}  // namespace opwire::opstack
