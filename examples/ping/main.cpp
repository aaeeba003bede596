// Pings a libp2p peer: ping /ip4/192.0.2.1/tcp/9222/p2p/16Uiu2…  Without an address it starts a peer of its own to
// ping.
#include <iostream>

#include "opwire/p2p/host/host_thread.hpp"
#include "opwire/runtime/reactor.hpp"

using namespace opwire;

namespace {

HostOptions random_identity() {
  SystemRng rng;
  return HostOptions(crypto::PrivateKey::generate(crypto::KeyType::kSecp256k1, rng));
}

// Everything that may fail returns a Result: ask it, then use its value.
Task<int> ping(Host& host, Multiaddr address) {
  const Result<void> connected = co_await host.connect(address);
  if (!connected) {
    std::cerr << "cannot connect: " << connected.error().message() << "\n";
    co_return 1;
  }
  const PeerId peer = address.peer_id().value();
  const Result<identify::PeerInfo> info = co_await host.identify(peer);
  if (info) std::cout << peer.to_string() << " is " << info->agent << "\n";
  const Result<std::vector<Duration>> times = co_await host.ping(peer, 3);
  if (!times) {
    std::cerr << "no answer: " << times.error().message() << "\n";
    co_return 1;
  }
  for (const Duration time : *times) {
    std::cout << std::chrono::duration_cast<std::chrono::microseconds>(time).count() << " us\n";
  }
  co_return 0;
}

Task<int> ping_and_close(Host& host, Multiaddr address) {
  const int code = co_await ping(host, address);
  co_await host.close();
  co_return code;
}

int ping_from_new_host(const Multiaddr& address) {
  ReactorLoop loop;
  auto host = Host::make(loop, random_identity());
  if (!host) {
    std::cerr << host.error().message() << "\n";
    return 1;
  }
  return loop.run(ping_and_close(**host, address));
}

}  // namespace

int main(int argc, char** argv) {
  if (argc > 1) {
    const Result<Multiaddr> address = Multiaddr::parse_text(argv[1]);
    if (address) return ping_from_new_host(*address);
    std::cerr << argv[1] << ": " << address.error().message() << "\n";
    return 2;
  }
  HostOptions options = random_identity();
  options.listen = {Multiaddr::parse_text("/ip4/127.0.0.1/tcp/0").value()};
  auto peer = HostThread::make(std::move(options));  // a host on a thread of its own
  if (!peer) {
    std::cerr << peer.error().message() << "\n";
    return 1;
  }
  return ping_from_new_host((*peer)->addresses().front());
}
