#include "opwire/store/node_value.hpp"

#include <gtest/gtest.h>

#include "opwire/discv5/errors.hpp"
#include "opwire/store/errors.hpp"
#include "opwire/store/nodes_for_test.hpp"

namespace opwire::store {
namespace {

const WallTime kTime = from_unix_seconds(1'700'000'000);

TEST(NodeValue, IsTheSameAfterwards) {
  const auto node = test::node(5, kTime, 0xffffffff, 77);
  const Bytes value = encode_node(node);
  EXPECT_EQ(value.size(), 13 + node.record->encoded().size());
  const auto parsed = parse_node(value).value();
  EXPECT_EQ(*parsed.record, *node.record);
  EXPECT_EQ(parsed.last_answer, kTime);
  EXPECT_EQ(parsed.answers, 0xffffffffu);
  EXPECT_EQ(encode_node(parsed), value);
}

TEST(NodeValue, TimesThatNobodyHasAreBroughtToTheEdge) {
  EXPECT_EQ(parse_node(encode_node(test::node(1, WallTime::min())))->last_answer, WallTime{});
  EXPECT_EQ(parse_node(encode_node(test::node(1, WallTime::max())))->last_answer, from_unix_seconds(9'000'000'000));
}

TEST(NodeValue, RefusesWhatIsNone) {
  const Bytes value = encode_node(test::node(1, kTime));
  for (std::size_t size = 0; size < value.size(); ++size) {
    EXPECT_FALSE(parse_node(ByteView(value).first(size))) << size;
  }
  Bytes longer = value;
  longer.push_back(0);
  EXPECT_FALSE(parse_node(longer));
  longer.resize(kMaxNodeValue + 1);
  EXPECT_TRUE(parse_node(longer).error().is(errors::kBadValue));

  Bytes other = value;
  other[0] = 2;
  EXPECT_TRUE(parse_node(other).error().is(errors::kBadValue));
  other = value;
  other[8] = 0xff;
  EXPECT_TRUE(parse_node(other).error().is(errors::kBadValue));
  other = value;
  other.back() ^= 1;
  EXPECT_TRUE(parse_node(other).error().is(discv5::errors::kRecordSignature));
}

}  // namespace
}  // namespace opwire::store
