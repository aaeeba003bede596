// Peers whose streams are pairs in memory: what a server and clients need of a network.
#pragma once

#include <map>
#include <set>

#include "opwire/net/memory_stream.hpp"
#include "opwire/opstack/sync/peers_for_test.hpp"
#include "opwire/p2p/core/stub_network.hpp"
#include "opwire/runtime/scope.hpp"

namespace opwire::opstack::test {

class ProtocolStore final : public StubPeerStore {
 public:
  std::vector<std::string> protocols(const PeerId& peer) const override {
    const auto found = known.find(peer);
    return found == known.end() ? std::vector<std::string>{} : found->second;
  }
  std::map<PeerId, std::vector<std::string>> known;
};

/// One node. Handlers that are set on it serve the streams of open_to().
class StreamNetwork final : public StubNetwork {
 public:
  explicit StreamNetwork(Loop& loop) : loop_(loop), scope_(loop) {}

  Loop& loop() override { return loop_; }
  const PeerId& local_peer() const override { return self_; }
  PeerStore& peerstore() override { return store; }
  PeerTags& tags() override { return tags_; }
  Task<Result<void>> connect(PeerId, std::vector<Multiaddr>) override { co_return Result<void>(); }
  void disconnect(const PeerId& peer) override { leave(peer); }
  bool is_connected(const PeerId& peer) const override { return peers_.contains(peer); }
  std::vector<PeerId> connected_peers() const override {
    std::vector<PeerId> ids;
    for (const auto& [id, handler] : peers_) ids.push_back(id);
    return ids;
  }
  void add_observer(NetworkObserver& observer) override { observers_.insert(&observer); }
  void remove_observer(NetworkObserver& observer) override { observers_.erase(&observer); }
  void set_stream_handler(std::string protocol, StreamHandler handler) override { handlers[protocol] = handler; }
  void remove_stream_handler(const std::string& protocol) override { handlers.erase(protocol); }
  Task<Result<PeerStream>> new_stream_if_connected(PeerId peer, std::vector<std::string> protocols) override {
    const auto found = peers_.find(peer);
    if (found == peers_.end()) co_return opwire::errors::kClosed;
    auto [ours, theirs] = net::make_stream_pair(loop_);
    scope_.spawn(found->second(PeerStream(std::move(theirs), self_, {}, protocols.front())));
    co_return PeerStream(std::move(ours), peer, {}, protocols.front());
  }

  /// A peer that speaks the protocols and serves streams with handler.
  void join(const PeerId& peer, std::vector<std::string> protocols, StreamHandler handler) {
    peers_[peer] = std::move(handler);
    store.known[peer] = std::move(protocols);
    for (NetworkObserver* observer : observers_) observer->on_peer_connected(peer, ConnectionInfo{{}, peer});
  }
  void leave(const PeerId& peer) {
    peers_.erase(peer);
    for (NetworkObserver* observer : observers_) observer->on_peer_disconnected(peer);
  }
  /// A stream that the peer opens to this node: the peer's end.
  std::unique_ptr<Stream> open_from(const PeerId& peer, const std::string& protocol) {
    auto [ours, theirs] = net::make_stream_pair(loop_);
    scope_.spawn(handlers.at(protocol)(PeerStream(std::move(ours), peer, {}, protocol)));
    return std::move(theirs);
  }
  Task<void> close() {
    scope_.cancel();
    co_await scope_.join();
  }

  ProtocolStore store;
  std::map<std::string, StreamHandler> handlers;

 private:
  Loop& loop_;
  Scope scope_;
  StubPeerTags tags_;
  PeerId self_ = peer(1'000'000);
  std::map<PeerId, StreamHandler> peers_;
  std::set<NetworkObserver*> observers_;
};

}  // namespace opwire::opstack::test
