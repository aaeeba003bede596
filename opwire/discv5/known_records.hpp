// Records that were verified lately: the same ones are told again and again, and a signature costs 50 us to check.
#pragma once

#include <string_view>

#include "opwire/base/lru_cache.hpp"
#include "opwire/discv5/contact.hpp"

namespace opwire::discv5 {

class KnownRecords {
 public:
  explicit KnownRecords(std::size_t capacity) : records_(capacity) {}

  /// Errors: those of NodeRecord::parse.
  Result<RecordPtr> parse(ByteView encoded) {
    const Entry* const known = records_.find(hash_of(encoded));
    if (known != nullptr && equal(known->record->encoded(), encoded)) return known->record;
    OPW_TRY(NodeRecord parsed, NodeRecord::parse(encoded));
    const RecordPtr record = std::make_shared<NodeRecord>(std::move(parsed));
    records_[hash_of(encoded)] = {record, false};
    return record;
  }
  /// True the first time, which is when others are told of it. Having been parsed is not enough: whoever sends a record
  /// where nobody asked for it must not keep it from being heard of.
  bool first_told(const RecordPtr& record) {
    Entry& entry = records_[hash_of(record->encoded())];
    if (entry.record && *entry.record == *record && entry.told) return false;
    entry = {record, true};
    return true;
  }

 private:
  struct Entry {
    RecordPtr record;
    bool told = false;
  };
  static std::size_t hash_of(ByteView encoded) { return std::hash<std::string_view>{}(as_text(encoded)); }

  LruCache<std::size_t, Entry> records_;
};

}  // namespace opwire::discv5
