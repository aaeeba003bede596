// A node that answered, as a value of the database: version (1), the last answer in unix seconds (8), answers (4), then
// the record as it was signed. Numbers are little endian.
#pragma once

#include "opwire/discv5/node_store.hpp"

namespace opwire::store {

inline constexpr std::size_t kMaxNodeValue = 13 + discv5::kMaxRecordSize;

Bytes encode_node(const discv5::KnownNode& node);
/// Verifies the record's signature. Errors: kBadValue; the record's.
Result<discv5::KnownNode> parse_node(ByteView value);

}  // namespace opwire::store
