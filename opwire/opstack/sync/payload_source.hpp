// Where served payloads come from: the archive, then the engine.
#pragma once

#include "opwire/base/result.hpp"
#include "opwire/base/strong.hpp"
#include "opwire/base/time.hpp"
#include "opwire/opstack/chain/fork.hpp"
#include "opwire/opstack/payload/execution_payload.hpp"
#include "opwire/runtime/task.hpp"

namespace opwire::opstack {

/// As it goes over the wire.
struct FramedPayload {
  PayloadVersion version = PayloadVersion::kV1;
  SharedBytes frames;  ///< the envelope's SSZ in snappy frames
};

/// Long for a large payload: for the CPU pool.
FramedPayload frame_payload(const Envelope& envelope);

class PayloadSource {
 public:
  virtual ~PayloadSource() = default;
  /// The payload of the chain as this node sees it. Answers by the deadline. Errors: kNotFound, or why it cannot tell.
  virtual Task<Result<FramedPayload>> payload(BlockNumber number, TimePoint deadline) = 0;
};

}  // namespace opwire::opstack
