#include "opwire/p2p/noise/noise.hpp"

#include "opwire/p2p/noise/secured_stream.hpp"

namespace opwire::noise {

namespace {
constexpr std::size_t kBlockSize = 256 * 1024;
constexpr std::size_t kKeptBlocks = 16;

Task<Result<Bytes>> read_message(Stream& stream) {
  ByteArray<kLengthSize> length;
  OPW_CO_TRYV(co_await read_exact(stream, length));
  Bytes message(load_be<std::uint16_t>(length.data()));
  OPW_CO_TRYV(co_await read_exact(stream, message));
  co_return message;
}

Task<Result<void>> exchange(Stream& stream, Handshake& handshake) {
  const Bytes first = handshake.start();
  if (!first.empty()) OPW_CO_TRYV(co_await write(stream, first));
  while (!handshake.done()) {
    OPW_CO_TRY(const Bytes message, co_await read_message(stream));
    OPW_CO_TRY(const Bytes answer, handshake.on_message(message));
    if (!answer.empty()) OPW_CO_TRYV(co_await write(stream, answer));
  }
  co_return Result<void>();
}
}  // namespace

Noise::Noise(const crypto::PrivateKey& identity, std::vector<std::string> muxers, Rng& rng)
    : identity_(identity, std::move(muxers), rng),
      rng_(rng),
      pool_(std::make_shared<BlockPool>(kBlockSize, kKeptBlocks)) {}

Task<Result<SecuredConnection>> Noise::secure(std::unique_ptr<Stream> raw, Role role, std::optional<PeerId> expected) {
  Handshake handshake(role, identity_, expected, rng_);
  OPW_CO_TRYV(co_await exchange(*raw, handshake));
  auto [send, receive] = handshake.split();
  const Handshake::Proof& proof = handshake.proof();
  auto stream = std::make_unique<SecuredStream>(std::move(raw), std::move(send), std::move(receive), pool_);
  co_return SecuredConnection{std::move(stream), proof.peer, proof.key, proof.muxer};
}

}  // namespace opwire::noise
