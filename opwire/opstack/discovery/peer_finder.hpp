// Finds peers of our chain and connects to them, until there are enough.
//
//   PeerFinder finder(network, rng, options, &store);
//   auto known = co_await finder.restore();
//   auto service = discv5::Service::make(loop, rng, socket, discovery, &finder);
//   service->add(known);
//   service->start();
//   finder.start(*service);
//   ...
//   co_await finder.close();   // before the service's
//
// Records come in by calls that never wait. Below the goal, workers dial the best candidates as they come, and one
// lookup for a random target follows the other. At the goal nobody is dialled, and a lookup now and then keeps the
// knowledge fresh.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "opwire/opstack/discovery/candidates.hpp"
#include "opwire/opstack/discovery/known_nodes.hpp"
#include "opwire/opstack/discovery/node_finder.hpp"
#include "opwire/p2p/core/network.hpp"
#include "opwire/runtime/scope.hpp"

namespace opwire::opstack {

struct PeerFinderOptions {
  explicit PeerFinderOptions(ChainId chain) : candidates(chain) {}

  CandidateOptions candidates;
  /// Told of every record of our chain, as often as it comes. Null: nobody.
  std::function<void(const PeerId&, const discv5::NodeRecord&)> on_own_record;
  std::size_t goal = 20;    ///< connected peers, of whatever origin: --p2p.peers.lo. Exceeded by workers - 1 at most
  std::size_t workers = 4;  ///< dials at once
  Duration dial_limit = std::chrono::seconds(10);
  Duration address_ttl = std::chrono::hours(24);
  // Between two lookups.
  Duration first_pause = std::chrono::milliseconds(500);  ///< doubles while they bring nothing new of our chain
  Duration longest_pause = std::chrono::seconds(20);
  Duration pause_at_goal = std::chrono::minutes(5);
  Duration source_pause = std::chrono::seconds(10);  ///< between two questions to the RecordSource
};

/// Records of other chains, by what they say.
struct ForeignRecords {
  static constexpr std::size_t kMaxChains = 64;

  void count(const discv5::NodeRecord& record);

  std::map<ChainId, std::uint64_t> by_chain;  ///< the first chains that came; our own is here for other versions
  std::uint64_t other_chains = 0;             ///< of further ones
  std::uint64_t no_chain = 0;                 ///< without an entry that can be read
};

struct PeerFinderStatus {
  std::size_t connected = 0;
  std::size_t goal = 0;
  std::size_t candidates = 0;  ///< of our chain, connected ones among them
  std::size_t table_size = 0;
  std::size_t table_live = 0;
  std::uint64_t lookups = 0;
  std::uint64_t dials_tried = 0;
  std::uint64_t dials_succeeded = 0;
  std::uint64_t dials_failed = 0;
  std::optional<Error> last_dial_error;
  ForeignRecords foreign;
};

class PeerFinder final : public discv5::ProtocolObserver, public NetworkObserver {
 public:
  /// All outlive it; store and source may be null.
  PeerFinder(Network& network, Rng& rng, PeerFinderOptions options, discv5::NodeStore* store = nullptr,
             RecordSource* source = nullptr);

  /// Before start(): takes the store's nodes as candidates. Returns them all, our chain's first, for discv5 to begin
  /// with: then a restart needs no bootnode.
  Task<std::vector<discv5::RecordPtr>> restore();
  /// Begins to look and to dial. Once; what it is given lives until close() is done.
  void start(NodeFinder& nodes);
  void start(discv5::Service& service);
  /// Ends dials that are under way. To be awaited before it is destroyed.
  Task<void> close();

  PeerFinderStatus status() const;
  /// See PeerFinderOptions.
  void set_goal(std::size_t goal);

  void on_record(const discv5::RecordPtr& record) override;
  void on_live(const discv5::RecordPtr& record) override;
  void on_gone(const discv5::NodeId& id) override;
  void on_local_record(const discv5::NodeRecord& record, std::string_view why) override;
  void on_peer_connected(const PeerId& peer, const ConnectionInfo& connection) override;
  void on_peer_disconnected(const PeerId& peer) override;

 private:
  TimePoint now() const { return network_.loop().now(); }
  bool below_goal() const { return network_.connected_peers().size() < options_.goal; }
  bool is_static(const PeerId& peer) const;
  void take(const discv5::RecordPtr& record);
  void remember(const discv5::NodeRecord& record, const PeerId& peer);
  void tag(const PeerId& peer);

  Task<void> dial_on();
  std::optional<Candidate> next_to_dial();
  Task<void> dial(Candidate candidate);
  Task<void> look_up_on();
  Task<void> ask_source_on();

  Network& network_;
  Rng& rng_;
  PeerFinderOptions options_;
  std::string tag_;
  Candidates candidates_;
  KnownNodes known_;
  RecordSource* source_;
  std::unique_ptr<NodeFinder> owned_nodes_;
  NodeFinder* nodes_ = nullptr;
  PeerFinderStatus status_;        // the counters of it
  std::uint64_t own_records_ = 0;  // new candidates so far
  Duration pause_;
  Event changed_;  // a candidate or a peer came or went
  std::vector<Scope*> dials_;
  Scope scope_;
};

}  // namespace opwire::opstack
