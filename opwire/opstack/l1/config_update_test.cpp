#include "opwire/opstack/l1/config_update.hpp"

#include "opwire/opstack/l1/errors.hpp"
#include "opwire/opstack/l1/proofs_for_test.hpp"

namespace opwire::opstack {
namespace {

const Address kConfig = *Address::from(ByteArray<20>{1, 2, 3});

struct Logs {
  Logs() : vectors(read_l1_vectors("unsafe_block_signer_update_log.json")) {
    log["address"] = codec::to_hex0x(kConfig.view());
    log["topics"] = {vectors.at("topic0"), vectors.at("topic1_version"), vectors.at("topic2_update_type")};
    put_data(std::string(std::string_view(vectors.at("data_ok").at("hex").as_string())));
  }
  void put_data(const std::string& hex) { log["data"] = "0x" + hex; }
  bool is_refused() const {
    const auto update = parse_signer_update(log, kConfig);
    return !update && update.error().is(errors::kL1Log);
  }
  boost::json::value vectors;
  boost::json::object log;
};

TEST(SignerUpdate, NamesTheNewSigner) {
  Logs logs;
  const auto update = parse_signer_update(logs.log, kConfig);
  ASSERT_TRUE(update);
  EXPECT_EQ(codec::to_hex0x(update->signer.view()), "0x000000000000000000000000000000000000beef");
  EXPECT_FALSE(update->removed);
  logs.log["removed"] = true;
  EXPECT_TRUE(parse_signer_update(logs.log, kConfig)->removed);
}

TEST(SignerUpdate, MalformedData) {
  Logs logs;
  for (const auto& [name, data] : logs.vectors.at("data_bad").as_object()) {
    logs.put_data(std::string(std::string_view(data.as_string())));
    EXPECT_TRUE(logs.is_refused()) << name;
  }
  const std::string good(std::string_view(logs.vectors.at("data_ok").at("hex").as_string()));
  for (const std::string& data :
       {std::string(), good.substr(2), good + "00", std::string(good).replace(128, 2, "01")}) {
    logs.put_data(data);
    EXPECT_TRUE(logs.is_refused()) << data;
  }
}

TEST(SignerUpdate, OthersLogs) {
  for (const std::string& field : {std::string("address"), std::string("topics"), std::string("data")}) {
    Logs logs;
    logs.log.erase(field);
    EXPECT_TRUE(logs.is_refused()) << field;
  }
  Logs logs;
  EXPECT_FALSE(parse_signer_update(logs.log, Address{}));
  logs.log["topics"].as_array()[2] = "0x" + std::string(63, '0') + "1";
  EXPECT_TRUE(logs.is_refused()) << "another kind of update";
  logs.log["topics"].as_array().pop_back();
  EXPECT_TRUE(logs.is_refused());
  EXPECT_FALSE(parse_signer_update(nullptr, kConfig));
}

TEST(SignerUpdate, TheSubscriptionAsksForThemAlone) {
  const auto params = boost::json::parse(signer_update_subscription(kConfig));
  EXPECT_EQ(params.at(0), "logs");
  EXPECT_EQ(params.at(1).at("address"), boost::json::value(codec::to_hex0x(kConfig.view())));
  const Logs logs;
  EXPECT_EQ(params.at(1).at("topics").at(0), logs.vectors.at("topic0"));
  EXPECT_TRUE(params.at(1).at("topics").at(1).is_null());
  EXPECT_EQ(params.at(1).at("topics").at(2), logs.vectors.at("topic2_update_type"));
}

}  // namespace
}  // namespace opwire::opstack
