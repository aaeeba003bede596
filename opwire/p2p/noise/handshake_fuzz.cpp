// Both roles of the handshake against a peer that sends anything: raw messages, or a payload of its choice inside a
// handshake that is otherwise right. What must hold: no proof without a signature, so arbitrary bytes never make one.
#include "opwire/base/check.hpp"
#include "opwire/p2p/noise/handshake_for_test.hpp"

namespace opwire::noise {
namespace {

void raw_messages(test::Peers& peers, Role role, ByteView bytes) {
  Handshake handshake(role, role == Role::kDialer ? peers.dialer : peers.listener, std::nullopt, peers.rng);
  static_cast<void>(handshake.start());
  while (bytes.size() >= 2 && !handshake.done()) {
    const std::size_t size = std::min<std::size_t>(load_be<std::uint16_t>(bytes.data()), bytes.size() - 2);
    const auto answer = handshake.on_message(bytes.subspan(2, size));
    if (!answer) return;
    bytes = bytes.subspan(2 + size);
  }
  OPW_CHECK(!handshake.done());
}

void payload_to_listener(test::Peers& peers, ByteView payload) {
  Handshake listener(Role::kListener, peers.listener, std::nullopt, peers.rng);
  OPW_CHECK(!test::send_payload(peers, crypto::X25519::generate(peers.rng), payload, listener));
}

void payload_to_dialer(test::Peers& peers, ByteView payload) {
  Handshake dialer(Role::kDialer, peers.dialer, std::nullopt, peers.rng);
  const crypto::X25519 static_key = crypto::X25519::generate(peers.rng);
  HandshakeState state(Role::kListener, static_key, crypto::X25519::generate(peers.rng));
  static_cast<void>(state.read_message(test::message_of(dialer.start())).value());
  OPW_CHECK(!dialer.on_message(state.write_message(payload).value()));
}

}  // namespace
}  // namespace opwire::noise

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace opwire;
  static noise::test::Peers peers;
  if (size == 0 || size > 60'000) return 0;
  const ByteView bytes(data + 1, size - 1);
  switch (data[0] % 4) {
    case 0:
      noise::raw_messages(peers, Role::kListener, bytes);
      break;
    case 1:
      noise::raw_messages(peers, Role::kDialer, bytes);
      break;
    case 2:
      noise::payload_to_listener(peers, bytes);
      break;
    case 3:
      noise::payload_to_dialer(peers, bytes);
      break;
  }
  return 0;
}
