#pragma once

#include "opwire/base/error.hpp"

// Why something could not be read from L1. Nothing here is a peer's doing.
namespace opwire::opstack::errors {
inline constexpr ErrorKind kL1WrongChain{"l1.wrong_chain", "the L1 node is of another chain"};
inline constexpr ErrorKind kL1Refused{"l1.refused", "the L1 node answered with an error"};
inline constexpr ErrorKind kL1Answer{"l1.malformed_answer", "the L1 node's answer makes no sense"};
inline constexpr ErrorKind kL1NoBlock{"l1.no_such_block", "the L1 node does not have this block"};
inline constexpr ErrorKind kL1HeaderHash{"l1.header_hash", "the L1 block is not what its hash says"};
inline constexpr ErrorKind kL1UnknownHeader{"l1.unknown_header",
                                            "the L1 block has fields of a fork that is not known here, so its hash "
                                            "cannot be checked (--l1.trustrpc reads without)"};
inline constexpr ErrorKind kL1Proof{"l1.proof", "the L1 node's proof does not hold"};
inline constexpr ErrorKind kL1NoAccount{"l1.no_account", "there is no SystemConfig at this address on L1"};
inline constexpr ErrorKind kL1Log{"l1.malformed_log", "not the log of a new block signer"};
}  // namespace opwire::opstack::errors
