#pragma once

#include "opwire/base/error.hpp"

namespace opwire::multiformats::errors {
inline constexpr ErrorKind kVarintTooLong{"multiformats.varint_too_long", "varint is longer than nine bytes",
                                          Consequence::kResetStream};
inline constexpr ErrorKind kVarintNotMinimal{"multiformats.varint_not_minimal", "varint has needless zero groups",
                                             Consequence::kResetStream};
inline constexpr ErrorKind kTruncated{"multiformats.truncated", "data end before the value does",
                                      Consequence::kResetStream};
inline constexpr ErrorKind kBadProtobuf{"multiformats.bad_protobuf", "protobuf is malformed",
                                        Consequence::kResetStream};
inline constexpr ErrorKind kBadMultibase{"multiformats.bad_multibase", "text is not in the base it says"};
inline constexpr ErrorKind kBadMultihash{"multiformats.bad_multihash", "multihash is malformed", Consequence::kIgnore};
inline constexpr ErrorKind kBadPeerId{"multiformats.bad_peer_id", "not a peer id", Consequence::kIgnore};
inline constexpr ErrorKind kBadMultiaddr{"multiformats.bad_multiaddr", "not a multiaddr", Consequence::kIgnore};
inline constexpr ErrorKind kUnknownProtocol{"multiformats.unknown_protocol",
                                            "multiaddr names a protocol not known here", Consequence::kIgnore};
inline constexpr ErrorKind kBadNetwork{"multiformats.bad_network", "not a network such as 10.0.0.0/8"};
inline constexpr ErrorKind kBadEnvelope{"multiformats.bad_envelope", "signed envelope is malformed",
                                        Consequence::kIgnore};
inline constexpr ErrorKind kEnvelopeSignature{
    "multiformats.envelope_signature", "envelope is not signed by its key for this domain", Consequence::kIgnore};
inline constexpr ErrorKind kEnvelopeType{"multiformats.envelope_type", "envelope holds another type of record",
                                         Consequence::kIgnore};
inline constexpr ErrorKind kRecordPeer{"multiformats.record_peer", "peer record is not of the peer that signed it",
                                       Consequence::kIgnore};
}  // namespace opwire::multiformats::errors
