// Nodes by number.
#pragma once

#include "opwire/base/check.hpp"
#include "opwire/discv5/node_store.hpp"

namespace opwire::store::test {

inline discv5::NodeRecord record(int number, std::uint64_t seq = 1) {
  ByteArray<32> key{};
  store_be(key.data() + 28, static_cast<std::uint32_t>(number + 1));
  discv5::NodeRecordDraft draft;
  draft.set("number", static_cast<std::uint64_t>(number));
  return draft.sign(key, seq).value();
}

inline discv5::KnownNode node(int number, WallTime last_answer, std::uint32_t answers = 1, std::uint64_t seq = 1) {
  discv5::KnownNode node;
  node.record = std::make_shared<const discv5::NodeRecord>(record(number, seq));
  node.last_answer = last_answer;
  node.answers = answers;
  return node;
}

inline int number_of(const discv5::KnownNode& node) {
  int number = 0;
  const auto bytes = node.record->find_bytes("number");
  OPW_CHECK(bytes.has_value());
  for (const std::uint8_t byte : *bytes) number = number * 256 + byte;
  return number;
}

}  // namespace opwire::store::test
