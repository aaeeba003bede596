// How the node deals with peers by what they did: scores of gossip and sync go into the books, who falls below the
// threshold or sends invalid blocks is banned, and who is banned or blocked stays outside.
#pragma once

#include <map>
#include <set>

#include "opwire/node/configured_gate.hpp"
#include "opwire/node/peer_books.hpp"
#include "opwire/opstack/gossip/block_sink.hpp"
#include "opwire/opstack/reputation/app_score.hpp"
#include "opwire/opstack/reputation/gate.hpp"
#include "opwire/opstack/reputation/peer_monitor.hpp"
#include "opwire/opstack/reputation/strikes.hpp"
#include "opwire/opstack/sync/client.hpp"
#include "opwire/p2p/gossipsub/score.hpp"

namespace opwire::node {

class Reputation final : public opstack::AnswerObserver, public opstack::BlockSink {
 public:
  /// Before the host is made, whose gater is gate(); configured: asked after it, outlives this.
  Reputation(Loop& loop, const Config& config, ConfiguredGate& configured);

  /// gossipsub's, of those connected and others.
  using GossipSnapshots = std::function<std::vector<gossipsub::ScoreSnapshot>()>;

  /// Reads the books (store_thread: null without a file) and begins to watch. Both outlive it. Errors: a line for the
  /// user.
  Task<Result<void, std::string>> start(Network& network, GossipSnapshots snapshots, WorkerPool* store_thread);
  Task<void> close();

  /// From now on: who is static, how one is banned, whom the configuration keeps out. Nobody is disconnected.
  void set(const LiveConfig& config);
  /// Closes all connections that would not be let in now; returns how many peers they were.
  std::size_t enforce();
  /// Only those whom the configuration keeps out.
  std::size_t enforce_configuration();

  ConnectionGater& gate() noexcept { return gate_; }
  opstack::reputation::PeerScores scores_of(const PeerId& peer) { return books_.scores().get(peer, loop_.wall_now()); }
  /// For gossipsub's score.
  double app_score(const PeerId& peer) const { return app_.value(peer, loop_.wall_now()); }
  void on_block_refused(const PeerId& peer, const Error& why);
  void on_block(const opstack::AcceptedBlock&) override { strikes_.on_accepted(loop_.now()); }

  void on_valid_answer(const PeerId& peer) override;
  void on_failed_answer(const PeerId& peer) override { app_.on_error_response(peer, loop_.wall_now()); }
  void on_rejected_answer(const PeerId& peer) override { app_.on_rejected_payload(peer, loop_.wall_now()); }

  /// Until then, and disconnects it.
  void ban(const PeerId& peer, WallTime until, std::string_view reason);
  /// The same of an address: whoever is connected from there goes, but static peers.
  void ban(const opstack::reputation::Ip& ip, WallTime until, std::string_view reason);
  bool lift_ban(const opstack::reputation::Ip& ip) { return gate_.lift_ban(ip); }
  /// Lifts what the operator and what scores have put on the peer; its stored score does not keep it out any more.
  void unblock(const PeerId& peer);
  /// The ban alone, and the stored score. False: it was not banned.
  bool lift_ban(const PeerId& peer);
  bool is_static(const PeerId& peer) const { return static_peers_.contains(peer); }

  PeerBooks& books() noexcept { return books_; }
  opstack::reputation::GateCounts counts() const noexcept { return gate_.counts(); }
  /// Bans so far, by reputation::cause_of().
  const std::map<std::string_view, std::uint64_t>& ban_counts() const noexcept { return ban_counts_; }

 private:
  Task<void> run();
  void tick();
  std::size_t disconnect_if(const std::function<bool(const ConnectionInfo&)>& is_refused);
  void take_gossip_scores();
  opstack::reputation::GateOptions gate_options();
  opstack::reputation::MonitorOptions monitor_options();

  Loop& loop_;
  ConfiguredGate& configured_;
  BanConfig bans_;  // this and the static ones: as set() was told
  const std::optional<PeerstoreConfig> peerstore_;
  const bool scoring_;
  const Duration slot_;
  std::set<PeerId> static_peers_;
  std::set<opstack::reputation::Ip> static_ips_;
  PeerBooks books_;
  opstack::reputation::AppScore app_;
  opstack::reputation::ReputationGate gate_;
  opstack::reputation::PeerMonitor monitor_;
  opstack::reputation::Strikes strikes_;
  std::map<std::string_view, std::uint64_t> ban_counts_;
  Network* network_ = nullptr;
  GossipSnapshots snapshots_;
  TimePoint next_decay_{};
  TimePoint next_snapshot_{};
  Scope tasks_;
};

}  // namespace opwire::node
