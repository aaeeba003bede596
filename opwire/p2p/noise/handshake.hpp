// The libp2p Noise handshake: HandshakeState with identities. Message 2 carries the listener's payload, message 3 the
// dialer's; every message travels with a two-byte big-endian length.
#pragma once

#include <optional>

#include "opwire/p2p/noise/handshake_state.hpp"
#include "opwire/p2p/noise/payload.hpp"

namespace opwire::noise {

/// A static key and the identity's signature over it, made once and used for every handshake of the process.
class StaticIdentity {
 public:
  StaticIdentity(const crypto::PrivateKey& identity, std::vector<std::string> muxers, Rng& rng);

  const crypto::X25519& key() const noexcept { return key_; }
  const PeerId& peer() const noexcept { return peer_; }
  const std::vector<std::string>& muxers() const noexcept { return muxers_; }
  /// Encoded.
  ByteView payload() const noexcept { return payload_; }

 private:
  crypto::X25519 key_;
  PeerId peer_;
  std::vector<std::string> muxers_;
  Bytes payload_;
};

class Handshake {
 public:
  /// identity must outlive it. expected: the peer that was dialled.
  Handshake(Role role, const StaticIdentity& identity, std::optional<PeerId> expected, Rng& rng);

  /// What to send before anything is received, with its length; the listener sends nothing.
  Bytes start();
  /// A whole message without its length. Returns what to send, with its length; may be nothing. Errors (all final):
  /// those of HandshakeState::read_message, parse_payload and verify_identity; kWrongPeer, kSelf.
  Result<Bytes> on_message(ByteView message);
  /// After the last message was returned or received.
  bool done() const noexcept { return state_.done(); }

  struct Proof {
    PeerId peer;
    crypto::PublicKey key;
    std::string muxer;  ///< empty: to be negotiated
  };
  /// Once done().
  const Proof& proof() const { return *proof_; }
  /// Once done(): what this side sends with and receives with.
  std::pair<CipherState, CipherState> split() const { return state_.split(); }

 private:
  Result<void> on_payload(ByteView protobuf);

  const StaticIdentity& identity_;
  const Role role_;
  const std::optional<PeerId> expected_;
  HandshakeState state_;
  std::optional<Proof> proof_;
};

}  // namespace opwire::noise
