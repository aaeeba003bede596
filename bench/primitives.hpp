// What no implementation of block validation can leave out, on the bytes of real messages: snappy, SHA-256 of the
// message id, Keccak of the SSZ, of each transaction, of the header and of what is signed, and key recovery. Without
// structure and without allocations.
#pragma once

#include "bench/signed_blocks.hpp"
#include "opwire/crypto/keccak_batch.hpp"

namespace opwire::bench {

class Primitives {
 public:
  explicit Primitives(const SignedBlocks& blocks);

  /// Each Keccak after the other, as fast as the machine hashes one message.
  void one_by_one(const Bytes& message);
  /// Transactions and header in one batch beside the SSZ.
  void together(const Bytes& message);

 private:
  void decompress(const Bytes& message);
  void recover() const;
  ByteView ssz() const noexcept;

  Bytes plain_;
  std::vector<ByteView> to_hash_;  // in plain_: transactions and the header's size of something
  std::vector<Hash256> digests_;
  std::vector<crypto::Keccak256Batch::Message> batch_;
};

}  // namespace opwire::bench
