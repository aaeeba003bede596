// Finds peers of our chain and connects to them: op-node's discovery loops (op-node/p2p/discovery.go), made better
// (docs/wire.md).
//
// Records come in as they are heard and are never held up by dials; only those of our chain count. Below the goal it
// looks for more without a pause as long as that brings something, and dials the best of those it knows.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "opwire/discv5/node_store.hpp"
#include "opwire/discv5/protocol.hpp"
#include "opwire/opstack/discovery/candidates.hpp"
#include "opwire/p2p/core/network.hpp"
#include "opwire/runtime/scope.hpp"

namespace opwire::opstack {

struct FinderOptions {
  FinderOptions() = default;
  ChainId chain;
  std::size_t goal = 20;    ///< connected peers: --p2p.peers.lo
  std::size_t workers = 4;  ///< dials at once
  discv5::IpFamilies families;
  /// Whether a peer there may be dialled (4 or 16 bytes): --p2p.netrestrict. Null: any.
  std::function<bool(ByteView ip)> admits;
  CandidateOptions candidates;
};

struct FinderStatus {
  std::size_t candidates = 0;  ///< peers of our chain that are known
  std::uint64_t records = 0;   ///< heard, of all chains
  std::uint64_t dials = 0;
  std::uint64_t connected = 0;  ///< of these
  std::uint64_t lookups = 0;
  /// Records that are not of our chain, by chain; 0: no OP Stack node. At most 64 chains.
  std::map<std::uint64_t, std::uint64_t> foreign;
  std::string last_failure;  ///< of a dial; empty: none yet
};

class PeerFinder final : public discv5::ProtocolObserver, public NetworkObserver {
 public:
  using Records = std::vector<discv5::RecordPtr>;
  /// One search for nodes near a target; what it hears comes by on_record().
  using Search = std::function<Task<void>(discv5::NodeId target)>;
  /// Another source of records, a DNS tree; asked when searches alone do not reach the goal.
  using Source = std::function<Task<Records>()>;

  /// network, rng and store (which may be null) outlive it.
  PeerFinder(Network& network, Rng& rng, discv5::NodeStore* store, const FinderOptions& options);
  ~PeerFinder() override;

  /// What the store knows from before: candidates at once; the records are for discovery to begin with. Errors: the
  /// store's.
  Task<Result<Records>> recall();
  /// Begins to search and dial. source may be null.
  void start(Search search, Source source);
  Task<void> close();

  FinderStatus status() const;

  void on_record(const discv5::RecordPtr& record) override;
  void on_live(const discv5::RecordPtr& record) override;
  void on_local_record(const discv5::NodeRecord& record, std::string_view why) override;
  void on_peer_connected(const PeerId& peer, const ConnectionInfo& connection) override;
  void on_peer_disconnected(const PeerId& peer) override;

 private:
  bool is_reached() const;
  bool take(const discv5::RecordPtr& record);
  Task<void> search_loop(Search search, Source source);
  Task<void> dial_loop();
  Task<void> dial(Candidate candidate);
  /// Until the time, or until something has changed; false when cancelled.
  Task<bool> wait(TimePoint until);

  Network& network_;
  Rng& rng_;
  discv5::NodeStore* const store_;
  const FinderOptions options_;
  Candidates candidates_;
  FinderStatus status_;
  std::map<discv5::NodeId, discv5::KnownNode> stored_;  // what the store was told
  std::size_t stored_foreign_ = 0;
  std::size_t news_ = 0;  // candidates that were new since the search began
  Event changed_;
  Scope scope_;
};

}  // namespace opwire::opstack
