#include "opwire/store/node_value.hpp"

#include <algorithm>

#include "opwire/store/errors.hpp"

namespace opwire::store {
namespace {

constexpr std::uint8_t kVersion = 1;
constexpr std::size_t kHeaderSize = 13;
constexpr std::uint64_t kLastSecond = 9'000'000'000;  // what a WallTime holds, and a little less

}  // namespace

Bytes encode_node(const discv5::KnownNode& node) {
  const ByteView record = node.record->encoded();
  Bytes value(kHeaderSize);
  value[0] = kVersion;
  store_le(value.data() + 1, std::min(unix_seconds(std::max(node.last_answer, WallTime{})), kLastSecond));
  store_le(value.data() + 9, node.answers);
  value.insert(value.end(), record.begin(), record.end());
  return value;
}

Result<discv5::KnownNode> parse_node(ByteView value) {
  if (value.size() < kHeaderSize || value.size() > kMaxNodeValue) return Error(errors::kBadValue, "size");
  if (value[0] != kVersion) return Error(errors::kBadValue, "version");
  const auto seconds = load_le<std::uint64_t>(value.data() + 1);
  if (seconds > kLastSecond) return Error(errors::kBadValue, "time");
  OPW_TRY(discv5::NodeRecord record, discv5::NodeRecord::parse(value.subspan(kHeaderSize)));
  discv5::KnownNode node;
  node.record = std::make_shared<const discv5::NodeRecord>(std::move(record));
  node.last_answer = from_unix_seconds(seconds);
  node.answers = load_le<std::uint32_t>(value.data() + 9);
  return node;
}

}  // namespace opwire::store
