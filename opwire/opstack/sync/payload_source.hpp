// Where served payloads come from: the archive, then the engine.
#pragma once

#include "opwire/base/result.hpp"
#include "opwire/base/strong.hpp"
#include "opwire/base/time.hpp"
#include "opwire/opstack/chain/fork.hpp"
#include "opwire/opstack/payload/shared_bytes.hpp"
#include "opwire/runtime/task.hpp"

namespace opwire::opstack {

/// As it goes over the wire.
struct FramedPayload {
  PayloadVersion version = PayloadVersion::kV1;
  SharedBytes frames;  ///< encode_frames(encode_ssz(envelope))
};

class PayloadSource {
 public:
  virtual ~PayloadSource() = default;
  /// The payload of the chain as this node sees it. Answers by the deadline. Errors: kNotFound, or why it cannot tell.
  virtual Task<Result<FramedPayload>> payload(BlockNumber number, TimePoint deadline) = 0;
};

}  // namespace opwire::opstack
