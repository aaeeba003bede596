// Any bytes as the `opstack` entry: what is read is written again in no more bytes, and read as the same.
#include "opwire/base/check.hpp"
#include "opwire/opstack/discovery/chain_entry.hpp"

using namespace opwire;
using namespace opwire::opstack;

namespace {

Result<discv5::NodeRecord> record_with(ByteView entry) {
  const ByteArray<32> key{1};
  return discv5::NodeRecordDraft().set(kChainEntryKey, entry).sign(key, 1);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto record = record_with({data, size});
  if (!record) return 0;  // too large
  const auto entry = chain_entry(*record);
  if (!entry) return 0;
  const Bytes encoded = encode(*entry);
  OPW_CHECK(encoded.size() <= size);
  const auto again = record_with(encoded);
  OPW_CHECK(again && chain_entry(*again) == entry);
  OPW_CHECK(is_of_chain(*again, entry->chain) == (entry->version == 0));
  return 0;
}
