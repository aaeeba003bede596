// The handshake payload: what is parsed can be written and parsed again to the same.
#include "opwire/base/check.hpp"
#include "opwire/p2p/noise/payload.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace opwire;
  const Result<noise::Payload> payload = noise::parse_payload(ByteView(data, size));
  if (!payload) return 0;
  OPW_CHECK(payload->muxers.size() <= 100);
  const Result<noise::Payload> again = noise::parse_payload(noise::encode_payload(*payload));
  OPW_CHECK(again && again->identity_key == payload->identity_key && again->identity_sig == payload->identity_sig &&
            again->muxers == payload->muxers);
  static_cast<void>(noise::verify_identity(*payload, crypto::X25519Public{}));
  return 0;
}
