#include "opwire/p2p/host/host.hpp"

#include <optional>

#include "opwire/multiformats/errors.hpp"
#include "opwire/net/cares_resolver.hpp"
#include "opwire/p2p/noise/noise.hpp"
#include "opwire/p2p/perf/perf.hpp"
#include "opwire/p2p/swarm/errors.hpp"
#include "opwire/p2p/swarm/swarm.hpp"
#include "opwire/p2p/transport/tcp_transport.hpp"
#include "opwire/p2p/yamux/session.hpp"

namespace opwire {

namespace {

identify::Options identify_options(const HostOptions& options) {
  identify::Options identify;
  identify.agent = options.agent;
  return identify;
}

// Null where the system's settings cannot be read: then only addresses without names can be dialled.
std::unique_ptr<net::Resolver> make_system_dns(Loop& loop) {
  auto made = net::CaresResolver::make(loop);
  if (!made) return nullptr;
  return std::move(*made);
}

}  // namespace

struct Host::Impl {
  Impl(Loop& on, HostOptions chosen, HostParts parts);
  swarm::SwarmParts make_parts(Loop& on, HostParts beneath);
  /// Once all listeners stand: until then there is no task that would have to be awaited.
  void serve();

  const HostOptions options;
  std::unique_ptr<net::Resolver> system_dns;  // where the user gave none
  SystemRng system_rng;
  Rng& rng;
  const PeerId id;
  swarm::Swarm swarm;
  std::optional<identify::Service> identify;
  std::optional<ping::Service> ping;
  std::optional<perf::Service> perf;
};

Host::Impl::Impl(Loop& on, HostOptions chosen, HostParts parts)
    : options(std::move(chosen)),
      system_dns(options.resolver == nullptr ? make_system_dns(on) : nullptr),
      rng(parts.rng != nullptr ? *parts.rng : system_rng),
      id(PeerId::of(options.key.public_key())),
      swarm(on, id, options.swarm, make_parts(on, std::move(parts))) {}

void Host::Impl::serve() {
  identify.emplace(swarm, options.key, identify_options(options), options.events);
  if (options.serve_ping) ping.emplace(swarm);
  if (options.serve_perf) perf.emplace(swarm);
}

swarm::SwarmParts Host::Impl::make_parts(Loop& on, HostParts beneath) {
  swarm::SwarmParts parts;
  auto yamux = std::make_unique<yamux::Yamux>(on);
  std::vector<std::string> muxers{std::string(yamux->protocol())};
  parts.transports = std::move(beneath.transports);
  if (parts.transports.empty()) parts.transports.push_back(std::make_unique<transport::TcpTransport>(on));
  parts.securities = std::move(beneath.securities);
  if (parts.securities.empty()) {
    parts.securities.push_back(std::make_unique<noise::Noise>(options.key, std::move(muxers), rng));
  }
  parts.muxers.push_back(std::move(yamux));
  parts.resolver = options.resolver != nullptr ? options.resolver : system_dns.get();
  parts.gater = options.gater;
  parts.events = options.events;
  return parts;
}

Host::Host(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Host::~Host() = default;

Result<std::unique_ptr<Host>> Host::make(Loop& loop, HostOptions options) {
  return make(loop, std::move(options), HostParts());
}

Result<std::unique_ptr<Host>> Host::make(Loop& loop, HostOptions options, HostParts parts) {
  if (!options.swarm.validate()) return swarm::errors::kBadOptions;
  const std::vector<Multiaddr> listen = options.listen;
  auto impl = std::make_unique<Impl>(loop, std::move(options), std::move(parts));
  OPW_TRYV(impl->swarm.listen(listen));
  impl->serve();
  return std::unique_ptr<Host>(new Host(std::move(impl)));
}

const PeerId& Host::id() const noexcept {
  return impl_->id;
}
Network& Host::network() noexcept {
  return impl_->swarm;
}
Loop& Host::loop() noexcept {
  return impl_->swarm.loop();
}
Rng& Host::rng() noexcept {
  return impl_->rng;
}

const swarm::SwarmOptions& Host::limits() const noexcept {
  return impl_->swarm.options();
}

swarm::ResourceUse Host::resources() const {
  return impl_->swarm.resources();
}

void Host::set_limits(const swarm::LimitOptions& limits) {
  impl_->swarm.set_limits(limits);
}

void Host::set_waters(const swarm::ConnectionManagerOptions& waters) {
  impl_->swarm.set_waters(waters);
}

std::vector<Multiaddr> Host::addresses() const {
  std::vector<Multiaddr> addresses;
  for (const Multiaddr& address : impl_->swarm.listen_addresses()) addresses.push_back(address.with_peer(impl_->id));
  return addresses;
}

Task<Result<void>> Host::connect(Multiaddr address) {
  const std::optional<PeerId> peer = address.peer_id();
  if (!peer) co_return Error(multiformats::errors::kBadPeerId, "the address must end in /p2p/ID");
  std::vector<Multiaddr> addresses{address.without_peer()};
  co_return co_await impl_->swarm.connect(*peer, std::move(addresses));
}

Task<Result<PeerStream>> Host::new_stream(PeerId peer, std::vector<std::string> protocols) {
  return impl_->swarm.new_stream(peer, std::move(protocols));
}

void Host::set_stream_handler(std::string protocol, StreamHandler handler) {
  impl_->swarm.set_stream_handler(std::move(protocol), std::move(handler));
}

Task<Result<identify::PeerInfo>> Host::identify(PeerId peer) {
  OPW_CO_TRYV(co_await impl_->swarm.connect(peer, std::vector<Multiaddr>()));
  const std::vector<ConnectionInfo> connections = impl_->swarm.connections_to(peer);
  if (connections.empty()) co_return errors::kClosed;
  co_return co_await impl_->identify->identify(connections.front().id);
}

Task<Result<std::vector<Duration>>> Host::ping(PeerId peer, std::size_t count) {
  std::vector<std::string> protocols{ping::kProtocol};
  OPW_CO_TRY(PeerStream stream, co_await impl_->swarm.new_stream(peer, std::move(protocols)));
  std::vector<Duration> times;
  for (std::size_t i = 0; i < count; ++i) {
    OPW_CO_TRY(const Duration time, co_await ping::ping(loop(), *stream, impl_->rng));
    times.push_back(time);
  }
  (void)co_await stream->close_write();
  co_return times;
}

Task<void> Host::close() {
  co_await impl_->identify->close();
  co_await impl_->swarm.close();
}

}  // namespace opwire
