// Made-up trees. A number is a node's key, so the same number is the same node.
#pragma once

#include <algorithm>
#include <string>

#include "opwire/base/check.hpp"
#include "opwire/dns_tree/make_tree.hpp"

namespace opwire::dns_tree::test {

inline Bytes key_of(std::uint64_t number) {
  Bytes key(32, 1);
  store_be(key.data() + 24, number);
  return key;
}

inline discv5::RecordPtr record_of(std::uint64_t number, std::uint64_t seq = 1) {
  discv5::NodeRecordDraft draft;
  draft.set("ip", ByteArray<4>{10, 0, 0, 1}).set("udp", std::uint64_t{9222});
  return std::make_shared<discv5::NodeRecord>(draft.sign(key_of(number), seq).value());
}
inline std::vector<discv5::RecordPtr> records_of(std::uint64_t first, std::size_t count) {
  std::vector<discv5::RecordPtr> records;
  for (std::size_t i = 0; i < count; ++i) records.push_back(record_of(first + i));
  return records;
}

/// All trees here are signed by the same key.
inline constexpr std::uint64_t kSigner = 1'000'000;

inline MadeTree tree_of(std::string_view domain, std::vector<discv5::RecordPtr> records, std::vector<Link> links = {},
                        std::uint64_t seq = 1) {
  return make_tree({std::move(records), std::move(links), seq}, domain, key_of(kSigner)).value();
}
inline Link link_to(std::string_view domain) {
  return tree_of(domain, {}).link;
}

/// Their ids, in order.
inline std::vector<discv5::NodeId> ids_of(const std::vector<discv5::RecordPtr>& records) {
  std::vector<discv5::NodeId> ids;
  for (const auto& record : records) ids.push_back(record->id());
  std::ranges::sort(ids);
  return ids;
}

}  // namespace opwire::dns_tree::test
