// Who may connect, by what the books say: op-node's gaters in one (op-node/p2p/gating, and libp2p's basic gater).
//
//   hook           asked, in this order
//   peer dial      peer blocked; peer banned; its stored score
//   address dial   address blocked, by itself or in a subnet; peer banned; address banned
//   accept         address blocked; address banned
//   secured        we dialled: nothing. They did: peer blocked; peer banned; its stored score
//   upgraded       all of it: a ban may have come meanwhile (op-node: nothing)
//
// Every hook then asks the next gater, where there is one. An address without an IP is refused where one is asked for.
// A ban that is over goes with the first question, and is counted.
//
// The stored score keeps out a peer that left with a score below the ban threshold before the monitor came to it, until
// its record expires. op-node has such a gater and does not use it: a stated difference.
//
// Bans and scores do not concern static peers; what an operator blocks does. When a static peer comes to us, nothing
// but its address is known at first: is_static_address says which banned ones are let in for that; all others from
// there are refused once they are known.
#pragma once

#include <functional>
#include <optional>

#include "opwire/base/time.hpp"
#include "opwire/opstack/reputation/ban_book.hpp"
#include "opwire/opstack/reputation/block_list.hpp"
#include "opwire/opstack/reputation/score_book.hpp"
#include "opwire/p2p/core/gater.hpp"

namespace opwire::opstack::reputation {

struct GateOptions {
  std::function<bool(const PeerId&)> is_static;      ///< null: nobody is
  std::function<bool(const Ip&)> is_static_address;  ///< null: none is
  /// Who stands below it in the score book may not come back. None: no score keeps anybody out.
  std::optional<double> least_score;
  ConnectionGater* next = nullptr;  ///< outlives the gate
};

/// Counted from the beginning. Dials: peer and address hooks; accepts: accept and secured hooks. So a connection counts
/// twice, as in op-node's metrics, and its secured hook counts when we dialled, too.
struct GateCounts {
  std::uint64_t dials_allowed = 0;
  std::uint64_t dials_refused = 0;
  std::uint64_t accepts_allowed = 0;
  std::uint64_t accepts_refused = 0;
  std::uint64_t score_refusals = 0;  ///< of the refused ones, those for their stored score
  std::uint64_t peer_unbans = 0;     ///< bans that ended, and peers that were unblocked
  std::uint64_t ip_unbans = 0;
};

class ReputationGate final : public ConnectionGater {
 public:
  /// All of them outlive the gate.
  ReputationGate(const Clock& clock, BanBook& bans, BlockList& blocks, const ScoreBook& scores,
                 GateOptions options = {});

  bool allow_peer_dial(const PeerId& peer) override;
  bool allow_address_dial(const PeerId& peer, const Multiaddr& address) override;
  bool allow_accept(const Multiaddr& remote) override;
  bool allow_secured(Role role, const PeerId& peer, const Multiaddr& remote) override;
  bool allow_upgraded(Role role, const PeerId& peer, const Multiaddr& remote) override;

  /// Whether a connection that stands would be let in now. Counts as no hook, and asks no other gater.
  bool admits(const PeerId& peer, const Multiaddr& remote);

  /// See GateOptions.
  void set_least_score(std::optional<double> least_score) noexcept { options_.least_score = least_score; }

  /// Lifts its block and its timed ban, and counts an unban even where there was none. Blocks of addresses and subnets
  /// have nothing to do with timed bans: they are lifted in the list itself.
  void unblock_peer(const PeerId& peer);
  /// Its timed ban alone, which counts as an unban. False: it had none.
  bool lift_ban(const PeerId& peer);
  bool lift_ban(const Ip& ip);

  GateCounts counts() const noexcept;

 private:
  bool is_static(const PeerId& peer) const { return options_.is_static && options_.is_static(peer); }
  bool is_static_address(const Ip& ip) const { return options_.is_static_address && options_.is_static_address(ip); }
  bool admits_ip(const PeerId& peer, const std::optional<Ip>& ip);
  bool admits_inbound(const PeerId& peer, const Multiaddr& remote);
  bool has_low_score(const PeerId& peer) const;
  /// A block, or without being static a ban.
  bool is_barred(const PeerId& peer);
  /// For a hook: a score that keeps the peer out is counted.
  bool admits_peer(const PeerId& peer);
  bool is_banned(const PeerId& peer);
  bool is_banned(const Ip& ip);

  const Clock& clock_;
  BanBook& bans_;
  BlockList& blocks_;
  const ScoreBook& scores_;
  GateOptions options_;
  ConnectionGater everyone_;
  ConnectionGater& next_;
  GateCounts counts_;  // without the bans that ended: the book counts those
};

}  // namespace opwire::opstack::reputation
