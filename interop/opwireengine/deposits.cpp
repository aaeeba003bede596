#include "interop/opwireengine/deposits.hpp"

#include "opwire/base/rng.hpp"
#include "opwire/codec/rlp.hpp"
#include "opwire/crypto/hash.hpp"

namespace opwire::interop {
namespace {

// EIP-7623's price of a byte that is not zero, and what any transaction costs.
constexpr std::uint64_t kGasOfByte = 40;
constexpr std::uint64_t kGasOfCall = 30'000;

Bytes make_deposit(SeededRng& rng, std::size_t size) {
  ByteArray<32> source;
  ByteArray<20> from;
  Bytes data(size);
  rng.fill(source);
  rng.fill(from);
  rng.fill(data);
  Bytes deposit{0x7e};
  codec::rlp::append_bytes(deposit, source);
  codec::rlp::append_bytes(deposit, from);
  codec::rlp::append_bytes(deposit, Bytes(20, 0x11));
  codec::rlp::append_bytes(deposit, {});
  codec::rlp::append_uint(deposit, 0);
  codec::rlp::append_uint(deposit, kGasOfCall + kGasOfByte * size);
  codec::rlp::append_uint(deposit, 0);
  codec::rlp::append_bytes(deposit, data);
  codec::rlp::wrap_list(deposit, 1);
  return deposit;
}

}  // namespace

std::vector<Bytes> make_user_deposits(std::uint64_t seed, std::size_t count, std::size_t size) {
  SeededRng rng(seed);
  std::vector<Bytes> deposits;
  for (std::size_t i = 0; i < count; ++i) deposits.push_back(make_deposit(rng, size));
  return deposits;
}

}  // namespace opwire::interop
