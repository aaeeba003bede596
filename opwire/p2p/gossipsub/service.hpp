// gossipsub on a network: the coroutines around the Router.
//
// For each peer one stream that we opened and write to, and one that it opened and we read. On the latter nothing is
// ever written and our half stays open: go-libp2p-pubsub takes either for the peer's death.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <unordered_map>

#include "opwire/base/log.hpp"
#include "opwire/p2p/core/network.hpp"
#include "opwire/p2p/core/peer_events.hpp"
#include "opwire/p2p/gossipsub/arrivals.hpp"
#include "opwire/p2p/gossipsub/connector.hpp"
#include "opwire/p2p/gossipsub/router.hpp"
#include "opwire/p2p/gossipsub/topic_tags.hpp"
#include "opwire/runtime/scope.hpp"

namespace opwire::gossipsub {

/// Finds the verdict on a message; may leave something in message->content for the subscriber.
using Validator = std::function<Task<Verdict>(MessagePtr message)>;
/// Gets each accepted message of others, on the loop, one at a time, with what the validator left.
using Subscriber = std::function<void(const Message& message, const std::shared_ptr<const void>& content)>;

/// Told on the loop of what peers do with topics. Not to be added or removed from inside a call.
class Observer {
 public:
  virtual ~Observer() = default;
  /// A peer subscribed to a topic, or left it.
  virtual void on_topic(const PeerId& peer, const std::string& topic, bool subscribed) {
    (void)peer, (void)topic, (void)subscribed;
  }
  /// A peer entered our mesh of a topic, or left it.
  virtual void on_mesh(const PeerId& peer, const std::string& topic, bool in_mesh) {
    (void)peer, (void)topic, (void)in_mesh;
  }
};

/// What a service works with. Everything referred to outlives it.
struct ServiceParts {
  ServiceParts(MessageDecoder& message_decoder, Rng& chance, PeerEvents* told = nullptr)
      : decoder(message_decoder), rng(chance), events(told) {}

  MessageDecoder& decoder;
  Rng& rng;
  PeerEvents* events;                        ///< may be null
  std::optional<crypto::PrivateKey> author;  ///< the host's key, under StrictSign
};

class Service final : public NetworkObserver {
 public:
  /// The parameters must be valid.
  Service(Network& network, Params params, ServiceParts parts);
  ~Service() override;

  /// Joins a topic. Errors: kTopicNotAllowed; kClosed after close().
  Result<void> subscribe(const std::string& topic, Validator validator, Subscriber subscriber);
  void unsubscribe(const std::string& topic);
  /// The caller has found the message valid. Errors: those of Router::publish; kClosed after close().
  Result<void> publish(const std::string& topic, Buffer data);

  void add_observer(Observer& observer) { observers_.push_back(&observer); }
  void remove_observer(Observer& observer) { std::erase(observers_, &observer); }

  const Router& router() const noexcept { return router_; }
  /// As Router's.
  Result<void> set_topic_score(std::string_view topic, const TopicScoreParams& params) {
    return router_.set_topic_score(topic, params);
  }
  /// As Router's; they are protected from being trimmed.
  void set_direct_peers(std::vector<PeerId> peers);
  /// Peers we write to, or are about to.
  std::size_t peer_count() const noexcept { return writers_.size(); }

  /// Ends all streams and tasks of ours; verdicts that are still being found are waited for, and nobody is told of
  /// anything any more. What serves the peers'
  /// streams belongs to their connections: the service may be destroyed once the network is closed.
  Task<void> close();

  void on_peer_protocols(const PeerId& peer, const std::vector<std::string>& protocols) override;
  void on_peer_disconnected(const PeerId& peer) override;
  void on_connection_closed(const ConnectionInfo& connection, const Error& why) override;

 private:
  struct Topic {
    Validator validator;
    Subscriber subscriber;
  };
  /// The stream that we write to.
  struct Writer {
    explicit Writer(Loop& loop) : ready(loop) {}
    Event ready;
    Stream* stream = nullptr;  // of the task that runs, once it is open
    bool connected = false;    // the router knows the peer
    bool ended = false;
  };

  Task<void> serve(PeerStream stream);
  Task<Result<void>> read_rpcs(PeerStream& stream);
  Task<Result<Buffer>> read_rpc(Stream& stream, std::size_t length);
  /// The router heeds no peer that it cannot answer. The peer's first RPC, its subscriptions, may well arrive before
  /// our stream to it stands, and is not repeated: reading waits for that, within reason.
  Task<void> wait_for_writer(PeerId peer);
  Task<void> write_to(PeerId peer, std::shared_ptr<Writer> writer);
  Task<Result<void>> open_and_write(PeerId peer, Writer& writer);
  Task<Result<void>> write_rpcs(PeerId peer, Writer& writer, PeerStream& stream);
  Task<void> validate(MessagePtr message);
  Task<void> beat();

  /// Performs what the router wants done; after every call into it.
  void pump();
  void perform(const OutputReady& action);
  void perform(const ValidateMessage& action);
  void perform(const DeliverMessage& action);
  void perform(const Misbehaviour& action);
  void perform(const MeshChange& action);
  void perform(const TopicChange& action);
  void perform(const ConnectPeer& action);

  Network& network_;
  TopicTags tags_;
  Router router_;
  PeerEvents* events_;
  std::vector<Observer*> observers_;
  std::map<std::string, Topic, std::less<>> topics_;
  std::unordered_map<PeerId, std::shared_ptr<Writer>> writers_;
  std::unordered_map<PeerId, Stream*> readers_;
  Event connected_;  // some writer is
  Arrivals arrivals_;
  Actions actions_;
  log::Limit log_limit_;
  bool pumping_ = false;
  bool closed_ = false;
  Scope scope_;
  Connector connector_{network_, scope_};
};

}  // namespace opwire::gossipsub
