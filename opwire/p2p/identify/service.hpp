// Identify and identify push on a network: every connection is asked who is there, and peers learn when we change.
#pragma once

#include <string>

#include "opwire/base/log.hpp"
#include "opwire/crypto/keys.hpp"
#include "opwire/p2p/core/network.hpp"
#include "opwire/p2p/core/peer_events.hpp"
#include "opwire/p2p/core/peer_store.hpp"
#include "opwire/p2p/identify/message.hpp"
#include "opwire/runtime/scope.hpp"

namespace opwire::identify {

inline constexpr const char* kProtocol = "/ipfs/id/1.0.0";
inline constexpr const char* kPushProtocol = "/ipfs/id/push/1.0.0";

struct Options {
  Options() = default;
  std::string agent = "opwire";
  std::string protocol_version;
  Duration timeout = std::chrono::seconds(10);  ///< of one exchange
  std::size_t pushes_at_once = 32;
};

/// What a verified exchange told us about a peer.
struct PeerInfo {
  std::string agent;
  std::string protocol_version;
  std::vector<std::string> protocols;
  std::vector<Multiaddr> addresses;
  std::optional<Multiaddr> observed_address;  ///< how the peer sees us
  bool has_signed_record = false;
};

/// Answers must come before anything else works with go-libp2p: it opens no stream to a peer that does not identify.
class Service final : public NetworkObserver {
 public:
  /// events may be null. network, key's copies and events outlive the service.
  Service(Network& network, const crypto::PrivateKey& key, const Options& options, PeerEvents* events = nullptr);
  ~Service() override;

  /// Asks now and stores what comes back. Errors: those of new_stream_on and of the exchange.
  Task<Result<PeerInfo>> identify(ConnectionId connection);
  /// Stops asking and pushing; waits for what is under way.
  Task<void> close();

  void on_connection_opened(const ConnectionInfo& connection) override;
  void on_local_change() override;

 private:
  Message own_message(const Multiaddr* remote);
  /// Sealed again only when it no longer tells the truth: a signature costs more than the rest of the answer.
  const Bytes& signed_record(const std::vector<Multiaddr>& addresses);
  void log_failure(const char* what, const PeerId& peer, const Error& why);
  Task<void> serve(PeerStream stream);
  Task<void> serve_push(PeerStream stream);
  Task<void> identify_new(ConnectionId connection, PeerId peer);
  Task<void> push_soon();
  Task<void> push_to(PeerId peer);
  Result<PeerInfo> accept(const PeerId& peer, const Multiaddr& remote, const Message& message);
  std::optional<Multiaddr> remote_of(ConnectionId connection) const;

  Network& network_;
  crypto::PrivateKey key_;
  Options options_;
  PeerEvents* events_;
  Bytes encoded_key_;
  std::vector<Multiaddr> recorded_addresses_;
  Bytes signed_record_;  // empty: to be sealed
  bool push_planned_ = false;
  std::size_t pushing_ = 0;
  Event pushed_;
  log::Limit log_limit_;
  Scope scope_;
};

}  // namespace opwire::identify
