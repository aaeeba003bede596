#include "opwire/sim/attacks_plays.hpp"

namespace opwire::sim {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

/// So that no mesh takes it in: it hears of messages by gossip only.
void stay_outside(Arena& arena) {
  arena.send(RawRpc().prune(kTopic, 3600));
}

std::vector<Bytes> all_of(gossipsub::IdList list) {
  std::vector<Bytes> ids;
  while (const auto id = list.next()) ids.push_back(to_bytes(*id));
  return ids;
}

}  // namespace

// Whatever it hears of it asks for twenty times, and all the time for what nobody has.
AttackReport play_iwant_spam(std::uint64_t seed) {
  Arena arena{ArenaOptions(seed)};
  arena.set_on_rpc([](Attacker& attacker, const PeerId& from, const gossipsub::RpcView& rpc) {
    for (const gossipsub::IhaveView& entry : rpc.ihave) {
      const std::vector<Bytes> ids = all_of(entry.ids);
      for (int i = 0; i < 20; ++i) attacker.send(from, RawRpc().iwant(ids));
    }
  });
  arena.start();
  stay_outside(arena);
  arena.attack(seconds(15), milliseconds(250), [&] { arena.send(RawRpc().iwant(arena.random_ids(200))); });
  return arena.report();
}

// Twenty times a second it tells of messages that do not exist.
AttackReport play_ihave_spam(std::uint64_t seed) {
  Arena arena{ArenaOptions(seed)};
  arena.start();
  stay_outside(arena);
  arena.attack(seconds(10), milliseconds(50), [&] { arena.send(RawRpc().ihave(kTopic, arena.random_ids(100))); });
  return arena.report();
}

AttackReport play_graft_unknown(std::uint64_t seed) {
  Arena arena{ArenaOptions(seed)};
  arena.start();
  int next = 0;
  arena.attack(seconds(5), milliseconds(100), [&] {
    RawRpc rpc;
    for (int i = 0; i < 200; ++i) rpc.graft("/no/such/topic/" + std::to_string(++next));
    arena.send(rpc);
  });
  return arena.report();
}

AttackReport play_subscribe_flood(std::uint64_t seed) {
  Arena arena{ArenaOptions(seed)};
  arena.start();
  int next = 0;
  arena.attack(seconds(5), milliseconds(100), [&] {
    RawRpc rpc;
    for (int i = 0; i < 200; ++i) rpc.subscribe("/random/topic/" + std::to_string(++next));
    arena.send(rpc);
  });
  return arena.report();
}

// It leaves the mesh and wants back in once a second.
AttackReport play_graft_flood(std::uint64_t seed) {
  Arena arena{ArenaOptions(seed)};
  arena.start();
  arena.send(RawRpc().graft(kTopic));
  arena.rest(seconds(1));
  arena.send(RawRpc().prune(kTopic));
  arena.attack(seconds(20), seconds(1), [&] { arena.send(RawRpc().graft(kTopic)); });
  return arena.report();
}

// Within the back-off, of 20 s here, but not within the flood window; and then after its end.
AttackReport play_graft_patient(std::uint64_t seed) {
  ArenaOptions options(seed);
  options.network.gossip.prune_backoff = seconds(20);
  Arena arena(options);
  arena.start();
  arena.send(RawRpc().prune(kTopic));
  arena.rest(seconds(11));
  arena.send(RawRpc().graft(kTopic));
  arena.rest(seconds(21));
  arena.send(RawRpc().graft(kTopic));
  arena.rest(seconds(1));
  return arena.report();
}

// More RPCs than are heeded, more ids in each than are heeded, and ids that are none.
AttackReport play_idontwant_flood(std::uint64_t seed) {
  ArenaOptions options(seed);
  options.network.gossip.max_idontwant_messages = 100;
  Arena arena(options);
  arena.start();
  arena.send(RawRpc().graft(kTopic));
  arena.send(RawRpc().idontwant({Bytes(), Bytes(std::size_t{64} << 10)}));
  arena.attack(seconds(8), milliseconds(100), [&] {
    for (int i = 0; i < 20; ++i) arena.send(RawRpc().idontwant(arena.random_ids(12)));
  });
  return arena.report();
}

// Out of favour it goes, and is back twenty seconds later.
AttackReport play_wash(std::uint64_t seed) {
  Arena arena{ArenaOptions(seed)};
  arena.start();
  arena.send(RawRpc().prune(kTopic));
  arena.attack(seconds(6), milliseconds(500), [&] { arena.send(RawRpc().graft(kTopic)); });
  arena.send(RawRpc().subscribe(kTopic, false));
  arena.rest(seconds(1));
  arena.leave();
  arena.rest(seconds(20));
  arena.come_back();
  arena.send(RawRpc().graft(kTopic));
  arena.rest(seconds(1));
  return arena.report();
}

}  // namespace opwire::sim
