// Who signs the blocks that this node publishes.
#pragma once

#include <string_view>

#include "opwire/crypto/ecdsa_recovery.hpp"
#include "opwire/runtime/task.hpp"

namespace opwire::opstack {

class BlockSigner {
 public:
  virtual ~BlockSigner() = default;
  /// The address that the signatures recover to.
  virtual const Address& address() const = 0;
  /// Signs the hash of an encoded payload (payload_hash(), not the signing hash).
  virtual Task<Result<crypto::RecoverableSignature>> sign(Hash256 payload_hash) = 0;
};

/// Signs with a key in this process's memory; wiped at the end.
class LocalSigner final : public BlockSigner {
 public:
  /// private_key: 32 bytes in hex, with or without 0x. Errors: codec kBadHex, crypto kBadKey.
  static Result<LocalSigner> from_hex(ChainId chain, std::string_view private_key);
  ~LocalSigner() override;
  LocalSigner(LocalSigner&&) noexcept = default;
  LocalSigner& operator=(LocalSigner&&) noexcept = default;

  const Address& address() const override { return address_; }
  Task<Result<crypto::RecoverableSignature>> sign(Hash256 payload_hash) override;

 private:
  LocalSigner(ChainId chain, const ByteArray<32>& key, const Address& address)
      : chain_(chain), key_(key), address_(address) {}
  ChainId chain_;
  ByteArray<32> key_;
  Address address_;
};

}  // namespace opwire::opstack
