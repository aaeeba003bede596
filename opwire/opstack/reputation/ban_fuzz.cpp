// Any text as a ban: what is taken is short, printable and inside all bounds, and is the same when it is written and
// read again.
#include "opwire/base/bytes.hpp"
#include "opwire/base/check.hpp"
#include "opwire/opstack/reputation/ban.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace opwire;
  using namespace opwire::opstack::reputation;
  const auto ban = parse_ban(as_text({data, size}));
  if (!ban) return 0;
  OPW_CHECK(size <= kMaxRecordText);
  OPW_CHECK(clean_reason(ban->reason) == ban->reason);
  OPW_CHECK(to_record_time(ban->expiry) == ban->expiry && to_record_time(ban->last_update) == ban->last_update);
  const std::string text = to_json(*ban);
  OPW_CHECK(text.size() <= kMaxRecordText / 2);
  OPW_CHECK(parse_ban(text).value() == *ban);
  OPW_CHECK(to_json(parse_ban(text).value()) == text);
  return 0;
}
