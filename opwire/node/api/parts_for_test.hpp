// A network of peers that a test makes up, and an Api on it.
#pragma once

#include <gtest/gtest.h>

#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <map>
#include <memory>
#include <set>

#include "opwire/node/api/node_api.hpp"
#include "opwire/node/block_builder.hpp"
#include "opwire/node/reputation.hpp"
#include "opwire/opstack/gossip/topics.hpp"
#include "opwire/p2p/core/stub_network.hpp"
#include "opwire/rpc/json_server.hpp"
#include "opwire/runtime/simulated_loop.hpp"

namespace opwire::node {

/// The key of a number; the same number is the same peer.
inline crypto::PrivateKey key_of(std::uint64_t number, crypto::KeyType type = crypto::KeyType::kSecp256k1) {
  SeededRng rng(number);
  return crypto::PrivateKey::generate(type, rng);
}
inline PeerId peer_of(std::uint64_t number) {
  return PeerId::of(key_of(number).public_key());
}

/// Of an engine that was asked for its heads and has answered.
inline void set_heads(opstack::EngineController& engine, const opstack::EngineHeads& heads) {
  engine.on_engine_found();
  ASSERT_TRUE(engine.next_call(TimePoint()));
  engine.on_heads(heads, TimePoint());
}

class FakeNetwork final : public StubNetwork {
 public:
  struct Peer {
    bool connected = false;
    Role role = Role::kDialer;
    std::string agent;
    std::vector<std::string> protocols;
    std::vector<Multiaddr> addresses;
    bool is_protected = false;
  };

  FakeNetwork(Loop& loop, const PeerId& self) : loop_(loop), self_(self) {}
  std::map<PeerId, Peer> peers;
  std::set<std::pair<PeerId, std::string>> tagged;
  std::vector<Multiaddr> listening;
  bool unreachable = false;

  Loop& loop() override { return loop_; }
  const PeerId& local_peer() const override { return self_; }
  std::vector<std::string> protocols() const override { return {"/ipfs/ping/1.0.0"}; }
  Task<Result<void>> connect(PeerId peer, std::vector<Multiaddr> addresses) override {
    if (unreachable) co_return errors::kTimeout;
    peers[peer].connected = true;
    peers[peer].addresses = std::move(addresses);
    co_return Result<void>();
  }
  void disconnect(const PeerId& peer) override {
    if (peers.contains(peer)) peers.at(peer).connected = false;
  }
  bool is_tagged(const PeerId& peer, std::string_view tag) const { return tagged.contains({peer, std::string(tag)}); }
  bool is_connected(const PeerId& peer) const override { return peers.contains(peer) && peers.at(peer).connected; }
  std::vector<PeerId> connected_peers() const override {
    std::vector<PeerId> all;
    for (const auto& [id, peer] : peers) {
      if (peer.connected) all.push_back(id);
    }
    return all;
  }
  std::vector<ConnectionInfo> connections() const override {
    std::vector<ConnectionInfo> all;
    for (const auto& [id, peer] : peers) {
      if (!peer.connected) continue;
      ConnectionInfo info{.peer = id};
      info.role = peer.role;
      info.streams = 3;
      all.push_back(std::move(info));
    }
    return all;
  }
  std::vector<ConnectionInfo> connections_to(const PeerId& peer) const override {
    auto all = connections();
    std::erase_if(all, [&](const ConnectionInfo& one) { return one.peer != peer; });
    return all;
  }
  std::vector<Multiaddr> listen_addresses() const override { return listening; }
  PeerStore& peerstore() override { return store_; }
  PeerTags& tags() override { return tags_; }
  void add_observer(NetworkObserver&) override {}
  void remove_observer(NetworkObserver&) override {}

 private:
  struct Store final : StubPeerStore {
    explicit Store(FakeNetwork& of) : network(of) {}
    std::vector<Multiaddr> addresses(const PeerId& peer) const override { return of(peer).addresses; }
    std::vector<std::string> protocols(const PeerId& peer) const override { return of(peer).protocols; }
    std::string agent(const PeerId& peer) const override { return of(peer).agent; }
    std::vector<PeerId> peers() const override {
      std::vector<PeerId> all;
      for (const auto& [id, peer] : network.peers) all.push_back(id);
      return all;
    }
    void remove(const PeerId& peer) override { network.peers.erase(peer); }
    Peer of(const PeerId& peer) const { return network.peers.contains(peer) ? network.peers.at(peer) : Peer(); }
    FakeNetwork& network;
  };
  struct Tags final : StubPeerTags {
    explicit Tags(FakeNetwork& of) : network(of) {}
    bool is_protected(const PeerId& peer) const override {
      return network.peers.contains(peer) && network.peers.at(peer).is_protected;
    }
    void protect(const PeerId& peer, std::string_view tag) override { network.tagged.emplace(peer, tag); }
    void unprotect(const PeerId& peer, std::string_view tag) override {
      network.tagged.erase({peer, std::string(tag)});
    }
    FakeNetwork& network;
  };

  Loop& loop_;
  PeerId self_;
  Store store_{*this};
  Tags tags_{*this};
};

/// Set parts, then ask.
struct ApiWorld {
  explicit ApiWorld(bool admin = true) : methods(admin) {
    config.chain_name = "devnet";
    config.rollup = make_devnet_config(opstack::Fork::kIsthmus, 2, 1'700'000'000);
  }
  ~ApiWorld() {
    server.reset();
    if (api) loop.run(api->close());
  }
  NodeApi& start(const NodeApiOptions& options = NodeApiOptions()) {
    api = std::make_unique<NodeApi>(parts, options);
    api->add_methods(methods);
    server = std::make_unique<rpc::JsonServer>(methods, loop);
    return *api;
  }
  /// The whole answer to a call.
  std::string answer(const std::string& method, const std::string& params = "[]",
                     rpc::Context context = rpc::Context()) {
    if (!api) start();
    return loop.run(server->answer(R"({"jsonrpc":"2.0","id":1,"method":")" + method + R"(","params":)" + params + "}",
                                   std::move(context)));
  }
  /// The result, or "code: message".
  std::string ask(const std::string& method, const std::string& params = "[]", rpc::Context context = rpc::Context()) {
    const std::string text = answer(method, params, std::move(context));
    static const std::string kHead = R"({"jsonrpc":"2.0","id":1,"result":)";
    if (text.starts_with(kHead)) return text.substr(kHead.size(), text.size() - kHead.size() - 1);
    const boost::json::value error = boost::json::parse(text).at("error");
    return std::to_string(error.at("code").as_int64()) + ": " + std::string(error.at("message").as_string());
  }

  SimulatedLoop loop;
  SeededRng rng{7};
  Config config{key_of(1)};
  FakeNetwork network{loop, peer_of(1)};
  ConfiguredGate configured{config};
  Reputation reputation{loop, config, configured};
  ApiParts parts{network, config, "v1.2.3-abcdef"};
  rpc::MethodTable methods;
  std::unique_ptr<NodeApi> api;
  std::unique_ptr<rpc::JsonServer> server;
};

}  // namespace opwire::node
