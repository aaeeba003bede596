// What libp2p puts into the handshake (libp2p specs, noise): the identity key, its signature over the static key, and
// the muxers for early negotiation.
//   NoiseHandshakePayload { identity_key = 1; identity_sig = 2; extensions = 4 { stream_muxers = 2 repeated } }
#pragma once

#include <string>
#include <vector>

#include "opwire/crypto/x25519.hpp"
#include "opwire/multiformats/peer_id.hpp"
#include "opwire/p2p/core/upgrade.hpp"

namespace opwire::noise {

struct Payload {
  Bytes identity_key;  ///< key protobuf
  Bytes identity_sig;
  /// In order of preference. A list of more than 100 counts as none.
  std::vector<std::string> muxers;
};

Bytes encode_payload(const Payload& payload);
/// Unknown fields are passed over. Errors: kBadPayload (also when key or signature is missing).
Result<Payload> parse_payload(ByteView protobuf);

/// The bytes that identity_sig signs.
Bytes signed_text(const crypto::X25519Public& static_key);

/// Checks that the identity key signed the static key. Errors: multiformats kBadProtobuf, crypto kBadSignature,
/// kUnknownKeyType, kBadKey, kKeySize.
Result<crypto::PublicKey> verify_identity(const Payload& payload, const crypto::X25519Public& static_key);

/// The first of the dialer's list that the listener has. Empty: to be negotiated as usual (a list is empty, or go's
/// reading of lists without overlap).
std::string choose_muxer(const std::vector<std::string>& dialer, const std::vector<std::string>& listener);

}  // namespace opwire::noise
