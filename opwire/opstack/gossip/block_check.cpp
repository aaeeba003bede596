#include "opwire/opstack/gossip/block_check.hpp"

#include "opwire/crypto/ecdsa_recovery.hpp"
#include "opwire/crypto/errors.hpp"
#include "opwire/crypto/keccak_batch.hpp"
#include "opwire/opstack/gossip/errors.hpp"
#include "opwire/opstack/payload/block_hash.hpp"
#include "opwire/opstack/payload/errors.hpp"
#include "opwire/opstack/payload/gossip_body.hpp"
#include "opwire/opstack/payload/ssz.hpp"
#include "opwire/opstack/signer/signing_hash.hpp"

namespace opwire::opstack {
namespace {

// Bytes. With smaller ones on average, refusing a message would cost more than a sixth more than without the block
// hash.
constexpr std::size_t kMinMeanTransaction = 200;

struct Signed {
  Address by;
  AuthorisedSigner::Match match;
};

Result<Signed> check_signature(const CheckContext& context, const GossipBody& body, const Hash256& signed_payload) {
  const Hash256 hash = signing_hash(context.chain, signed_payload);
  OPW_TRY(const Address by, crypto::recover_address(body.signature, hash));
  const AuthorisedSigner::Match match = context.signer.match(by, context.now);
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

// A payload as decoded, and its hashes as far as they are known.
struct Opened {
  Result<Envelope> envelope;
  Hash256 payload_hash;
  std::optional<Hash256> block_hash;
};

// Whether to take the block hash before anything is known to be signed: beside the payload's hash it costs next to
// nothing, unless the message was made to be slow or is refused for its time anyway.
bool is_block_hash_cheap(const CheckContext& context, const Envelope& envelope) {
  const TransactionList& transactions = envelope.payload.transactions;
  return crypto::Keccak256Batch::has_lanes() && check_time(context, envelope.payload.timestamp) &&
         transactions.size() * kMinMeanTransaction <= transactions.ssz().size();
}

Opened open_payload(const CheckContext& context, PayloadVersion version, const SharedBytes& ssz) {
  Opened opened{.envelope = decode_ssz(version, ssz), .payload_hash = {}, .block_hash = {}};
  if (opened.envelope && is_block_hash_cheap(context, *opened.envelope)) {
    const BlockHashes hashes = block_hashes(*opened.envelope, ssz.view());
    opened.payload_hash = hashes.payload;
    opened.block_hash = hashes.block;
  } else {
    opened.payload_hash = payload_hash(ssz.view());
  }
  return opened;
}

std::optional<SignedBlock> signed_block(const Opened& opened, const GossipBody& body, const Address& signer) {
  if (!opened.envelope) return std::nullopt;
  const ExecutionPayload& payload = opened.envelope->payload;
  return SignedBlock{payload.number, payload.timestamp, payload.block_hash, opened.payload_hash, body.signature,
                     signer,         payload.version};
}

Result<Envelope> check_payload(const CheckContext& context, Opened opened) {
  OPW_TRY(Envelope envelope, std::move(opened.envelope));
  OPW_TRYV(check_time(context, envelope.payload.timestamp));
  if (!opened.block_hash) opened.block_hash = block_hash(envelope);
  if (*opened.block_hash != envelope.payload.block_hash) return errors::kBlockHash;
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
  if (context.signer.current().is_zero()) return {errors::kNoSignerConfigured};
  Opened opened = open_payload(context, version, body->ssz);
  const Result<Signed> signature = check_signature(context, *body, opened.payload_hash);
  if (!signature) return {signature.error()};
  if (signature->match == AuthorisedSigner::Match::kUnknown) return {errors::kWrongSigner, false, signature->by};
  const bool current = signature->match == AuthorisedSigner::Match::kCurrent;
  const std::optional<SignedBlock> signed_by = signed_block(opened, *body, signature->by);
  Result<Envelope> envelope = check_payload(context, std::move(opened));
  if (!envelope) return {envelope.error(), current, std::nullopt, signed_by};
  return {CheckedBlock{std::move(*envelope), *body, signature->by, current}, current, std::nullopt, signed_by};
}

}  // namespace opwire::opstack
