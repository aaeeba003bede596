#include "bench/primitives.hpp"

#include <snappy.h>

#include "opwire/base/check.hpp"
#include "opwire/crypto/ecdsa_recovery.hpp"
#include "opwire/opstack/gossip/message.hpp"
#include "opwire/opstack/payload/gossip_body.hpp"
#include "opwire/opstack/payload/ssz.hpp"

namespace opwire::bench {
namespace {

constexpr std::size_t kHeaderSize = 640;  // of a V4 header in RLP, within a few bytes
constexpr std::size_t kSigningInput = 96;

template <class T>
void keep(const T& value) {
  asm volatile("" : : "g"(&value) : "memory");
}

}  // namespace

Primitives::Primitives(const SignedBlocks& blocks) : plain_(blocks.plain_size) {
  const opstack::SharedBytes plain = opstack::decompress_message(blocks.messages.front()).value();
  const auto body = opstack::parse_gossip_body(plain).value();
  const auto envelope = opstack::decode_ssz(opstack::PayloadVersion::kV4, body.ssz).value();
  const opstack::TransactionList& transactions = envelope.payload.transactions;
  for (std::size_t i = 0; i < transactions.size(); ++i) {
    const auto at = static_cast<std::size_t>(transactions[i].data() - plain.view().data());
    to_hash_.push_back(ByteView(plain_).subspan(at, transactions[i].size()));
  }
  to_hash_.push_back(ssz().first(kHeaderSize));
  digests_.resize(to_hash_.size());
  for (std::size_t i = 0; i < to_hash_.size(); ++i) batch_.push_back({{}, to_hash_[i], &digests_[i]});
}

void Primitives::one_by_one(const Bytes& message) {
  decompress(message);
  keep(crypto::sha256(plain_));
  keep(crypto::keccak256(ssz()));
  for (const ByteView part : to_hash_) keep(crypto::keccak256(part));
  recover();
}

void Primitives::together(const Bytes& message) {
  decompress(message);
  keep(crypto::sha256(plain_));
  crypto::Keccak256Batch hash(ssz());
  hash.run(batch_);
  keep(hash.finish_beside());
  recover();
}

void Primitives::decompress(const Bytes& message) {
  auto* out = reinterpret_cast<char*>(plain_.data());
  OPW_CHECK(snappy::RawUncompress(reinterpret_cast<const char*>(message.data()), message.size(), out));
}

void Primitives::recover() const {
  const Hash256 digest = crypto::keccak256(ssz().first(kSigningInput));
  constexpr std::size_t kSize = crypto::RecoverableSignature::kSize;
  keep(crypto::recover_address(*crypto::RecoverableSignature::from(ByteView(plain_).first(kSize)), digest));
}

ByteView Primitives::ssz() const noexcept {
  return ByteView(plain_).subspan(crypto::RecoverableSignature::kSize);
}

}  // namespace opwire::bench
