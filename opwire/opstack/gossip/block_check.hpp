// op-node's checks of a gossiped block that need no memory of other blocks, in op-node's order (op-node/p2p/gossip.go,
// v1.19.0). A pure function: it runs on the CPU pool.
#pragma once

#include <optional>

#include "opwire/opstack/chain/fork.hpp"
#include "opwire/opstack/gossip/message.hpp"
#include "opwire/opstack/gossip/signed_block.hpp"
#include "opwire/opstack/payload/execution_payload.hpp"
#include "opwire/opstack/payload/gossip_body.hpp"
#include "opwire/opstack/signer/authorised_signer.hpp"

namespace opwire::opstack {

/// All that a check depends on, as it was when the message arrived.
struct CheckContext {
  ChainId chain;
  ForkSchedule forks;
  AuthorisedSigner signer;
  WallTime now{};
  Duration max_age = std::chrono::seconds(60);  ///< --p2p.gossip.timestamp.threshold, whole seconds
};
inline constexpr std::uint64_t kMaxAhead = 5;  // seconds

struct CheckedBlock {
  Envelope envelope;
  GossipBody body;  ///< what it was decoded from, and the signature over it
  Address signer;
  bool by_current_signer = true;  ///< else by the previous one, in its grace period
};

struct CheckOutcome {
  Result<CheckedBlock> block;
  /// The signature verified with the current key, whatever came after: that ends a grace period.
  bool confirms_signer = false;
  /// With kWrongSigner: whose signature it is.
  std::optional<Address> unknown_signer = std::nullopt;
  /// Where an authorised signer's signature verified and the payload decoded, whatever came after.
  std::optional<SignedBlock> signed_block = std::nullopt;
};

/// Errors (consequence kPenalise is REJECT, kIgnore is IGNORE): those of decompress_message, kMessageTooShort,
/// kNoSignerConfigured, crypto kBadSignature, kWrongSigner, those of decode_ssz, kTooOld, kTooNew, kBlockHash,
/// kWithdrawals, kBlobGasUsed, kExcessBlobGas.
CheckOutcome check_block(const CheckContext& context, PayloadVersion version, const Result<SharedBytes>& plain);

}  // namespace opwire::opstack
