// Any text as a metadata record: what is taken is inside all bounds, and is the same when it is written and read again.
#include "opwire/base/check.hpp"
#include "opwire/opstack/reputation/metadata_book.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace opwire;
  using namespace opwire::opstack::reputation;
  const auto metadata = parse_peer_metadata(as_text({data, size}));
  if (!metadata) return 0;
  OPW_CHECK(metadata->enr.size() <= kMaxEnrText);
  OPW_CHECK(to_record_time(metadata->last_update) == metadata->last_update);
  const std::string text = to_json(*metadata);
  OPW_CHECK(text.size() <= kMaxRecordText / 4);
  OPW_CHECK(parse_peer_metadata(text).value() == *metadata);
  return 0;
}
