#pragma once

#include "opwire/base/error.hpp"

// Why a gossiped block is not accepted, beside what snappy (codec) and SSZ (payload) name. kPenalise is op-node's
// REJECT, kIgnore its IGNORE.
namespace opwire::opstack::errors {
inline constexpr ErrorKind kUnknownTopic{"block.unknown_topic", "not a blocks topic of this chain",
                                         Consequence::kPenalise};
inline constexpr ErrorKind kMessageTooShort{"block.message_too_short", "message declares less than 66 bytes",
                                            Consequence::kPenalise};
inline constexpr ErrorKind kNoSignerConfigured{"block.no_signer_configured", "no block signer is known yet",
                                               Consequence::kIgnore};
inline constexpr ErrorKind kWrongSigner{"block.wrong_signer", "signed by another key than the chain's block signer",
                                        Consequence::kPenalise};
inline constexpr ErrorKind kTooOld{"block.too_old", "timestamp is further back than the limit", Consequence::kPenalise};
inline constexpr ErrorKind kTooNew{"block.too_new", "timestamp is more than five seconds ahead",
                                   Consequence::kPenalise};
inline constexpr ErrorKind kWithdrawals{"block.withdrawals", "block has withdrawals", Consequence::kPenalise};
inline constexpr ErrorKind kBlobGasUsed{"block.blob_gas_used", "blob gas used before Jovian", Consequence::kPenalise};
inline constexpr ErrorKind kExcessBlobGas{"block.excess_blob_gas", "excess blob gas is not zero",
                                          Consequence::kPenalise};
inline constexpr ErrorKind kTooManyAtHeight{"block.too_many_at_height", "more than five other blocks at this height",
                                            Consequence::kPenalise};
inline constexpr ErrorKind kAlreadySeen{"block.already_seen", "block was seen before", Consequence::kIgnore};
inline constexpr ErrorKind kNoSigner{"block.no_signer", "this node has no key to sign blocks with"};
inline constexpr ErrorKind kWrongVersion{"block.wrong_version",
                                         "payload is not of the version that its timestamp asks for"};
inline constexpr ErrorKind kThrottled{"block.throttled", "too many blocks wait to be checked", Consequence::kIgnore};
}  // namespace opwire::opstack::errors
