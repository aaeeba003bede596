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
#include "opwire/p2p/gossipsub/hop_times.hpp"
#include "opwire/p2p/gossipsub/id_aliases.hpp"
#include "opwire/p2p/gossipsub/message_cache.hpp"
#include "opwire/p2p/gossipsub/outbound_queue.hpp"
#include "opwire/p2p/gossipsub/params.hpp"
#include "opwire/p2p/gossipsub/peer_gater.hpp"
#include "opwire/p2p/gossipsub/protocol.hpp"
#include "opwire/p2p/gossipsub/score.hpp"
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
        direct(std::ranges::find(params.direct_peers, peer) != params.direct_peers.end()),
        queue(params.outbound),
        unwanted(params.idontwant_ttl * params.heartbeat, params.max_idontwant_messages * params.idontwant_ttl, hash) {}

  /// What it has made us do since the last heartbeat.
  struct Counters {
    unsigned ihave_rpcs = 0;
    std::size_t ihave_ids = 0;  ///< looked at
    std::size_t asked = 0;      ///< by our IWANT
    std::size_t iwant_ids = 0;  ///< looked at
    unsigned idontwant_rpcs = 0;
    std::size_t px_peers = 0;  ///< looked at
  };

  /// A message that it was told of under both its ids, and under which it asked for it.
  struct Sample {
    MessageId id;
    bool asked_ours = false;
    bool asked_alias = false;
  };

  bool has_mesh() const noexcept { return version >= Version::kV10; }
  /// May our meshes hold it?
  bool can_mesh() const noexcept { return has_mesh() && !direct; }

  PeerId id;
  Version version;
  bool outbound;  ///< we made the connection
  bool direct;    ///< among Params::direct_peers
  IdFamily family = IdFamily::kUnknown;
  std::optional<Sample> sample;   ///< while its family is not known
  unsigned rounds_to_sample = 0;  ///< of gossip, until it may be told of another one
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

  bool idle() const noexcept { return !joined && peers.empty() && fanout.empty() && backoffs.empty() && pending == 0; }

  std::string name;
  bool joined = false;
  PeerSet peers;   ///< subscribed
  PeerSet mesh;    ///< while joined
  PeerSet fanout;  ///< where own messages go while not joined
  TimePoint last_published{};
  std::size_t pending = 0;  ///< messages under validation
  BackoffTable backoffs;
};

/// What a router works with. decoder and rng outlive it.
struct RouterContext {
  RouterContext(const PeerId& self, MessageDecoder& message_decoder, Rng& chance)
      : local(self), decoder(message_decoder), rng(chance) {}

  PeerId local;
  MessageDecoder& decoder;
  Rng& rng;
  std::optional<Author> author;  ///< signs what we publish; needed under StrictSign
  /// A peer's own sealed record, empty when there is none: for peer exchange. May be null.
  std::function<Bytes(const PeerId& peer)> sealed_record;
};

class State {
 public:
  State(Params parameters, RouterContext surroundings)
      : params(std::move(parameters)),
        context(std::move(surroundings)),
        rng(context.rng),
        hash(rng),
        seen(params.seen_ttl, params.max_seen, hash),
        aliases(params.seen_ttl, params.max_seen, hash),
        cache(params.history_length, params.history_gossip, params.max_cache_bytes, hash) {
    if (params.scoring) scores.emplace(params.scoring->params, params.scoring->app, hash);
    if (params.gater) gater.emplace(*params.gater, hash);
  }
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
  /// Blame for broken rules, which counts in the score too (P7).
  void penalise(const PeerId& peer, const ErrorKind& fault, unsigned count = 1);

  /// 0 without scoring.
  double score(const PeerId& peer) const { return scores ? scores->score(peer) : 0; }
  const ScoreThresholds& thresholds() const noexcept;
  bool may_gossip(const Peer& peer) const { return score(peer.id) >= thresholds().gossip; }
  bool may_publish(const Peer& peer) const { return peer.direct || score(peer.id) >= thresholds().publish; }

  /// An id as a peer said it, in our own words; shows which family the peer is of.
  MessageId understand(Peer& peer, const MessageId& told);
  /// One of our ids in a peer's words.
  const MessageId& word_for(const Peer& peer, const MessageId& id) const;

  /// Up to `count` of a topic's peers for which take(peer) holds, chosen by chance.
  std::vector<Peer*> choose(const Topic& topic, std::size_t count, const std::function<bool(const Peer&)>& take);

  Params params;  // only its direct peers change
  RouterContext context;
  Rng& rng;
  const KeyedHash hash;
  std::unordered_map<PeerId, Peer> peers;
  std::map<std::string, Topic, std::less<>> topics;
  SeenCache seen;
  IdAliases aliases;
  bool two_families = false;  ///< the decoder has named an alias
  MessageCache cache;
  std::optional<PeerScores> scores;
  std::optional<PeerGater> gater;
  Actions actions;
  Stats stats;
  HopTimes hops;
};

}  // namespace opwire::gossipsub
