// A Network of which only what a PeerFinder uses is real: peers are reached, refused or silent as the test says.
#pragma once

#include <map>
#include <set>

#include "opwire/base/check.hpp"
#include "opwire/p2p/core/network.hpp"
#include "opwire/p2p/core/peer_store.hpp"
#include "opwire/p2p/core/peer_tags.hpp"

namespace opwire::opstack::test {

class FakePeerStore final : public PeerStore {
 public:
  void add_addresses(const PeerId& peer, const std::vector<Multiaddr>& addresses, Duration ttl) override {
    known[peer] = addresses;
    ttls[peer] = ttl;
  }
  std::vector<Multiaddr> addresses(const PeerId&) const override { return {}; }
  void set_protocols(const PeerId&, std::vector<std::string>) override {}
  std::vector<std::string> protocols(const PeerId&) const override { return {}; }
  void set_agent(const PeerId&, std::string) override {}
  std::string agent(const PeerId&) const override { return {}; }
  void set_key(const PeerId& peer, const crypto::PublicKey&) override { keys.insert(peer); }
  std::optional<crypto::PublicKey> key(const PeerId&) const override { return std::nullopt; }
  bool set_record(const multiformats::PeerRecord&, ByteView, Duration) override { return false; }
  void keep_sealed_records() override {}
  Bytes sealed_record(const PeerId&) const override { return {}; }
  std::vector<PeerId> peers() const override { return {}; }
  void remove(const PeerId&) override {}

  std::map<PeerId, std::vector<Multiaddr>> known;
  std::map<PeerId, Duration> ttls;
  std::set<PeerId> keys;
};

class FakePeerTags final : public PeerTags {
 public:
  void protect(const PeerId& peer, std::string_view tag) override { protections.emplace(peer, tag); }
  void unprotect(const PeerId&, std::string_view) override {}
  bool is_protected(const PeerId&) const override { return false; }
  bool is_protected_by(const PeerId& peer, std::string_view tag) const override {
    return protections.contains({peer, std::string(tag)});
  }
  void set_tag(const PeerId& peer, std::string_view tag, int value) override { values[peer][std::string(tag)] = value; }
  void remove_tag(const PeerId&, std::string_view) override {}
  void define_decaying(DecayingTag) override {}
  void remove_decaying(std::string_view) override {}
  void bump(const PeerId&, std::string_view, int) override {}
  std::int64_t value(const PeerId&) const override { return 0; }

  std::set<std::pair<PeerId, std::string>> protections;
  std::map<PeerId, std::map<std::string, int>> values;
};

class FakeNetwork final : public Network {
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

  // Not used.
  Task<Result<PeerStream>> new_stream(PeerId, std::vector<std::string>) override { co_return opwire::errors::kClosed; }
  Task<Result<PeerStream>> new_stream_if_connected(PeerId, std::vector<std::string>) override {
    co_return opwire::errors::kClosed;
  }
  Task<Result<PeerStream>> new_stream_on(ConnectionId, std::vector<std::string>) override {
    co_return opwire::errors::kClosed;
  }
  void set_stream_handler(std::string, StreamHandler) override {}
  void remove_stream_handler(const std::string&) override {}
  std::vector<std::string> protocols() const override { return {}; }
  std::vector<ConnectionInfo> connections() const override { return {}; }
  std::vector<ConnectionInfo> connections_to(const PeerId&) const override { return {}; }
  std::optional<ConnectionInfo> connection(ConnectionId) const override { return std::nullopt; }
  std::size_t trim_connections() override { return 0; }
  std::vector<Multiaddr> listen_addresses() const override { return {}; }
  void set_peer_protocols(const PeerId&, std::vector<std::string>) override {}

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
