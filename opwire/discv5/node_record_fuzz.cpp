// Any bytes as a node record: what is taken is within the limits, and is the same when it is written and read again.
#include "opwire/base/check.hpp"
#include "opwire/discv5/node_record.hpp"

using namespace opwire;
using discv5::NodeRecord;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const ByteView bytes(data, size);
  static_cast<void>(NodeRecord::parse_text(as_text(bytes)));
  const Result<NodeRecord> record = NodeRecord::parse(bytes);
  if (!record) return 0;
  OPW_CHECK(size <= discv5::kMaxRecordSize && equal(record->encoded(), bytes));
  OPW_CHECK(NodeRecord::parse_text(record->to_text()).value() == *record);
  OPW_CHECK(as_text(*record->find_bytes("id")) == "v4" &&
            equal(*record->find_bytes("secp256k1"), record->public_key()));
  static_cast<void>(record->ip4()), static_cast<void>(record->ip6());
  static_cast<void>(record->tcp()), static_cast<void>(record->udp6());
  return 0;
}
