// Ethereum's recoverable secp256k1 signatures: 65 bytes r | s | v, v in 0..3.
#pragma once

#include "opwire/base/result.hpp"
#include "opwire/base/strong.hpp"

namespace opwire::crypto {

using RecoverableSignature = FixedBytes<65, struct RecoverableSignatureTag>;

/// Signs a 32-byte digest with a 32-byte private key (low s).  Errors: kBadKey.
Result<RecoverableSignature> sign_recoverable(ByteView private_key, const Hash256& digest);

/// The address whose key made the signature. High s is accepted. Errors: kBadSignature (v over 3, r or s out of range,
/// no such point).
Result<Address> recover_address(const RecoverableSignature& signature, const Hash256& digest);

/// keccak256 of the uncompressed key's 64 bytes: its last 20 are the address, all 32 the discv5 node id.
/// public_key: 33 bytes compressed. Errors: kBadKey.
Result<Hash256> ethereum_key_hash(ByteView public_key);
/// 65 bytes, the first of them 4.
Result<ByteArray<65>> uncompressed_key(ByteView public_key);
Result<Address> ethereum_address(ByteView public_key);

}  // namespace opwire::crypto
