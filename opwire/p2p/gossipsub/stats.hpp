// Counters of one router, for metrics and tests.
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>

namespace opwire::gossipsub {

struct Stats {
  // Messages that arrived, by what became of them.
  std::uint64_t not_subscribed = 0;   ///< of a topic that we have not joined
  std::uint64_t refused_author = 0;   ///< not what the signature policy demands
  std::uint64_t duplicate_bytes = 0;  ///< known by their bytes, not decoded
  std::uint64_t duplicate_ids = 0;    ///< known by their id, after decoding
  std::uint64_t throttled = 0;        ///< too many under validation
  std::uint64_t decoded = 0;
  std::uint64_t accepted = 0;
  std::uint64_t rejected = 0;
  std::uint64_t ignored = 0;
  std::uint64_t published = 0;

  // Peers and meshes.
  std::uint64_t peers_added = 0;
  std::uint64_t peers_removed = 0;
  std::uint64_t topics_joined = 0;
  std::uint64_t topics_left = 0;
  std::uint64_t grafts = 0;  ///< peers that entered our meshes, by whoever's wish
  std::uint64_t prunes = 0;  ///< peers that left them, by either side's PRUNE

  // RPCs.
  std::uint64_t rpcs_received = 0;  ///< those that could be read
  std::uint64_t rpcs_sent = 0;      ///< handed to the writer

  // What was to be sent.
  std::uint64_t messages_queued = 0;
  std::uint64_t messages_dropped = 0;    ///< a peer's queue was full
  std::uint64_t messages_unwanted = 0;   ///< not queued, or taken back, because of IDONTWANT
  std::uint64_t gossip_ids_dropped = 0;  ///< a peer's queue was full

  // What was not heeded.
  std::uint64_t graylisted = 0;             ///< RPCs of peers whose score is too low
  std::uint64_t gated = 0;                  ///< messages of peers that sent too many invalid ones
  std::uint64_t entries_passed_over = 0;    ///< beyond a limit of entries in one RPC
  std::uint64_t subscriptions_ignored = 0;  ///< not allowed, or too many from one peer
  std::uint64_t ihave_ignored = 0;          ///< ids beyond a peer's limits
  std::uint64_t iwant_ignored = 0;          ///< ids beyond a peer's limits
  std::uint64_t idontwant_ignored = 0;      ///< RPCs and ids beyond a peer's limits
  std::uint64_t broken_promises = 0;

  /// Of several routers, or lives of one. As a row of numbers, so that no field can be forgotten.
  constexpr Stats& operator+=(const Stats& other) noexcept;
};

constexpr Stats& Stats::operator+=(const Stats& other) noexcept {
  using Row = std::array<std::uint64_t, sizeof(Stats) / sizeof(std::uint64_t)>;
  Row sum = std::bit_cast<Row>(*this);
  const Row more = std::bit_cast<Row>(other);
  for (std::size_t i = 0; i < sum.size(); ++i) sum[i] += more[i];
  return *this = std::bit_cast<Stats>(sum);
}

}  // namespace opwire::gossipsub
