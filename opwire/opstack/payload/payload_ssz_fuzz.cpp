// Any bytes as a payload of each version (the first byte chooses): what is accepted encodes to the same bytes, has
// the same hashes beside each other as one by one, and survives JSON.
#include "opwire/opstack/payload/block_hash.hpp"
#include "opwire/opstack/payload/payload_json.hpp"
#include "opwire/opstack/payload/ssz.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace opwire::opstack;
  if (size == 0) return 0;
  const PayloadVersion version = kPayloadVersions[data[0] % kPayloadVersions.size()];
  const opwire::Bytes ssz(data + 1, data + size);
  const auto envelope = decode_ssz(version, SharedBytes(ssz));
  if (!envelope) return 0;
  OPW_CHECK(encode_ssz(*envelope) == ssz);
  const BlockHashes hashes = block_hashes(*envelope, ssz);
  OPW_CHECK(hashes.block == block_hash(*envelope) && hashes.payload == payload_hash(ssz));
  OPW_CHECK(parse_envelope_json(to_json(*envelope)).value() == *envelope);
  return 0;
}
