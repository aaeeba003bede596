// What the tests of the service share: hosts with gossipsub on a simulated network, and hosts that speak it by hand.
#pragma once

#include "opwire/p2p/gossipsub/router_for_test.hpp"
#include "opwire/p2p/gossipsub/service.hpp"
#include "opwire/p2p/identify/service.hpp"
#include "opwire/p2p/swarm/swarm_for_test.hpp"

namespace opwire::gossipsub::test {

using swarm::SimulatedHost;

inline Params small_params() {
  Params params;
  params.max_rpc_size = 64 * 1024;
  return params;
}

/// Events by the name of their error.
class Misdeeds final : public PeerEvents {
 public:
  void on_misbehaviour(const PeerId&, const Error& error, std::string_view) override {
    names.emplace_back(error.name());
  }
  std::vector<std::string> names;
};

/// A host with identify, whose own stream handlers a test may set.
struct Peer {
  explicit Peer(SimulatedHost& made) : host(made), identify(*made.swarm, swarm::key_of(seed_of(made)), {}) {}
  /// Takes what comes on our peers' streams and makes nothing of it.
  void swallow() { host.swarm->set_stream_handler("/meshsub/1.2.0", drain); }
  static Task<void> drain(PeerStream stream) {
    while (true) {
      const Result<Buffer> piece = co_await stream->read(1000);
      if (!piece || piece->empty()) co_return;
    }
  }
  static std::uint64_t seed_of(const SimulatedHost& made) { return std::stoull(made.at.to_string().substr(8)); }
  SimulatedHost& host;
  identify::Service identify;
};

/// The same with gossipsub on a topic.
struct GossipPeer : Peer {
  explicit GossipPeer(SimulatedHost& made, Params params = small_params())
      : Peer(made), service(*made.swarm, std::move(params), ServiceParts(decoder, made.rng, &misdeeds)) {
    const Result<void> joined = service.subscribe(
        kTopic, [this](MessagePtr message) { return judge(std::move(message)); },
        [this](const Message& message, const std::shared_ptr<const void>&) {
          received.emplace_back(as_text(message.data.view()));
        });
    EXPECT_TRUE(joined);
  }
  Task<Verdict> judge(MessagePtr message) {
    co_await sleep_for(host.loop, 10ms);
    co_return as_text(message->data.view()).starts_with("bad") ? Verdict::kReject : Verdict::kAccept;
  }
  Result<void> publish(std::string_view text) { return service.publish(kTopic, Buffer::copy_of(as_bytes(text))); }

  HashDecoder decoder;
  Misdeeds misdeeds;
  Service service;
  std::vector<std::string> received;
};

class ServiceTest : public swarm::SimulatedNet {
 protected:
  ~ServiceTest() override {
    for (auto& peer : gossip_peers_) {
      loop.run(peer->service.close(), 5s);
      loop.run(peer->identify.close(), 5s);
    }
    for (auto& peer : raw_peers_) loop.run(peer->identify.close(), 5s);
  }
  GossipPeer& gossip_peer(std::uint64_t seed, Params params = small_params()) {
    return *gossip_peers_.emplace_back(std::make_unique<GossipPeer>(host(seed), std::move(params)));
  }
  Peer& raw_peer(std::uint64_t seed) {
    Peer& peer = *raw_peers_.emplace_back(std::make_unique<Peer>(host(seed)));
    peer.swallow();
    return peer;
  }

  /// The length of an RPC, and nothing of the RPC itself.
  void begin_rpc(PeerStream& stream, std::size_t size) {
    Bytes length;
    multiformats::append_varint(length, size);
    EXPECT_TRUE(loop.run(write(*stream, length)));
  }
  /// Opens a stream to a peer and sends these RPCs.
  PeerStream send(Peer& from, Peer& to, const std::vector<Buffer>& rpcs) {
    std::vector<std::string> protocols{"/meshsub/1.2.0"};
    PeerStream stream = loop.run(from.host.swarm->new_stream(to.host.id, std::move(protocols))).value();
    for (const Buffer& rpc : rpcs) {
      const Frame frame = make_frame(rpc);
      for (const ByteView piece : frame.pieces()) {
        if (!piece.empty()) EXPECT_TRUE(loop.run(write(*stream, piece)));
      }
    }
    loop.run_for(1s);
    return stream;
  }

 private:
  std::vector<std::unique_ptr<GossipPeer>> gossip_peers_;
  std::vector<std::unique_ptr<Peer>> raw_peers_;
};

}  // namespace opwire::gossipsub::test
