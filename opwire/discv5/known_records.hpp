// Records that were verified lately: the same ones are told again and again, and a signature costs 50 us to check.
#pragma once

#include <string_view>

#include "opwire/base/lru_cache.hpp"
#include "opwire/discv5/contact.hpp"

namespace opwire::discv5 {

class KnownRecords {
 public:
  explicit KnownRecords(std::size_t capacity) : records_(capacity) {}

  struct Found {
    RecordPtr record;
    bool is_new = false;
  };
  /// Errors: those of NodeRecord::parse.
  Result<Found> parse(ByteView encoded) {
    RecordPtr& known = place_of(encoded);
    if (known && equal(known->encoded(), encoded)) return Found{known, false};
    OPW_TRY(NodeRecord record, NodeRecord::parse(encoded));
    known = std::make_shared<NodeRecord>(std::move(record));
    return Found{known, true};
  }
  /// One that was parsed elsewhere. False when it was known.
  bool add(const RecordPtr& record) {
    RecordPtr& known = place_of(record->encoded());
    if (known && *known == *record) return false;
    known = record;
    return true;
  }

 private:
  RecordPtr& place_of(ByteView encoded) { return records_[std::hash<std::string_view>{}(as_text(encoded))]; }

  LruCache<std::size_t, RecordPtr> records_;
};

}  // namespace opwire::discv5
