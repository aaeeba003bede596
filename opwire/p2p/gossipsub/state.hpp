// What the parts of the router share: its peers, topics, parameters and the actions that wait.
#pragma once

#include <functional>
#include <map>
#include <set>
#include <unordered_map>

#include <boost/container/flat_set.hpp>

#include "opwire/base/rng.hpp"
#include "opwire/p2p/gossipsub/actions.hpp"
#include "opwire/p2p/gossipsub/backoff.hpp"
#include "opwire/p2p/gossipsub/message_cache.hpp"
#include "opwire/p2p/gossipsub/outbound_queue.hpp"
#include "opwire/p2p/gossipsub/params.hpp"
#include "opwire/p2p/gossipsub/protocol.hpp"
#include "opwire/p2p/gossipsub/seen_cache.hpp"
#include "opwire/p2p/gossipsub/stats.hpp"

namespace opwire::gossipsub {

/// Ordered, so that the same seed gives the same run.
using PeerSet = boost::container::flat_set<PeerId>;

struct Peer {
  Peer(const PeerId& peer, Version speaks, bool dialled, const Params& params, KeyedHash hash)
      : id(peer),
        version(speaks),
        outbound(dialled),
        queue(params.outbound),
        unwanted(params.idontwant_ttl * params.heartbeat, params.max_idontwant_messages * params.idontwant_ttl, hash) {}

  /// What it has made us do since the last heartbeat.
  struct Counters {
    unsigned ihave_rpcs = 0;
    std::size_t ihave_ids = 0;  ///< looked at
    std::size_t asked = 0;      ///< by our IWANT
    std::size_t iwant_ids = 0;  ///< looked at
    unsigned idontwant_rpcs = 0;
  };

  bool has_mesh() const noexcept { return version >= Version::kV10; }

  PeerId id;
  Version version;
  bool outbound;  ///< we made the connection
  std::set<std::string, std::less<>> topics;
  OutboundQueue queue;
  bool output_told = false;  ///< an OutputReady is out
  Counters counters;
  SeenCache unwanted;  ///< ids of its IDONTWANT
};

/// A topic that we have joined, publish to, or a peer has subscribed to.
struct Topic {
  explicit Topic(std::string topic_name, const Params& params)
      : name(std::move(topic_name)), backoffs(params.max_backoffs) {}

  bool idle() const noexcept { return !joined && peers.empty() && fanout.empty() && backoffs.empty(); }

  std::string name;
  bool joined = false;
  PeerSet peers;   ///< subscribed
  PeerSet mesh;    ///< while joined
  PeerSet fanout;  ///< where own messages go while not joined
  TimePoint last_published{};
  BackoffTable backoffs;
};

class State {
 public:
  State(Params parameters, Rng& chance)
      : params(std::move(parameters)),
        rng(chance),
        hash(chance),
        seen(params.seen_ttl, params.max_seen, hash),
        cache(params.history_length, params.history_gossip, params.max_cache_bytes, hash) {}
  State(const State&) = delete;
  State& operator=(const State&) = delete;

  Peer* find_peer(const PeerId& id);
  Topic* find_topic(std::string_view name);
  /// Made when it is not there; the caller checks that it is allowed.
  Topic& topic(std::string_view name);
  /// Forgets the topic when nothing holds it any more.
  void release(std::string_view name);

  /// The queue of a peer that something is about to be put into; sees to it that the shell hears of it.
  OutboundQueue& output(Peer& peer);
  void send_message(Peer& peer, const MessagePtr& message);
  void blame(const PeerId& peer, const ErrorKind& fault, unsigned count = 1);

  /// Up to `count` of a topic's peers for which take(peer) holds, chosen by chance.
  std::vector<Peer*> choose(const Topic& topic, std::size_t count, const std::function<bool(const Peer&)>& take);

  const Params params;
  Rng& rng;
  const KeyedHash hash;
  std::unordered_map<PeerId, Peer> peers;
  std::map<std::string, Topic, std::less<>> topics;
  SeenCache seen;
  MessageCache cache;
  Actions actions;
  Stats stats;
};

}  // namespace opwire::gossipsub
