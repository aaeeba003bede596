#include "opwire/opstack/engine/genesis_json.hpp"

#include <gtest/gtest.h>

#include <boost/json/parse.hpp>

namespace opwire::opstack {
namespace {

RollupConfig config_up_to(Fork newest) {
  RollupConfig config;
  config.l2_chain_id = ChainId{901};
  config.genesis.l2_time = 1'700'000'000;
  config.genesis.system_config.gas_limit = 30'000'000;
  for (std::size_t i = 1; i <= static_cast<std::size_t>(newest); ++i) config.forks.set_time(static_cast<Fork>(i), 0);
  config.fees = FeeConfig{6, 50, 250};
  return config;
}

TEST(EngineGenesis, ForksAndWhatComesWithThem) {
  const Address account{ByteArray<20>{0xf3}};
  const boost::json::value genesis =
      boost::json::parse(to_engine_genesis(config_up_to(Fork::kJovian), std::span(&account, 1)));
  const boost::json::object& chain = genesis.at("config").as_object();
  for (const char* const time :
       {"shanghaiTime", "cancunTime", "pragueTime", "canyonTime", "isthmusTime", "jovianTime"}) {
    EXPECT_TRUE(chain.contains(time)) << time;
  }
  EXPECT_FALSE(chain.contains("karstTime"));
  EXPECT_EQ(chain.at("chainId"), boost::json::value(901));
  EXPECT_EQ(chain.at("optimism").at("eip1559DenominatorCanyon"), boost::json::value(250));
  EXPECT_EQ(genesis.at("timestamp"), boost::json::value("0x6553f100"));
  EXPECT_EQ(genesis.at("gasLimit"), boost::json::value("0x1c9c380"));
  EXPECT_EQ(genesis.at("extraData"), boost::json::value("0x01000000fa000000060000000000000000"));
  EXPECT_TRUE(genesis.at("alloc").as_object().contains("f300000000000000000000000000000000000000"));
}

TEST(EngineGenesis, ExtraDataOfOlderForks) {
  const auto extra_data = [](Fork fork) {
    return boost::json::parse(to_engine_genesis(config_up_to(fork), {})).at("extraData");
  };
  EXPECT_EQ(extra_data(Fork::kIsthmus), boost::json::value("0x00000000fa00000006"));
  EXPECT_EQ(extra_data(Fork::kEcotone), boost::json::value("0x"));
}

}  // namespace
}  // namespace opwire::opstack
