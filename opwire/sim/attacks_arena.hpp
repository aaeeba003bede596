// Where attacks are played: a small honest network with its own traffic, attackers in it, and an account of both.
//
//   Arena arena(ArenaOptions(seed));
//   arena.start();                                      // honest nodes run, attackers are connected and subscribed
//   arena.attack(seconds(20), milliseconds(100), [&] { arena.send(RawRpc().graft(kTopic)); });
//   AttackReport report = arena.report();               // after a while without attack
#pragma once

#include <map>
#include <tuple>

#include "opwire/sim/attacker.hpp"
#include "opwire/sim/gossip_network.hpp"

namespace opwire::sim {

struct ArenaOptions {
  /// Twelve nodes that score as op-node does, 2 KiB each second.
  explicit ArenaOptions(std::uint64_t seed);

  GossipOptions network;
  std::uint32_t attackers = 1;
  std::uint32_t victims = 3;  ///< each attacker connects to the first so many nodes
  bool one_address = false;   ///< all attackers share an IP
  bool deaf = false;          ///< they never read what gossipsub sends them
};

/// What honest nodes sent to the attackers.
struct Heard {
  std::size_t rpcs = 0;
  std::size_t messages = 0;
  unsigned most_copies = 0;  ///< of one message, from one node to one attacker
  std::size_t ihave_ids = 0;
  std::size_t iwant_ids = 0;
  std::size_t grafts = 0;
  std::size_t prunes = 0;
};

struct AttackReport {
  // Scores of the attackers at their victims, each second.
  double highest = 0;
  double lowest = 0;
  double at_end = 0;         ///< the lowest one
  double when_left = 0;      ///< the lowest one, before leave()
  double when_back = 0;      ///< and after come_back()
  double lowest_honest = 0;  ///< of honest nodes at each other
  // Pairs of an attacker and a victim.
  std::size_t pairs = 0;
  std::size_t connected = 0;  ///< of them, when the attack began
  std::size_t most_in_mesh = 0;
  std::size_t in_mesh_at_end = 0;

  DeliverySummary delivery;  ///< of all messages that are valid
  Heard heard;
  std::uint64_t bytes_heard = 0;  ///< by all attackers, everything included
  std::uint64_t bytes_sent = 0;   ///< by all attackers
  gossipsub::Stats victims;       ///< sums of what was dropped or refused; the rest is 0
  std::size_t topics = 0;         ///< known to a victim, at most
  std::uint64_t fingerprint = 0;
};

class Arena {
 public:
  /// May send from inside.
  using OnRpc = std::function<void(Attacker& attacker, const PeerId& from, const gossipsub::RpcView& rpc)>;

  explicit Arena(const ArenaOptions& options);
  ~Arena();
  Arena(const Arena&) = delete;
  Arena& operator=(const Arena&) = delete;

  void start();
  /// Acts at once and then after each pause.
  void attack(Duration duration, Duration pause, const std::function<void()>& act);
  void rest(Duration duration) {
    attack(duration, duration, [] {});
  }
  /// From each attacker to each victim that it has a stream to.
  void send(const RawRpc& rpc);
  /// The same with one that is made anew for each pair.
  void send_each(const std::function<RawRpc()>& make);
  void set_on_rpc(OnRpc on_rpc) { on_rpc_ = std::move(on_rpc); }
  /// All attackers leave their victims, or come back.
  void leave();
  void come_back();
  /// Rests as long as messages need to count as delivered or not.
  AttackReport report();

  GossipNetwork& network() noexcept { return network_; }
  /// Of no message.
  std::vector<Bytes> random_ids(std::size_t count);

 private:
  void listen(Attacker& attacker);
  Task<void> leave_unread(PeerStream stream);
  Task<void> reach(Attacker& attacker, Multiaddr victim);
  void hear(Attacker& attacker, const PeerId& from, const gossipsub::RpcView& rpc);
  void watch();
  void watch_honest(Node& node);

  const ArenaOptions options_;
  GossipNetwork network_;
  std::vector<std::unique_ptr<Attacker>> attackers_;
  OnRpc on_rpc_;
  AttackReport report_;
  std::map<std::tuple<PeerId, PeerId, std::string>, unsigned> copies_;  // attacker, node, the message's beginning
  TimePoint next_watch_{};
};

}  // namespace opwire::sim
