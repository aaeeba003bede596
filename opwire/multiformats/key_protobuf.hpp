// libp2p's key protobufs: PublicKey and PrivateKey { Type = 1; Data = 2 }.
#pragma once

#include "opwire/base/bytes.hpp"
#include "opwire/base/result.hpp"
#include "opwire/crypto/keys.hpp"

namespace opwire::multiformats {

Bytes encode_public_key(const crypto::PublicKey& key);
/// Errors: kBadProtobuf, and those of crypto::PublicKey::parse.
Result<crypto::PublicKey> parse_public_key(ByteView protobuf);
Bytes encode_private_key(const crypto::PrivateKey& key);
Result<crypto::PrivateKey> parse_private_key(ByteView protobuf);

}  // namespace opwire::multiformats
