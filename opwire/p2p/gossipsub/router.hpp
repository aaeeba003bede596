// The gossipsub router: what peers send and the time go in, actions come out. No stream, no clock, no thread.
//
//   rpc.hpp, control_rpc.hpp, frame.hpp   bytes and their meaning
//   delivery.hpp                          the way of a message; duplicate_filter, seen_cache, message_cache serve it
//   authorship.hpp                        who wrote it, under StrictSign
//   mesh.hpp, fanout.hpp                  who gets messages at once
//   gossip.hpp, promises.hpp              who only hears of them
//   id_aliases.hpp                        networks in which messages have two ids
//   score.hpp, peer_gater.hpp             what peers are worth
//   outbound_queue.hpp                    what waits for one peer
//   state.hpp                             what these share
//
// Specs: libp2p pubsub and gossipsub v1.0, v1.1 and v1.2; where they leave room, as go-libp2p-pubsub does. Everything
// that peers can make grow has a limit in Params.
#pragma once

#include "opwire/p2p/gossipsub/delivery.hpp"
#include "opwire/p2p/gossipsub/mesh.hpp"

namespace opwire::gossipsub {

/// Messages that wait to be written, of all peers together.
struct QueuedOutput {
  std::size_t messages = 0;
  std::size_t bytes = 0;
  std::size_t longest = 0;  ///< messages that wait for one peer
};

/// After each call the caller takes the actions and performs them. Peers that are not connected are ignored.
class Router {
 public:
  /// The parameters must be valid; under StrictSign there is an author.
  Router(Params params, RouterContext context);

  /// We can write to this peer from now on; it is told our subscriptions. outbound: we made the connection. remote:
  /// where it is, for the scores.
  void on_peer_connected(const PeerId& peer, Version version, bool outbound, const Multiaddr& remote);
  void on_peer_disconnected(const PeerId& peer, TimePoint now);
  /// Our stream to a connected peer broke and is a new one: it is told our subscriptions again and what waited is gone.
  /// What the peer told us still holds, for its own stream did not break and tells nothing twice.
  void on_stream_reopened(const PeerId& peer, Version version);
  /// The connection that it was known by has ended, and another one stands.
  void on_peer_moved(const PeerId& peer, bool outbound, const Multiaddr& remote, TimePoint now);
  /// A frame's content; message data stay slices of it. Of a peer below the graylist threshold only subscriptions are
  /// heeded. Errors: kRpcTooLarge, multiformats' kBadProtobuf: nothing of the RPC was heeded.
  Result<void> on_rpc(const PeerId& peer, const Buffer& rpc, TimePoint now);

  /// Joins a topic (again: nothing happens). Errors: kTopicNotAllowed.
  Result<void> subscribe(std::string_view topic, TimePoint now);
  void unsubscribe(std::string_view topic, TimePoint now);

  /// From now on these are Params::direct_peers. One that becomes direct leaves our meshes and is told so.
  void set_direct_peers(std::vector<PeerId> peers, TimePoint now);

  /// Sends a message of our own, which the caller has found valid; it is not delivered to ourselves. To have no peer
  /// for it is no error. Errors: kTopicNotAllowed, kMessageTooLarge, kAlreadySeen.
  Result<MessagePtr> publish(std::string_view topic, Buffer data, TimePoint now);
  /// Ends what a ValidateMessage began; exactly once for each.
  void on_validation_result(const MessagePtr& message, Verdict verdict, TimePoint now);
  /// Every Params::heartbeat.
  void heartbeat(TimePoint now);

  /// What has come up since the last call. `into` is cleared and filled; its memory is used again.
  void take_actions(Actions& into);
  /// The next frame for this peer; nullopt: nothing waits, and an OutputReady will tell when that changes. With the
  /// time, messages of others that go on are counted in hops().
  std::optional<Frame> next_frame(const PeerId& peer, std::optional<TimePoint> now = std::nullopt);

  // For metrics, tables and tests.
  const Params& params() const noexcept { return state_.params; }
  const Stats& stats() const noexcept { return state_.stats; }
  const HopTimes& hops() const noexcept { return state_.hops; }
  QueuedOutput queued() const;
  /// Topics that we know of: joined by us or a peer, or published to.
  std::vector<std::string> topics() const;
  /// Peers that subscribed to a topic; those of them in our mesh.
  std::vector<PeerId> topic_peers(std::string_view topic) const;
  std::vector<PeerId> mesh_peers(std::string_view topic) const;
  /// Which message ids a connected peer has been seen to use.
  IdFamily family(const PeerId& peer) const;
  double score(const PeerId& peer) const { return state_.score(peer); }
  /// Of connected peers and those that are remembered; empty without scoring.
  std::vector<ScoreSnapshot> scores() const;
  /// From now on conduct in the topic counts so, where peers are scored at all. Errors: kBadParameters.
  Result<void> set_topic_score(std::string_view topic, const TopicScoreParams& params);

 private:
  /// Tells a peer all that we have joined.
  void greet(Peer& peer);
  void on_subscription(Peer& peer, const SubscriptionView& view);
  void remove_from_topic(const PeerId& peer, std::string_view topic);
  void on_messages(Peer& peer, const Buffer& rpc, TimePoint now);
  void on_control(Peer& peer, TimePoint now);
  void refresh_scores(TimePoint now);
  void reach_direct_peers();
  void announce(std::string_view topic, bool subscribe);

  State state_;
  Mesh mesh_;
  Gossip gossip_;
  Fanout fanout_;
  Delivery delivery_;
  RpcView rpc_;  // memory for the next RPC
  std::uint64_t beats_ = 0;
  TimePoint next_score_refresh_{};
  TimePoint next_gater_refresh_{};
};

}  // namespace opwire::gossipsub
