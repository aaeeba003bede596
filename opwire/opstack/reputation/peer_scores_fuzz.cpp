// Any text as a score record: what is taken is inside all bounds, and is the same when it is written and read again.
#include "opwire/base/bytes.hpp"
#include "opwire/base/check.hpp"
#include "opwire/opstack/reputation/peer_scores.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace opwire;
  using namespace opwire::opstack::reputation;
  const auto record = parse_score_record(as_text({data, size}));
  if (!record) return 0;
  OPW_CHECK(size <= kMaxRecordText);
  OPW_CHECK(within_bounds(record->scores) == record->scores);
  OPW_CHECK(to_record_time(record->last_update) == record->last_update);
  const std::string text = to_json(*record);
  OPW_CHECK(text.size() <= kMaxRecordText / 4);  // what is written leaves room for fields to come
  OPW_CHECK(parse_score_record(text).value() == *record);
  OPW_CHECK(to_json(parse_score_record(text).value()) == text);
  return 0;
}
