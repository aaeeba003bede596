// Signs by asking another process (op-signer's JSON-RPC, as op-node v1.19.0 calls it).
//
// The caller is given: over HTTP, with TLS and a certificate of ours where the signer wants one. Its context
// (net/tls/context.hpp) reads changed certificates by itself.
#pragma once

#include "opwire/base/log.hpp"
#include "opwire/opstack/signer/block_signer.hpp"
#include "opwire/rpc/caller.hpp"
#include "opwire/runtime/loop.hpp"

namespace opwire::opstack {

struct RemoteSignerOptions {
  RemoteSignerOptions(ChainId of, const Address& who) : chain(of), address(who) {}

  ChainId chain;
  Address address;  ///< whose signatures are expected
  /// Of one call. op-node has none, and stands still with a signer that hangs; a block is stale after a block time or
  /// two.
  Duration timeout = std::chrono::seconds(5);
  Duration probe_timeout = std::chrono::seconds(3);
};

class RemoteSigner final : public BlockSigner {
 public:
  /// caller outlives this.
  RemoteSigner(Loop& loop, rpc::Caller& caller, const RemoteSignerOptions& options)
      : loop_(loop), caller_(caller), options_(options) {}

  /// health_status; to be asked before the node starts, as op-node does. Its version is logged. Errors:
  /// kSignerUnhealthy (it answers with an error or with no text), kSignerTimeout, and the caller's.
  Task<Result<void>> probe();

  const Address& address() const override { return options_.address; }
  /// opsigner_signBlockPayload. What comes back is not believed: it must recover to address(). Errors: kSignerRefused
  /// (its words are logged), kSignerAnswer (no 65 bytes, or bytes that are no signature: v other than 0 to 3),
  /// kSignerOther, kSignerTimeout, and the caller's.
  Task<Result<crypto::RecoverableSignature>> sign(Hash256 payload_hash) override;

 private:
  Task<Result<rpc::Reply>> call(std::string method, std::string params, Duration timeout);

  Loop& loop_;
  rpc::Caller& caller_;
  const RemoteSignerOptions options_;
};

/// The call's parameters, in the first version's odd forms: domain as a list of numbers, chain id as a number, the hash
/// in base64.
std::string sign_block_params(ChainId chain, const Hash256& payload_hash, const Address& sender,
                              const Hash256& domain = {});
/// The result of the call: 65 bytes in hex. Errors: kSignerAnswer.
Result<crypto::RecoverableSignature> parse_signer_answer(const boost::json::value& result);

}  // namespace opwire::opstack
