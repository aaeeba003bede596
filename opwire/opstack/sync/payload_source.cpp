#include "opwire/opstack/sync/payload_source.hpp"

#include "opwire/codec/snappy_frames.hpp"
#include "opwire/opstack/payload/ssz.hpp"

namespace opwire::opstack {

FramedPayload frame_payload(const Envelope& envelope) {
  return {envelope.payload.version, SharedBytes(codec::snappy::encode_frames(encode_ssz(envelope)))};
}

}  // namespace opwire::opstack
