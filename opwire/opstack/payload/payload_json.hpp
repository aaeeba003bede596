// Payloads in the Engine API's JSON, field for field as op-node writes it. Numbers are 0x-hex without leading zeros.
#pragma once

#include <string>
#include <string_view>

#include "opwire/opstack/payload/execution_payload.hpp"

namespace opwire::opstack {

std::string to_json(const ExecutionPayload& payload);
/// {"parentBeaconBlockRoot": ..., "executionPayload": {...}}, the root only from V3 on.
std::string to_json(const Envelope& envelope);

/// The version is the one whose fields are all there: withdrawals V2, blobGasUsed and excessBlobGas V3, withdrawalsRoot
/// V4 (whatever its value). A later field without an earlier one, or a missing or malformed field, is an error whose
/// text names it. Other fields are ignored.
Result<ExecutionPayload, std::string> parse_payload_json(std::string_view json);
/// Also takes the answer of engine_getPayload. parentBeaconBlockRoot must be there exactly from V3 on.
Result<Envelope, std::string> parse_envelope_json(std::string_view json);

}  // namespace opwire::opstack
