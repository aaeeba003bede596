// A model of op-node's discovery loops: what it takes and dials, and when. The walk is geth's.
#include <algorithm>
#include <set>

#include "opwire/opstack/discovery/chain_entry.hpp"
#include "opwire/sim/discovery/dials.hpp"
#include "opwire/sim/discovery/random_walk.hpp"
#include "opwire/sim/discovery/search.hpp"

namespace opwire::sim {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

// How often the model looks whether it may go on.
constexpr Duration kTurn = milliseconds(50);
constexpr std::size_t kFoundBuffer = 3;

/// Nodes on their way to op-node's main loop.
using Found = Mailbox<discv5::RecordPtr>;

class OpNodeSearch final : public Search {
 public:
  OpNodeSearch(KademliaNetwork& network, std::uint32_t number, discv5::ProtocolOptions options, std::uint64_t seed);

  std::size_t known() const override { return peers.size(); }
  std::size_t connected() const override { return dials.connected(); }
  std::uint64_t sent() const override { return node->protocol().stats().sent; }
  Task<void> close() override {
    scope.cancel();
    co_await scope.join();
    co_await dials.close();
  }

  SimulatedLoop& loop;
  SeededRng rng;
  std::unique_ptr<CoreNode> node;
  RandomWalk nodes;
  Found found;
  Dials dials;
  std::set<discv5::NodeId> peers;
  Scope scope;
};

Task<bool> hand_over(Loop& loop, Found& found, discv5::RecordPtr record) {
  while (!found.push(record)) {
    if (!co_await sleep_for(loop, kTurn)) co_return false;
  }
  co_return true;
}

Task<void> feed_table_once(OpNodeSearch& search) {
  SimulatedLoop& loop = search.loop;
  if (!co_await sleep_for(loop, seconds(3))) co_return;
  const std::vector<discv5::Contact> nodes = search.node->protocol().table().all();
  for (const discv5::Contact& contact : nodes) {
    if (!opstack::is_of_chain(*contact.record, kOwnChain)) continue;
    if (!co_await hand_over(loop, search.found, contact.record)) co_return;
  }
}

Task<void> walk(OpNodeSearch& search) {
  SimulatedLoop& loop = search.loop;
  TimePoint tick = loop.now();
  while (true) {
    tick = std::max(tick + seconds(5), loop.now());
    if (!co_await sleep_until(loop, tick)) co_return;
    discv5::RecordPtr record;
    do {
      record = co_await search.nodes.next();
      if (!record) co_return;
    } while (!opstack::is_of_chain(*record, kOwnChain));
    if (!co_await hand_over(loop, search.found, record)) co_return;
  }
}

/// Whoever is known and not connected is dialled; nothing else happens meanwhile, for half a minute at most.
Task<bool> schedule_dials(OpNodeSearch& search) {
  SimulatedLoop& loop = search.loop;
  const TimePoint end = loop.now() + seconds(30);
  std::vector<discv5::NodeId> peers(search.peers.begin(), search.peers.end());
  search.rng.shuffle(peers);
  for (const discv5::NodeId& peer : peers) {
    if (search.dials.is_connected(peer)) continue;
    while (!search.dials.push(peer)) {
      if (loop.now() >= end) co_return true;
      if (!co_await sleep_for(loop, kTurn)) co_return false;
    }
  }
  co_return true;
}

Task<void> take_and_connect(OpNodeSearch& search) {
  SimulatedLoop& loop = search.loop;
  TimePoint tick = loop.now() + seconds(5);
  while (true) {
    while (search.found.size() > 0) {
      const std::optional<discv5::RecordPtr> record = co_await search.found.pop();
      if (!record) co_return;
      search.peers.insert((*record)->id());
    }
    if (loop.now() >= tick) {
      if (!co_await schedule_dials(search)) co_return;
      tick = std::max(tick + seconds(5), loop.now());
    }
    if (!co_await sleep_for(loop, kTurn)) co_return;
  }
}

OpNodeSearch::OpNodeSearch(KademliaNetwork& network, std::uint32_t number, discv5::ProtocolOptions options,
                           std::uint64_t seed)
    : loop(network.loop()),
      rng(seed),
      node(network.newcomer(number, std::move(options))),
      nodes(loop, *node, rng),
      found(loop, kFoundBuffer),
      dials(loop, rng, {}),
      scope(loop) {
  node->start();
  scope.spawn(feed_table_once(*this));
  scope.spawn(walk(*this));
  scope.spawn(take_and_connect(*this));
}

}  // namespace

std::unique_ptr<Search> search_as_op_node(KademliaNetwork& network, std::uint32_t number,
                                          discv5::ProtocolOptions options, std::uint64_t seed) {
  return std::make_unique<OpNodeSearch>(network, number, std::move(options), seed);
}

}  // namespace opwire::sim
