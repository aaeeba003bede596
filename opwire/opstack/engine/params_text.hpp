// The parameters of the Engine API's calls as JSON text, written straight away: a block's transactions are the bulk of
// it, and each is put into hex once.
#pragma once

#include <optional>
#include <string>

#include "opwire/opstack/driver/engine_client.hpp"
#include "opwire/opstack/engine/payload_attributes.hpp"

namespace opwire::opstack {

/// engine_newPayload of the method that the version calls for: V4, V3, and V2 for both older ones.
std::string new_payload_params(const Envelope& envelope, PayloadVersion version);
/// engine_forkchoiceUpdated. forks says which attributes exist.
std::string forkchoice_params(const Forkchoice& state, const PayloadAttributes* attributes, const ForkSchedule& forks);

}  // namespace opwire::opstack
