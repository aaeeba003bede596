#pragma once

#include "opwire/base/error.hpp"

// What an execution engine, or a block meant for it, can be refused for. kPenalise counts against who sent the block.
namespace opwire::opstack::errors {
inline constexpr ErrorKind kEngineUnreachable{"engine.unreachable", "the execution engine cannot be reached"};
inline constexpr ErrorKind kEngineTimeout{"engine.timeout", "the execution engine took too long"};
/// JSON-RPC error -38002.
inline constexpr ErrorKind kInvalidForkchoice{"engine.invalid_forkchoice",
                                              "the execution engine calls the forkchoice state inconsistent"};
inline constexpr ErrorKind kEngineAuth{"engine.auth_refused", "the execution engine refuses our token"};
inline constexpr ErrorKind kEngineAnswer{"engine.malformed_answer", "the execution engine's answer makes no sense"};
/// Any other JSON-RPC error.
inline constexpr ErrorKind kEngineRefused{"engine.refused", "the execution engine answered with an error"};
inline constexpr ErrorKind kEngineNotReady{"engine.not_ready", "the execution engine does not take the block yet"};
inline constexpr ErrorKind kNoSuchBlock{"engine.no_such_block", "the execution engine does not have this block"};

inline constexpr ErrorKind kPayloadInvalid{"driver.payload_invalid", "the execution engine calls the block invalid",
                                           Consequence::kPenalise};
inline constexpr ErrorKind kL1Info{"driver.l1_info", "first transaction is not the L1 attributes deposit",
                                   Consequence::kPenalise};
inline constexpr ErrorKind kPayloadQueued{"driver.payload_queued", "block is queued already", Consequence::kIgnore};
inline constexpr ErrorKind kPayloadTooLarge{"driver.payload_too_large", "block alone exceeds the queue's limit",
                                            Consequence::kIgnore};
inline constexpr ErrorKind kQueueFull{"driver.queue_full", "queue is full of blocks that are kept before this one",
                                      Consequence::kIgnore};
inline constexpr ErrorKind kPayloadStale{"driver.payload_stale", "block is not above the head", Consequence::kIgnore};
inline constexpr ErrorKind kPayloadRefused{"driver.payload_refused", "block, or one below it, was refused before",
                                           Consequence::kIgnore};
inline constexpr ErrorKind kBranchTooDeep{"driver.branch_too_deep",
                                          "block is of a branch that leaves our chain below what may be replaced",
                                          Consequence::kIgnore};
}  // namespace opwire::opstack::errors
