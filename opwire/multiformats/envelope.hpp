// Signed envelopes (RFC 0002 of libp2p) and the peer records inside them (RFC 0003).
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "opwire/base/bytes.hpp"
#include "opwire/base/result.hpp"
#include "opwire/crypto/keys.hpp"
#include "opwire/multiformats/multiaddr.hpp"

namespace opwire::multiformats {

/// A verified envelope: the signature has been checked for the domain it was opened with.
struct SignedEnvelope {
  crypto::PublicKey key;
  Bytes payload_type;
  Bytes payload;
};

Bytes seal_envelope(const crypto::PrivateKey& key, std::string_view domain, ByteView payload_type, ByteView payload);
/// Errors: kBadEnvelope (the key in it included), kEnvelopeSignature.
Result<SignedEnvelope> open_envelope(ByteView envelope, std::string_view domain);

/// Where a peer says it can be reached. seq: Unix nanoseconds in go; a higher one replaces a lower one.
struct PeerRecord {
  PeerId peer;
  std::uint64_t seq = 0;
  std::vector<Multiaddr> addresses;
};
Bytes seal_peer_record(const crypto::PrivateKey& key, const PeerRecord& record);
/// Opens and checks that the record is of the peer that signed it; invalid addresses inside are skipped, at most
/// max_addresses kept. Whether the signer is the peer that sent it is for the caller to check. Errors: those of
/// open_envelope, kEnvelopeType, kRecordPeer, kBadProtobuf.
Result<PeerRecord> open_peer_record(ByteView envelope, std::size_t max_addresses = 500);

}  // namespace opwire::multiformats
