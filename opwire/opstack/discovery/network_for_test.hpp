// A Network of which only what a PeerFinder uses is real: peers are reached, refused or silent as the test says.
#pragma once

#include <map>
#include <set>

#include "opwire/base/check.hpp"
#include "opwire/p2p/core/stub_network.hpp"

namespace opwire::opstack::test {

class FakePeerStore final : public StubPeerStore {
 public:
  void add_addresses(const PeerId& peer, const std::vector<Multiaddr>& addresses, Duration ttl) override {
    known[peer] = addresses;
    ttls[peer] = ttl;
  }
  void set_key(const PeerId& peer, const crypto::PublicKey&) override { keys.insert(peer); }

  std::map<PeerId, std::vector<Multiaddr>> known;
  std::map<PeerId, Duration> ttls;
  std::set<PeerId> keys;
};

class FakePeerTags final : public StubPeerTags {
 public:
  void protect(const PeerId& peer, std::string_view tag) override { protections.emplace(peer, tag); }
  bool is_protected_by(const PeerId& peer, std::string_view tag) const override {
    return protections.contains({peer, std::string(tag)});
  }
  void set_tag(const PeerId& peer, std::string_view tag, int value) override { values[peer][std::string(tag)] = value; }

  std::set<std::pair<PeerId, std::string>> protections;
  std::map<PeerId, std::map<std::string, int>> values;
};

class FakeNetwork final : public StubNetwork {
 public:
  enum class Answer : unsigned char { kConnects, kRefuses, kHangs };

  FakeNetwork(Loop& on, const PeerId& self) : loop_(on), self_(self) {}

  Task<Result<void>> connect(PeerId peer, std::vector<Multiaddr>) override {
    dials.emplace_back(peer, loop_.now());
    ++dialling;
    most_dialling = std::max(most_dialling, dialling);
    const auto found = answers.find(peer);
    const Answer answer = found == answers.end() ? Answer::kConnects : found->second;
    const bool slept = co_await sleep_for(loop_, answer == Answer::kHangs ? Duration(std::chrono::hours(1)) : latency);
    --dialling;
    if (!slept) co_return opwire::errors::kCancelled;
    if (answer != Answer::kConnects) co_return opwire::errors::kReset;
    open(peer);
    co_return Result<void>();
  }
  void open(const PeerId& peer) {
    if (!connected_.insert(peer).second) return;
    const ConnectionInfo info{{}, peer, Role::kDialer, Multiaddr(), Multiaddr(), "", "", {}, 0};
    for (NetworkObserver* observer : observers) observer->on_peer_connected(peer, info);
  }
  void disconnect(const PeerId& peer) override {
    if (connected_.erase(peer) == 0) return;
    for (NetworkObserver* observer : observers) observer->on_peer_disconnected(peer);
  }
  bool is_connected(const PeerId& peer) const override { return connected_.contains(peer); }
  std::vector<PeerId> connected_peers() const override { return {connected_.begin(), connected_.end()}; }
  Loop& loop() override { return loop_; }
  const PeerId& local_peer() const override { return self_; }
  PeerStore& peerstore() override { return store; }
  PeerTags& tags() override { return values; }
  void add_observer(NetworkObserver& observer) override { observers.insert(&observer); }
  void remove_observer(NetworkObserver& observer) override { observers.erase(&observer); }

  std::map<PeerId, Answer> answers;  ///< of those missing here: kConnects
  Duration latency = std::chrono::milliseconds(100);
  std::vector<std::pair<PeerId, TimePoint>> dials;
  std::size_t dialling = 0, most_dialling = 0;
  FakePeerStore store;
  FakePeerTags values;
  std::set<NetworkObserver*> observers;

 private:
  Loop& loop_;
  PeerId self_;
  std::set<PeerId> connected_;
};

}  // namespace opwire::opstack::test
