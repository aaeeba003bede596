// Any bytes as an archived payload's record: what is taken encodes to the same bytes.
#include "opwire/base/check.hpp"
#include "opwire/store/archived_payload.hpp"

using namespace opwire;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const ByteView record(bytes, size);
  const auto kind = store::payload_kind(record);
  const auto timestamp = store::payload_timestamp(record);
  const auto payload = store::parse_payload(record);
  if (!payload) return 0;
  OPW_CHECK(store::is_storable(*payload));
  OPW_CHECK(kind == payload->kind && timestamp == payload->timestamp);
  OPW_CHECK(equal(store::encode_payload(*payload), record));
  return 0;
}
