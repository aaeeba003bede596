// What the swarm's tests share: small hosts with real noise and yamux, on a simulated network or on TCP.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "opwire/base/rng.hpp"
#include "opwire/p2p/noise/noise.hpp"
#include "opwire/p2p/swarm/scripted_transport_for_test.hpp"
#include "opwire/p2p/swarm/swarm.hpp"
#include "opwire/p2p/transport/memory_transport.hpp"
#include "opwire/p2p/transport/tcp_transport.hpp"
#include "opwire/p2p/yamux/session.hpp"
#include "opwire/runtime/reactor.hpp"
#include "opwire/runtime/simulated_loop.hpp"

namespace opwire::swarm {

using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

inline Multiaddr address(std::string_view text) {
  return Multiaddr::parse_text(text).value();
}

inline crypto::PrivateKey key_of(std::uint64_t seed) {
  SeededRng rng(seed);
  return crypto::PrivateKey::generate(crypto::KeyType::kEd25519, rng);
}
inline PeerId peer_of(std::uint64_t seed) {
  return PeerId::of(key_of(seed).public_key());
}

/// Without a key; as many as a test needs.
inline PeerId numbered_peer(std::uint64_t number) {
  ByteArray<34> multihash{0x12, 32};
  std::memcpy(multihash.data() + multihash.size() - sizeof(number), &number, sizeof(number));
  return PeerId::parse(multihash).value();
}

/// Noise and yamux for the key of that seed. rng outlives the parts.
inline SwarmParts make_parts(Loop& loop, std::uint64_t seed, Rng& rng, std::unique_ptr<Transport> transport,
                             bool early_muxer = true) {
  SwarmParts parts;
  std::vector<std::string> muxers;
  if (early_muxer) muxers.emplace_back("/yamux/1.0.0");
  parts.transports.push_back(std::move(transport));
  parts.securities.push_back(std::make_unique<noise::Noise>(key_of(seed), std::move(muxers), rng));
  parts.muxers.push_back(std::make_unique<yamux::Yamux>(loop));
  return parts;
}

/// Writes what happens.
class Recorder final : public NetworkObserver {
 public:
  void on_peer_connected(const PeerId&, const ConnectionInfo& info) override { add("peer connected", info.role); }
  void on_peer_disconnected(const PeerId&) override { events.emplace_back("peer disconnected"); }
  void on_connection_opened(const ConnectionInfo& info) override {
    opened.push_back(info.id);
    add("opened", info.role);
  }
  void on_connection_closed(const ConnectionInfo& info, const Error& why) override {
    errors.push_back(why);
    add("closed", info.role);
  }
  void on_local_change() override { ++local_changes; }

  std::vector<std::string> events;
  std::vector<ConnectionId> opened;
  std::vector<Error> errors;
  int local_changes = 0;

 private:
  void add(const std::string& what, Role role) { events.push_back(what + " " + std::string(to_string(role))); }
};

/// What the keeper of scores hears.
class Complaints final : public PeerEvents {
 public:
  void on_misbehaviour(const PeerId&, const Error& error, std::string_view) override { errors.push_back(error); }
  std::vector<Error> errors;
};

/// Answers with what it reads.
inline Task<void> echo(PeerStream stream) {
  const Result<Bytes> bytes = co_await read_to_end(*stream, 1024 * 1024);
  if (!bytes) co_return stream->reset();
  const Result<void> written = co_await write(*stream, *bytes);
  if (written) (void)co_await stream->close_write();
}

/// Sends text and returns the answer.
inline Task<Result<std::string>> ask(PeerStream stream, std::string text) {
  OPW_CO_TRYV(co_await write(*stream, as_bytes(text)));
  OPW_CO_TRYV(co_await stream->close_write());
  OPW_CO_TRY(const Bytes answer, co_await read_to_end(*stream, 1024 * 1024));
  co_return std::string(as_text(answer));
}

inline Task<Result<std::string>> ask_peer(Swarm& swarm, PeerId peer, std::string protocol, std::string text) {
  std::vector<std::string> protocols;
  protocols.push_back(std::move(protocol));
  OPW_CO_TRY(PeerStream stream, co_await swarm.new_stream(peer, std::move(protocols)));
  co_return co_await ask(std::move(stream), std::move(text));
}

struct HostSetup {
  HostSetup() = default;
  SwarmOptions options;
  ConnectionGater* gater = nullptr;
  net::Resolver* resolver = nullptr;
  PeerEvents* events = nullptr;
  bool early_muxer = true;
};

/// A swarm on the simulated network; serves "/echo".
struct SimulatedHost {
  SimulatedHost(transport::MemoryHub& hub, std::uint64_t seed, const HostSetup& setup, std::uint64_t number)
      : rng(seed), loop(hub.loop()), id(peer_of(seed)), at(address("/memory/" + std::to_string(number))) {
    auto scripted = std::make_unique<ScriptedTransport>(loop, std::make_unique<transport::MemoryTransport>(hub));
    transport = scripted.get();
    SwarmParts parts = make_parts(loop, seed, rng, std::move(scripted), setup.early_muxer);
    parts.gater = setup.gater;
    parts.resolver = setup.resolver;
    parts.events = setup.events;
    swarm = std::make_unique<Swarm>(loop, id, setup.options, std::move(parts));
    swarm->add_observer(recorder);
    swarm->set_stream_handler("/echo", echo);
    EXPECT_TRUE(swarm->listen({at}));
  }

  SeededRng rng;
  Loop& loop;
  PeerId id;
  Multiaddr at;
  Recorder recorder;
  ScriptedTransport* transport;
  std::unique_ptr<Swarm> swarm;
};

/// Several hosts; closes them all.
class SimulatedNet : public testing::Test {
 protected:
  ~SimulatedNet() override {
    for (auto& host : hosts_) {
      const TimePoint start = loop.now();
      loop.run(host->swarm->close());
      EXPECT_LE(loop.now() - start, seconds(3)) << "closing takes too long";
    }
  }
  /// Listens at /memory/<seed>.
  SimulatedHost& host(std::uint64_t seed, const HostSetup& setup = HostSetup()) { return host(seed, setup, seed); }
  SimulatedHost& host(std::uint64_t seed, const HostSetup& setup, std::uint64_t number) {
    return *hosts_.emplace_back(std::make_unique<SimulatedHost>(hub, seed, setup, number));
  }
  Result<void> connect(SimulatedHost& from, SimulatedHost& to) { return connect(from, to.id, to.at); }
  Result<void> connect(SimulatedHost& from, const PeerId& peer, const Multiaddr& at) {
    std::vector<Multiaddr> addresses{at};
    return loop.run(from.swarm->connect(peer, std::move(addresses)));
  }
  /// Time that changes nothing by itself: less than any timeout.
  void settle() { loop.run_for(milliseconds(100)); }

  SimulatedLoop loop;
  transport::MemoryHub hub{loop};

 private:
  std::vector<std::unique_ptr<SimulatedHost>> hosts_;
};

}  // namespace opwire::swarm
