#include "opwire/opstack/gossip/block_check.hpp"

#include "opwire/crypto/ecdsa_recovery.hpp"
#include "opwire/crypto/errors.hpp"
#include "opwire/opstack/gossip/errors.hpp"
#include "opwire/opstack/payload/block_hash.hpp"
#include "opwire/opstack/payload/gossip_body.hpp"
#include "opwire/opstack/payload/ssz.hpp"
#include "opwire/opstack/signer/signing_hash.hpp"

namespace opwire::opstack {
namespace {

struct Signed {
  Address by;
  AuthorisedSigner::Match match;
};

Result<Signed> check_signature(const CheckContext& context, const GossipBody& body) {
  if (context.signer.current().is_zero()) return errors::kNoSignerConfigured;
  const Hash256 hash = signing_hash(context.chain, payload_hash(body.ssz.view()));
  OPW_TRY(const Address by, crypto::recover_address(body.signature, hash));
  const AuthorisedSigner::Match match = context.signer.match(by, context.now);
  if (match == AuthorisedSigner::Match::kUnknown) return errors::kWrongSigner;
  return Signed{by, match};
}

Result<void> check_time(const CheckContext& context, std::uint64_t timestamp) {
  const std::uint64_t now = unix_seconds(context.now);
  const auto max_age =
      static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::seconds>(context.max_age).count());
  if (now > max_age && timestamp < now - max_age) return errors::kTooOld;
  if (timestamp > now + kMaxAhead) return errors::kTooNew;
  return {};
}

Result<void> check_fork_rules(const CheckContext& context, const ExecutionPayload& payload) {
  if (!payload.withdrawals.items().empty()) return errors::kWithdrawals;
  const bool footprint_allowed = context.forks.is_active(Fork::kJovian, payload.timestamp);
  if (payload.blob_gas_used != 0 && !footprint_allowed) return errors::kBlobGasUsed;
  if (payload.excess_blob_gas != 0) return errors::kExcessBlobGas;
  return {};
}

Result<Envelope> check_payload(const CheckContext& context, PayloadVersion version, const SharedBytes& ssz) {
  OPW_TRY(Envelope envelope, decode_ssz(version, ssz));
  OPW_TRYV(check_time(context, envelope.payload.timestamp));
  OPW_TRYV(check_block_hash(envelope));
  OPW_TRYV(check_fork_rules(context, envelope.payload));
  return envelope;
}

Result<GossipBody> open_body(const Result<SharedBytes>& plain) {
  if (!plain) return plain.error();
  if (plain->size() < kMinMessageSize) return errors::kMessageTooShort;
  return parse_gossip_body(*plain);
}

}  // namespace

CheckOutcome check_block(const CheckContext& context, PayloadVersion version, const Result<SharedBytes>& plain) {
  const Result<GossipBody> body = open_body(plain);
  if (!body) return {body.error()};
  const Result<Signed> signature = check_signature(context, *body);
  if (!signature) return {signature.error()};
  const bool current = signature->match == AuthorisedSigner::Match::kCurrent;
  Result<Envelope> envelope = check_payload(context, version, body->ssz);
  if (!envelope) return {envelope.error(), current};
  return {CheckedBlock{std::move(*envelope), signature->by, current}, current};
}

}  // namespace opwire::opstack
