// payload_by_number, version 0: one request and one answer on a stream (OP Stack specs, rollup-node-p2p; op-node
// v1.19.0 op-node/p2p/sync.go).
//
//   request   block number, 8 bytes little-endian; then our direction ends
//   answer    a code of one byte; after kOk a version of 4 bytes little-endian and, in snappy frames, the SSZ
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "opwire/base/result.hpp"
#include "opwire/base/time.hpp"
#include "opwire/opstack/chain/rollup_config.hpp"

namespace opwire::opstack {

inline constexpr std::size_t kRequestSize = 8;
/// Of an answer's body, compressed and not.
inline constexpr std::size_t kMaxAnswerBody = 10 << 20;

/// As op-node names the protocol, and as kona does: with a slash at the end.
std::vector<std::string> payload_by_number_protocols(ChainId chain);

ByteArray<kRequestSize> encode_request(BlockNumber number) noexcept;
BlockNumber parse_request(const ByteArray<kRequestSize>& request) noexcept;

enum class AnswerCode : std::uint8_t { kOk = 0, kNotFound = 1, kInvalidRequest = 2, kUnknownError = 3 };

/// What goes before the body of a payload of this version: kOk, and 1 from V3 on (an envelope follows), else 0.
ByteArray<5> answer_head(PayloadVersion version) noexcept;

/// Which block there is at which time.
struct BlockSchedule {
  explicit BlockSchedule(const RollupConfig& rollup);

  /// The highest number that may exist. None: before genesis.
  std::optional<BlockNumber> newest(WallTime now) const noexcept;
  /// None: below genesis, or beyond what 64 bits of seconds hold.
  std::optional<std::uint64_t> timestamp(BlockNumber number) const noexcept;
  /// None where timestamp() has none.
  std::optional<PayloadVersion> version(BlockNumber number) const noexcept;

  BlockNumber genesis;
  std::uint64_t genesis_time;  ///< Unix seconds
  std::uint64_t block_time;    ///< seconds, not 0
  ForkSchedule forks;
};

}  // namespace opwire::opstack
