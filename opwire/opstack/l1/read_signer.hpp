// Who signs blocks, as SystemConfig on L1 says.
//
// As in op-node, the address is proven against the state root of a block whose header has its own hash. That finds
// answers that do not belong together, and what stands between us and the node; it does not show that the block is one
// of the chain: an L1 node that makes up a whole block is believed.
#pragma once

#include "opwire/opstack/l1/l1_header.hpp"
#include "opwire/rpc/caller.hpp"
#include "opwire/runtime/loop.hpp"

namespace opwire::opstack {

/// keccak256("systemconfig.unsafeblocksigner").
inline constexpr Hash256 kUnsafeBlockSignerSlot{{0x65, 0xa7, 0xed, 0x54, 0x2f, 0xb3, 0x7f, 0xe2, 0x37, 0xfd, 0xfb,
                                                 0xdd, 0x70, 0xb3, 0x15, 0x98, 0x52, 0x3f, 0xe5, 0xb3, 0x28, 0x79,
                                                 0xe3, 0x07, 0xba, 0xe2, 0x7a, 0x0b, 0xd9, 0x58, 0x1c, 0x08}};

struct SignerReadOptions {
  SignerReadOptions() = default;

  ChainId l1_chain;
  Address system_config;
  std::uint64_t confirmations = 0;              ///< how far below the head to read (--verifier.l1-confs)
  bool trust_rpc = false;                       ///< neither the header's hash nor a proof is asked for (--l1.trustrpc)
  Duration timeout = std::chrono::seconds(10);  ///< of each call
};

struct SignerReading {
  Address signer;                    ///< zero: none is set, and no block counts
  L1Header block;                    ///< where it was read
  std::uint64_t head_timestamp = 0;  ///< Unix seconds
};

/// Errors: kL1WrongChain, kL1Refused (the server's words are logged), kL1NoBlock, kL1Answer, kL1HeaderHash,
/// kL1UnknownHeader, kL1Proof, kL1NoAccount, and those of the caller.
Task<Result<SignerReading>> read_signer(Loop& loop, rpc::Caller& caller, SignerReadOptions options);

}  // namespace opwire::opstack
