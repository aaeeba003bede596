#include "opwire/opstack/reputation/gate.hpp"

#include <utility>

namespace opwire::opstack::reputation {
namespace {

bool metered(bool allowed, std::uint64_t& yes, std::uint64_t& no) noexcept {
  ++(allowed ? yes : no);
  return allowed;
}

}  // namespace

ReputationGate::ReputationGate(const Clock& clock, BanBook& bans, BlockList& blocks, const ScoreBook& scores,
                               GateOptions options)
    : clock_(clock),
      bans_(bans),
      blocks_(blocks),
      scores_(scores),
      options_(std::move(options)),
      next_(options_.next == nullptr ? everyone_ : *options_.next) {}

bool ReputationGate::is_banned(const PeerId& peer) {
  return bans_.peers.lookup(peer, clock_.wall_now()).standing == Standing::kBanned;
}

bool ReputationGate::is_banned(const Ip& ip) {
  return bans_.ips.lookup(ip, clock_.wall_now()).standing == Standing::kBanned;
}

bool ReputationGate::has_low_score(const PeerId& peer) const {
  if (!options_.least_score || is_static(peer)) return false;
  return scores_.get(peer, clock_.wall_now()).gossip.total < *options_.least_score;
}

bool ReputationGate::is_barred(const PeerId& peer) {
  return blocks_.is_blocked(peer) || (!is_static(peer) && is_banned(peer));
}

bool ReputationGate::admits_peer(const PeerId& peer) {
  if (is_barred(peer)) return false;
  if (!has_low_score(peer)) return true;
  ++counts_.score_refusals;
  return false;
}

bool ReputationGate::admits_ip(const PeerId& peer, const std::optional<Ip>& ip) {
  if (!ip) return is_static(peer);
  return !blocks_.is_blocked(*ip) && (is_static(peer) || !is_banned(*ip));
}

bool ReputationGate::admits(const PeerId& peer, const Multiaddr& remote) {
  return !is_barred(peer) && !has_low_score(peer) && admits_ip(peer, Ip::of(remote));
}

bool ReputationGate::allow_peer_dial(const PeerId& peer) {
  const bool allowed = admits_peer(peer) && next_.allow_peer_dial(peer);
  return metered(allowed, counts_.dials_allowed, counts_.dials_refused);
}

bool ReputationGate::allow_address_dial(const PeerId& peer, const Multiaddr& address) {
  const bool admits = (is_static(peer) || !is_banned(peer)) && admits_ip(peer, Ip::of(address));
  const bool allowed = admits && next_.allow_address_dial(peer, address);
  return metered(allowed, counts_.dials_allowed, counts_.dials_refused);
}

bool ReputationGate::allow_accept(const Multiaddr& remote) {
  const std::optional<Ip> ip = Ip::of(remote);
  const bool admits = ip && !blocks_.is_blocked(*ip) && (is_static_address(*ip) || !is_banned(*ip));
  const bool allowed = admits && next_.allow_accept(remote);
  return metered(allowed, counts_.accepts_allowed, counts_.accepts_refused);
}

bool ReputationGate::admits_inbound(const PeerId& peer, const Multiaddr& remote) {
  if (!admits_peer(peer)) return false;
  const std::optional<Ip> ip = Ip::of(remote);  // of a static peer's it was not asked whether it is banned
  return is_static(peer) || !ip || !is_static_address(*ip) || !is_banned(*ip);
}

bool ReputationGate::allow_secured(Role role, const PeerId& peer, const Multiaddr& remote) {
  const bool admitted = role == Role::kDialer || admits_inbound(peer, remote);
  const bool allowed = admitted && next_.allow_secured(role, peer, remote);
  return metered(allowed, counts_.accepts_allowed, counts_.accepts_refused);
}

bool ReputationGate::allow_upgraded(Role role, const PeerId& peer, const Multiaddr& remote) {
  return admits(peer, remote) && next_.allow_upgraded(role, peer, remote);
}

void ReputationGate::unblock_peer(const PeerId& peer) {
  blocks_.unblock_peer(peer);
  bans_.peers.lift(peer);
  ++counts_.peer_unbans;
}

bool ReputationGate::lift_ban(const PeerId& peer) {
  const bool lifted = bans_.peers.lift(peer);
  if (lifted) ++counts_.peer_unbans;
  return lifted;
}

bool ReputationGate::lift_ban(const Ip& ip) {
  const bool lifted = bans_.ips.lift(ip);
  if (lifted) ++counts_.ip_unbans;
  return lifted;
}

GateCounts ReputationGate::counts() const noexcept {
  GateCounts all = counts_;
  all.peer_unbans += bans_.peers.ended();
  all.ip_unbans += bans_.ips.ended();
  return all;
}

}  // namespace opwire::opstack::reputation
