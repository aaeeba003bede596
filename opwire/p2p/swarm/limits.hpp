// How many connections, streams and bytes of stream memory there may be: in all, by peer, by protocol, and by both.
// What does not fit is refused alone; everything that stands goes on.
#pragma once

#include <cstddef>
#include <cstdint>
#include <limits>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "opwire/base/result.hpp"
#include "opwire/multiformats/peer_id.hpp"
#include "opwire/p2p/core/network.hpp"

namespace opwire::swarm {

struct Cap {
  std::size_t inbound;
  std::size_t outbound;
  std::size_t total;
};

struct StreamCap {
  Cap streams;
  std::size_t bytes = std::numeric_limits<std::size_t>::max();
};

/// Proportions as in go-libp2p's defaults for a host of a few GiB.
struct LimitOptions {
  LimitOptions() = default;
  Cap connections{512, 512, 768};
  Cap connections_per_peer{8, 8, 8};
  StreamCap streams{{8192, 16384, 16384}, std::size_t{1} << 30};
  StreamCap streams_per_peer{{256, 512, 512}, std::size_t{128} << 20};
  StreamCap streams_per_protocol{{4096, 16384, 16384}};
  StreamCap streams_per_protocol_and_peer{{64, 256, 256}, std::size_t{64} << 20};
  /// What a stream counts for: its first receive window. Growth beyond is bounded by the muxer.
  std::size_t bytes_per_stream = 256 * 1024;
};

/// How much there is of what a Cap bounds.
struct Tally {
  std::size_t inbound = 0;
  std::size_t outbound = 0;

  std::size_t total() const noexcept { return inbound + outbound; }
  bool fits(Role role, const Cap& cap) const noexcept;
  void add(Role role) noexcept { ++(role == Role::kListener ? inbound : outbound); }
  void remove(Role role) noexcept { --(role == Role::kListener ? inbound : outbound); }
};

/// What of the limits is in use.
struct ResourceUse {
  Tally connections;
  Tally streams;
  std::map<std::string, Tally> protocols;             ///< streams on which one was agreed
  std::size_t stream_bytes = 0;                       ///< what the streams count for
  std::size_t peer_connections = 0;                   ///< of the peer that has most
  std::size_t peer_streams = 0;                       ///< of the peer that has most
  std::map<std::string_view, std::uint64_t> refused;  ///< by limit, from the beginning; see ResourceLimits::refused()
};

class Ledger;

/// A counted connection; uncounted when destroyed.
class ConnectionLease {
 public:
  ConnectionLease(std::shared_ptr<Ledger> ledger, Role role, const PeerId& peer);
  ConnectionLease(ConnectionLease&&) noexcept = default;
  ConnectionLease& operator=(ConnectionLease&&) = delete;
  ~ConnectionLease();

 private:
  std::shared_ptr<Ledger> ledger_;
  Role role_;
  PeerId peer_;
};

/// A counted stream; uncounted when destroyed.
class StreamLease {
 public:
  StreamLease(std::shared_ptr<Ledger> ledger, Role role, const PeerId& peer);
  StreamLease(StreamLease&&) noexcept = default;
  StreamLease& operator=(StreamLease&&) = delete;
  ~StreamLease();

  /// Once it is known what the stream is for. Errors: kTooManyStreams, kTooMuchMemory; the stream has to go then.
  Result<void> set_protocol(const std::string& protocol);
  /// Where its bytes are counted: under no protocol at first. Holds as long as the lease.
  Traffic& traffic() noexcept { return *traffic_; }

 private:
  std::shared_ptr<Ledger> ledger_;
  Role role_;
  PeerId peer_;
  std::optional<std::string> protocol_;
  Traffic* traffic_;
};

/// Leases may outlive it.
class ResourceLimits {
 public:
  explicit ResourceLimits(const LimitOptions& options);

  /// Whether a further connection can be counted, of whatever peer.
  bool has_room(Role role) const;
  /// exempt: it is counted and takes a place even where there is none in all. Errors: kTooManyConnections.
  Result<ConnectionLease> open_connection(Role role, const PeerId& peer, bool exempt = false);
  /// role: kDialer for streams that we open. Errors: kTooManyStreams, kTooMuchMemory.
  Result<StreamLease> open_stream(Role role, const PeerId& peer);
  /// Somebody else has refused something; limit is a constant.
  void note_refusal(std::string_view limit);
  /// What the leases' streams carried, and what was refused.
  const std::map<std::string, Traffic>& traffic() const noexcept;
  const std::map<std::string_view, std::uint64_t>& refused() const noexcept;

  ResourceUse use() const;
  const LimitOptions& options() const noexcept;
  /// For what is opened from now on.
  void set_options(const LimitOptions& options);

 private:
  std::shared_ptr<Ledger> ledger_;
};

}  // namespace opwire::swarm
