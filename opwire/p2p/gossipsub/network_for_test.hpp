// Routers that talk to each other in memory, at once, in a fixed order: same seed, same run.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <set>

#include "opwire/p2p/gossipsub/router_for_test.hpp"

namespace opwire::gossipsub::test {

class Network {
 public:
  explicit Network(std::uint64_t seed, Params params = {}) : params_(std::move(params)), rng_(seed) {}

  unsigned add(Version version = Version::kV12, const HashDecoder& decoder = HashDecoder()) {
    nodes_.push_back(std::make_unique<Node>(static_cast<unsigned>(nodes_.size()), params_, rng_.next(), decoder));
    nodes_.back()->version = version;
    return static_cast<unsigned>(nodes_.size() - 1);
  }
  void link(unsigned dialler, unsigned listener) {
    Node& a = *nodes_[dialler];
    Node& b = *nodes_[listener];
    if (dialler == listener || !a.links.insert(listener).second) return;
    b.links.insert(dialler);
    const Version common = std::min(a.version, b.version);
    a.router.on_peer_connected(peer_id(listener), common, true, test::address_of(listener));
    b.router.on_peer_connected(peer_id(dialler), common, false, test::address_of(dialler));
  }
  void cut(unsigned a, unsigned b) {
    nodes_[a]->links.erase(b);
    nodes_[b]->links.erase(a);
    nodes_[a]->router.on_peer_disconnected(peer_id(b), now);
    nodes_[b]->router.on_peer_disconnected(peer_id(a), now);
  }
  /// Every node dials `degree` others, chosen by chance.
  void link_at_random(unsigned degree) {
    for (unsigned a = 0; a < nodes_.size(); ++a) {
      for (unsigned i = 0; i < degree; ++i) link(a, static_cast<unsigned>(rng_.below(nodes_.size())));
    }
  }

  Router& router(unsigned node) { return nodes_[node]->router; }
  std::size_t size() const { return nodes_.size(); }
  void join_all(const std::string& topic = kTopic) {
    for (auto& node : nodes_) OPW_CHECK(node->router.subscribe(topic, now).has_value());
  }
  void publish(unsigned node, ByteView data, const std::string& topic = kTopic) {
    const auto published = router(node).publish(topic, Buffer::copy_of(data), now);
    nodes_[node]->has.insert(published.value()->id);
    settle();
  }
  std::size_t received(unsigned node) const { return nodes_[node]->has.size(); }

  void beat(int times = 1) {
    for (; times > 0; --times) {
      now += params_.heartbeat;
      for (auto& node : nodes_) node->router.heartbeat(now);
      settle();
    }
  }
  /// Carries frames and verdicts until nothing moves any more.
  void settle() {
    while (std::ranges::count_if(indices(), [this](unsigned node) { return step(node); }) > 0) {
    }
  }

  TimePoint now{1h};
  double message_loss = 0;        ///< share of frames with messages that vanish
  unsigned misbehaviour = 0;      ///< reports by any node about any other
  std::uint64_t fingerprint = 0;  ///< of everything that was sent, in its order

 private:
  struct Node {
    Node(unsigned index, const Params& params, std::uint64_t seed, const HashDecoder& ids)
        : decoder(ids), rng(seed), router(params, RouterContext(peer_id(index), decoder, rng)) {}
    HashDecoder decoder;
    SeededRng rng;
    Router router;
    Version version{};
    std::set<unsigned> links;
    std::set<MessageId> has;
  };

  std::vector<unsigned> indices() const {
    std::vector<unsigned> all(nodes_.size());
    for (unsigned i = 0; i < all.size(); ++i) all[i] = i;
    return all;
  }
  bool step(unsigned index) {
    Node& node = *nodes_[index];
    Actions actions;
    node.router.take_actions(actions);
    for (Action& action : actions) {
      if (const auto* validate = std::get_if<ValidateMessage>(&action)) {
        node.router.on_validation_result(validate->message, Verdict::kAccept, now);
      } else if (const auto* deliver = std::get_if<DeliverMessage>(&action)) {
        OPW_CHECK(node.has.insert(deliver->message->id).second);
      } else if (const auto* ready = std::get_if<OutputReady>(&action)) {
        send_all(index, load_be<std::uint32_t>(ready->peer.bytes().data() + 2));
      } else if (std::holds_alternative<Misbehaviour>(action)) {
        ++misbehaviour;
      }
    }
    return !actions.empty();
  }
  void send_all(unsigned from, unsigned to) {
    while (const auto frame = nodes_[from]->router.next_frame(peer_id(to))) {
      const Buffer rpc = test::received(*frame);
      fingerprint = KeyedHash(fingerprint, from)(rpc) + to;
      if (!frame->body.empty() && rng_.unit() < message_loss) continue;
      OPW_CHECK(nodes_[to]->router.on_rpc(peer_id(from), rpc, now).has_value());
    }
  }

  Params params_;
  SeededRng rng_;
  std::vector<std::unique_ptr<Node>> nodes_;
};

}  // namespace opwire::gossipsub::test
