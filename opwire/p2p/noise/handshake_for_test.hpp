// Identities, and a handshake between two of them (tests and fuzz targets of this folder).
#pragma once

#include "opwire/base/rng.hpp"
#include "opwire/p2p/noise/handshake.hpp"

namespace opwire::noise::test {

inline Bytes message_of(const Bytes& framed) {
  return Bytes(framed.begin() + 2, framed.end());
}

/// Two peers, each with its own key.
struct Peers {
  explicit Peers(std::vector<std::string> dialer_muxers = {"/yamux/1.0.0"},
                 std::vector<std::string> listener_muxers = {"/yamux/1.0.0"})
      : dialer(crypto::PrivateKey::generate(crypto::KeyType::kSecp256k1, rng), std::move(dialer_muxers), rng),
        listener(crypto::PrivateKey::generate(crypto::KeyType::kEd25519, rng), std::move(listener_muxers), rng) {}
  SeededRng rng{7};
  StaticIdentity dialer;
  StaticIdentity listener;
};

/// Runs a handshake; the error of whichever side found one, with both sides as they are then.
struct Meeting {
  explicit Meeting(Peers& peers, std::optional<PeerId> expected = std::nullopt)
      : dialer(Role::kDialer, peers.dialer, expected, peers.rng),
        listener(Role::kListener, peers.listener, std::nullopt, peers.rng) {}

  Result<void> go() {
    OPW_TRY(const Bytes second, listener.on_message(message_of(dialer.start())));
    OPW_TRY(const Bytes third, dialer.on_message(message_of(second)));
    OPW_TRYV(listener.on_message(message_of(third)));
    return {};
  }
  Handshake dialer;
  Handshake listener;
};

/// A dialer that sends any payload it likes in message 3.
inline Result<Bytes> send_payload(Peers& peers, const crypto::X25519& static_key, ByteView payload,
                                  Handshake& listener) {
  HandshakeState state(Role::kDialer, static_key, crypto::X25519::generate(peers.rng));
  const Bytes second = message_of(listener.on_message(state.write_message({}).value()).value());
  static_cast<void>(state.read_message(second).value());
  return listener.on_message(state.write_message(payload).value());
}

}  // namespace opwire::noise::test
