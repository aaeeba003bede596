#include "interop/opwirepeer/peer.hpp"

#include "interop/common/events.hpp"

namespace opwire::interop {
namespace {

constexpr std::size_t kPlenty = 1 << 20;
constexpr auto kIdentifyTime = std::chrono::seconds(10);

void lift_limits(swarm::SwarmOptions& options) {
  const swarm::Cap plenty{kPlenty, kPlenty, kPlenty};
  swarm::LimitOptions& limits = options.limits;
  limits.connections = limits.connections_per_peer = plenty;
  for (swarm::StreamCap* cap : {&limits.streams, &limits.streams_per_peer, &limits.streams_per_protocol,
                                &limits.streams_per_protocol_and_peer}) {
    *cap = swarm::StreamCap{plenty};
  }
  options.max_pending_inbound = kPlenty;
  options.manager.high = 0;
}

}  // namespace

Result<std::unique_ptr<Peer>> Peer::make(Loop& loop, crypto::KeyType key_type, const std::string& listen) {
  SystemRng rng;
  crypto::PrivateKey key = crypto::PrivateKey::generate(key_type, rng);
  HostOptions options(key);
  options.agent = "opwire-opwirepeer";
  options.serve_perf = true;
  lift_limits(options.swarm);
  if (!listen.empty()) {
    OPW_TRY(Multiaddr address, Multiaddr::parse_text(listen));
    options.listen.push_back(std::move(address));
  }
  OPW_TRY(std::unique_ptr<Host> host, Host::make(loop, std::move(options)));
  return std::unique_ptr<Peer>(new Peer(loop, std::move(key), std::move(host)));
}

Peer::Peer(Loop& loop, crypto::PrivateKey key, std::unique_ptr<Host> host)
    : key_(std::move(key)), host_(std::move(host)), changed_(loop) {
  host_->network().add_observer(*this);
}
Peer::~Peer() {
  host_->network().remove_observer(*this);
}

Task<Result<void>> Peer::connect(Multiaddr address) {
  OPW_CO_TRYV(co_await host_->connect(address));
  const std::optional<PeerId> peer = address.peer_id();
  const TimePoint deadline = host_->loop().now() + kIdentifyTime;
  while (!identified_[*peer]) {
    const Wake wake = co_await changed_.wait_until(deadline);
    if (wake != Wake::kNotified) co_return errors::kNotIdentified;
    if (!host_->network().is_connected(*peer)) co_return errors::kLost;
  }
  co_return Result<void>();
}

Task<void> Peer::disconnect(PeerId peer) {
  host_->network().disconnect(peer);
  while (host_->network().is_connected(peer)) {
    const bool notified = co_await changed_.wait();
    if (!notified) break;
  }
}

std::optional<ConnectionInfo> Peer::connection(const PeerId& peer) {
  std::vector<ConnectionInfo> connections = host_->network().connections_to(peer);
  if (connections.empty()) return std::nullopt;
  return std::move(connections.front());
}

void Peer::on_peer_protocols(const PeerId& peer, const std::vector<std::string>&) {
  identified_[peer] = true;
  changed_.notify_all();
}
void Peer::on_peer_disconnected(const PeerId& peer) {
  identified_.erase(peer);
  changed_.notify_all();
}

std::string key_type_name(crypto::KeyType type) {
  switch (type) {
    case crypto::KeyType::kRsa:
      return "RSA";
    case crypto::KeyType::kEd25519:
      return "Ed25519";
    case crypto::KeyType::kSecp256k1:
      return "Secp256k1";
    case crypto::KeyType::kEcdsa:
      return "ECDSA";
  }
  return "unknown";
}

}  // namespace opwire::interop
