#include "opwire/opstack/gossip/message.hpp"

#include "opwire/opstack/gossip/frames_for_test.hpp"

namespace opwire::opstack {
namespace {

TEST(MessageId, OfOpNodesVectors) {
  int checked = 0;
  const auto recorded = load_testdata("message_id_vectors.json");
  for (const auto& vector : recorded.at("vectors").as_array()) {
    const Bytes wire = hex_bytes(std::string_view(vector.at("wire_hex").as_string()));
    const auto id = message_id(vector.at("topic").as_string(), wire, decompress_message(wire));
    EXPECT_EQ(codec::to_hex(id), vector.at("message_id").as_string());
    ++checked;
  }
  EXPECT_EQ(checked, 3);
}

TEST(BlockTopics, NamesAndBack) {
  const BlockTopics topics(ChainId{10});
  EXPECT_EQ(topics.name(PayloadVersion::kV1), "/optimism/10/0/blocks");
  EXPECT_EQ(topics.name(PayloadVersion::kV4), "/optimism/10/3/blocks");
  EXPECT_EQ(topics.version_of("/optimism/10/2/blocks"), PayloadVersion::kV3);
  EXPECT_EQ(topics.version_of("/optimism/11/2/blocks"), std::nullopt);
  EXPECT_EQ(topics.version_of("/optimism/10/4/blocks"), std::nullopt);
}

}  // namespace
}  // namespace opwire::opstack
