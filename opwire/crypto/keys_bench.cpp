#include <benchmark/benchmark.h>

#include "opwire/crypto/ecdsa_recovery.hpp"
#include "opwire/crypto/hash.hpp"
#include "opwire/crypto/keys.hpp"
#include "opwire/crypto/x25519.hpp"

namespace opwire::crypto {
namespace {

void RecoverAddress(benchmark::State& state) {
  const Hash256 digest = sha256({});
  const RecoverableSignature signature = sign_recoverable(Bytes(32, 0x42), digest).value();
  for (auto _ : state) benchmark::DoNotOptimize(recover_address(signature, digest));
}
BENCHMARK(RecoverAddress);

void Sign(benchmark::State& state, KeyType type) {
  SystemRng rng;
  const PrivateKey key = PrivateKey::generate(type, rng);
  for (auto _ : state) benchmark::DoNotOptimize(key.sign(as_bytes("noise-libp2p-static-key:")));
}
BENCHMARK_CAPTURE(Sign, secp256k1, KeyType::kSecp256k1);
BENCHMARK_CAPTURE(Sign, ed25519, KeyType::kEd25519);
BENCHMARK_CAPTURE(Sign, ecdsa, KeyType::kEcdsa);

// As a handshake does: the key arrives as bytes too.
void ParseAndVerify(benchmark::State& state, KeyType type) {
  SystemRng rng;
  const PrivateKey key = PrivateKey::generate(type, rng);
  const Bytes signature = key.sign(as_bytes("noise-libp2p-static-key:"));
  for (auto _ : state) {
    const auto parsed = PublicKey::parse(type, key.public_key().data());
    benchmark::DoNotOptimize(parsed->verify(as_bytes("noise-libp2p-static-key:"), signature));
  }
}
BENCHMARK_CAPTURE(ParseAndVerify, secp256k1, KeyType::kSecp256k1);
BENCHMARK_CAPTURE(ParseAndVerify, ed25519, KeyType::kEd25519);
BENCHMARK_CAPTURE(ParseAndVerify, ecdsa, KeyType::kEcdsa);

void X25519Agree(benchmark::State& state) {
  SystemRng rng;
  const X25519 pair = X25519::generate(rng);
  const X25519 peer = X25519::generate(rng);
  for (auto _ : state) benchmark::DoNotOptimize(pair.agree(peer.public_key()));
}
BENCHMARK(X25519Agree);

void X25519Generate(benchmark::State& state) {
  SystemRng rng;
  for (auto _ : state) benchmark::DoNotOptimize(X25519::generate(rng));
}
BENCHMARK(X25519Generate);

}  // namespace
}  // namespace opwire::crypto
