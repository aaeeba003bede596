// SSZ of payloads, as op-node writes and checks it (op-service/eth, v1.19.0): for V1 and V2 the payload, for V3 and V4
// the 32-byte parent beacon block root and then the payload. Integers are little-endian.
#pragma once

#include "opwire/opstack/payload/execution_payload.hpp"

namespace opwire::opstack {

/// The version is the topic's or the block time's, never guessed. The transactions of the result share the bytes.
/// Accepts exactly what encode_ssz() can produce. Errors: kBeaconRootMissing, kPayloadTooShort, kExtraDataOffset,
/// kExtraDataTooLong, kTransactionsOffset, kTransactionsOutOfScope, kWithdrawalsOffset, kWithdrawalsOutOfScope,
/// kWithdrawalsLength, kTooManyWithdrawals, and those of TransactionList::parse.
Result<Envelope> decode_ssz(PayloadVersion version, const SharedBytes& ssz);

/// In the layout of payload.version.
Bytes encode_ssz(const Envelope& envelope);

/// What the block signer signs over: keccak256 of all that encode_ssz() gives.
Hash256 payload_hash(ByteView ssz) noexcept;

}  // namespace opwire::opstack
