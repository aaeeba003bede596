#include "opwire/opstack/sync/protocol.hpp"

#include <limits>

#include "opwire/base/check.hpp"

namespace opwire::opstack {
namespace {
constexpr std::uint64_t kMax = std::numeric_limits<std::uint64_t>::max();
}

std::vector<std::string> payload_by_number_protocols(ChainId chain) {
  const std::string id = "/opstack/req/payload_by_number/" + std::to_string(chain.value) + "/0";
  return {id, id + "/"};
}

ByteArray<kRequestSize> encode_request(BlockNumber number) noexcept {
  ByteArray<kRequestSize> request;
  store_le<std::uint64_t>(request.data(), number.value);
  return request;
}

BlockNumber parse_request(const ByteArray<kRequestSize>& request) noexcept {
  return {load_le<std::uint64_t>(request.data())};
}

ByteArray<5> answer_head(PayloadVersion version) noexcept {
  ByteArray<5> head{static_cast<std::uint8_t>(AnswerCode::kOk)};
  store_le<std::uint32_t>(head.data() + 1, has_beacon_root(version) ? 1 : 0);
  return head;
}

BlockSchedule::BlockSchedule(const RollupConfig& rollup)
    : genesis(rollup.genesis.l2.number),
      genesis_time(rollup.genesis.l2_time),
      block_time(rollup.block_time),
      forks(rollup.forks) {
  OPW_CHECK(block_time > 0);  // validate(rollup)
}

std::optional<BlockNumber> BlockSchedule::newest(WallTime now) const noexcept {
  const std::uint64_t seconds = unix_seconds(now);
  if (seconds < genesis_time) return std::nullopt;
  const std::uint64_t since = (seconds - genesis_time) / block_time;
  return BlockNumber{since > kMax - genesis.value ? kMax : genesis.value + since};
}

std::optional<std::uint64_t> BlockSchedule::timestamp(BlockNumber number) const noexcept {
  if (number < genesis) return std::nullopt;
  const std::uint64_t blocks = number.value - genesis.value;
  if (blocks > (kMax - genesis_time) / block_time) return std::nullopt;
  return genesis_time + blocks * block_time;
}

std::optional<PayloadVersion> BlockSchedule::version(BlockNumber number) const noexcept {
  const auto time = timestamp(number);
  if (!time) return std::nullopt;
  return forks.payload_version(*time);
}

}  // namespace opwire::opstack
