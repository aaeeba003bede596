#include "opwire/opstack/gossip/message.hpp"

#include "opwire/codec/snappy.hpp"
#include "opwire/opstack/gossip/block_gossip.hpp"
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

TEST(BlockMessageDecoder, SaysBeforehandWhatItWillHold) {
  BlockMessageDecoder decoder;
  const auto sizes_of = [&](const Bytes& wire) {
    gossipsub::MessageView view;
    view.data = wire;
    return std::pair(decoder.declared_size(view), decoder.decode(view).content_size);
  };
  using Sizes = std::pair<std::size_t, std::size_t>;
  EXPECT_EQ(sizes_of(codec::snappy::compress(Bytes(5'000'000, 7))), Sizes(5'000'000, 5'000'000));
  EXPECT_EQ(sizes_of(codec::snappy::compress(Bytes(kMaxMessageSize, 7))), Sizes(kMaxMessageSize, kMaxMessageSize));
  EXPECT_EQ(sizes_of(codec::snappy::compress(Bytes(kMaxMessageSize + 1, 7))), Sizes(0, 0));
  EXPECT_EQ(sizes_of(hex_bytes("0102030405")), Sizes(1, 0)) << "corrupt, which only trying tells";
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
