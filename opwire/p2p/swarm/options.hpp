// What a swarm can be told.
#pragma once

#include <string>

#include "opwire/base/result.hpp"
#include "opwire/base/time.hpp"
#include "opwire/p2p/swarm/inbound_guard.hpp"
#include "opwire/p2p/swarm/limits.hpp"
#include "opwire/p2p/swarm/trimming.hpp"

namespace opwire::swarm {

struct SwarmOptions {
  SwarmOptions() = default;

  // Dialling.
  Duration dial_timeout = std::chrono::seconds(10);        ///< all of a dial, with every address and the upgrade
  Duration connect_timeout = std::chrono::seconds(5);      ///< the transport's part of one address
  Duration dial_stagger = std::chrono::milliseconds(250);  ///< the next address is tried beside the former after this
  std::size_t max_dials = 160;                             ///< addresses being dialled at once, in all
  std::size_t max_dials_per_peer = 8;
  std::size_t max_addresses_per_dial = 64;
  /// An address that failed n times in a row is left alone for base + n² · step, at most max.
  Duration backoff_base = std::chrono::seconds(5);
  Duration backoff_step = std::chrono::seconds(1);
  Duration backoff_max = std::chrono::minutes(5);

  // Accepting.
  Duration upgrade_timeout = std::chrono::seconds(15);  ///< from accepted to secured and multiplexed
  /// Connections in the upgrade at once: more than one network may hold (InboundOptions), so that the silent sockets of
  /// one keep nobody else waiting.
  std::size_t max_pending_inbound = 96;
  /// When all of those places are taken, one that has been in the upgrade for so long is dropped for the next.
  Duration pending_patience = std::chrono::seconds(2);
  InboundOptions inbound;

  // Streams.
  Duration negotiate_timeout = std::chrono::seconds(10);   ///< agreeing on a stream's protocol
  Duration new_stream_timeout = std::chrono::seconds(15);  ///< opening and agreeing, on a connection that stands

  /// How long close() lets connections say goodbye.
  Duration close_grace = std::chrono::seconds(2);

  LimitOptions limits;
  ConnectionManagerOptions manager;

  /// Nothing, or which option makes no sense.
  Result<void, std::string> validate() const;
};

}  // namespace opwire::swarm
