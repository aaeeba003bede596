#include "opwire/p2p/noise/handshake.hpp"

#include "opwire/base/check.hpp"
#include "opwire/multiformats/key_protobuf.hpp"
#include "opwire/p2p/noise/errors.hpp"

namespace opwire::noise {

namespace {
Bytes with_length(ByteView message) {
  Bytes framed(2 + message.size());
  store_be(framed.data(), static_cast<std::uint16_t>(message.size()));
  std::memcpy(framed.data() + 2, message.data(), message.size());
  return framed;
}
}  // namespace

StaticIdentity::StaticIdentity(const crypto::PrivateKey& identity, std::vector<std::string> muxers, Rng& rng)
    : key_(crypto::X25519::generate(rng)), peer_(PeerId::of(identity.public_key())), muxers_(std::move(muxers)) {
  payload_ = encode_payload({.identity_key = multiformats::encode_public_key(identity.public_key()),
                             .identity_sig = identity.sign(signed_text(key_.public_key())),
                             .muxers = muxers_});
}

Handshake::Handshake(Role role, const StaticIdentity& identity, std::optional<PeerId> expected, Rng& rng)
    : identity_(identity),
      role_(role),
      expected_(std::move(expected)),
      state_(role, identity.key(), crypto::X25519::generate(rng)) {}

Bytes Handshake::start() {
  if (role_ == Role::kListener) return {};
  return with_length(state_.write_message({}).value());
}

Result<Bytes> Handshake::on_message(ByteView message) {
  OPW_CHECK(!done());
  OPW_TRY(const Bytes payload, state_.read_message(message));
  // Message 1 says nothing about its sender; what it may carry is not authenticated and is not read.
  const bool has_identity = role_ == Role::kDialer || state_.done();
  if (has_identity) OPW_TRYV(on_payload(payload));
  if (state_.done()) return Bytes();
  OPW_TRY(const Bytes answer, state_.write_message(identity_.payload()));
  return with_length(answer);
}

Result<void> Handshake::on_payload(ByteView protobuf) {
  OPW_TRY(const Payload payload, parse_payload(protobuf));
  OPW_TRY(crypto::PublicKey key, verify_identity(payload, state_.remote_static()));
  const PeerId peer = PeerId::of(key);
  if (expected_ && peer != *expected_) return errors::kWrongPeer;
  if (peer == identity_.peer()) return errors::kSelf;
  const bool dialer = role_ == Role::kDialer;
  std::string muxer =
      dialer ? choose_muxer(identity_.muxers(), payload.muxers) : choose_muxer(payload.muxers, identity_.muxers());
  proof_.emplace(Proof{peer, std::move(key), std::move(muxer)});
  return {};
}

}  // namespace opwire::noise
