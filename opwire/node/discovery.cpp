#include "opwire/node/discovery.hpp"

#include "opwire/base/log.hpp"
#include "opwire/net/cares_resolver.hpp"
#include "opwire/opstack/discovery/chain_entry.hpp"

namespace opwire::node {
namespace {

constexpr log::Logger kLog{"discovery"};

constexpr Duration kNameLimit = std::chrono::seconds(5);
// How often a name in --p2p.advertise.ip is resolved: until it does, and then.
constexpr Duration kNameRetry = std::chrono::seconds(30), kNameInterval = std::chrono::minutes(5);
constexpr Duration kTreeLimit = std::chrono::seconds(5);
constexpr std::size_t kTreeRecords = 16;

std::uint16_t host_port(const Host& host) {
  for (const Multiaddr& address : host.addresses()) {
    if (const auto port = address.tcp_port()) return *port;
  }
  return 0;
}

/// Port 0 is the port that the host listens on, so that one number serves for both; another one where that is taken.
Result<std::unique_ptr<net::DatagramSocket>, std::string> bind(Host& host, net::Endpoint at) {
  const bool follows = at.port == 0;
  if (follows) at.port = host_port(host);
  auto socket = net::bind_udp(host.loop(), at, discv5::kMaxPacket);
  if (!socket && follows) {
    kLog.warn("the UDP port with the number of our TCP port is taken; using another one", {{"port", at.port}});
    at.port = 0;
    socket = net::bind_udp(host.loop(), at, discv5::kMaxPacket);
  }
  if (!socket) return "--p2p.listen.udp " + at.to_string() + ": " + socket.error().message();
  return std::move(*socket);
}

}  // namespace

Discovery::Discovery(Host& host, const Config& config, WorkerPool* store_thread,
                     std::unique_ptr<net::Resolver> resolver, std::unique_ptr<net::DatagramSocket> socket)
    : host_(host),
      config_(*config.discovery),
      chain_(config.rollup.l2_chain_id),
      goal_(config.peers.lo),
      families_(discv5::families_of(config_.listen)),
      key_(to_bytes(config.peer_key.data())),
      resolver_(std::move(resolver)),
      socket_(std::move(socket)),
      store_thread_(store_thread),
      starting_(host.loop()),
      scope_(host.loop()) {}

Discovery::~Discovery() = default;

Result<std::unique_ptr<Discovery>, std::string> Discovery::make(Host& host, const Config& config,
                                                                WorkerPool* store_thread,
                                                                std::unique_ptr<net::Resolver> resolver) {
  if (!resolver) {
    auto systems = net::CaresResolver::make(host.loop());
    if (!systems) return "DNS: " + systems.error().message();
    resolver = std::move(*systems);
  }
  OPW_TRY(auto socket, bind(host, config.discovery->listen));
  std::unique_ptr<Discovery> made(new Discovery(host, config, store_thread, std::move(resolver), std::move(socket)));
  if (!made->config_.dns_trees.empty()) {
    auto trees = dns_tree::TreeClient::make(host.loop(), host.rng(), *made->resolver_, made->config_.dns_trees);
    if (!trees) return "--p2p.dns-tree: " + trees.error().message();
    made->trees_ = std::move(*trees);
  }
  return made;
}

discv5::Announced Discovery::announced() const {
  discv5::Announced announced;
  announced.tcp = config_.advertise_tcp != 0 ? config_.advertise_tcp : host_port(host_);
  announced.udp = config_.advertise_udp != 0 ? config_.advertise_udp : socket_->local().port;
  if (config_.advertise_host.empty()) announced.set_own_ip(socket_->local().ip());
  return announced;
}

Result<void, std::string> Discovery::make_service(const discv5::Announced& announced) {
  discv5::ProtocolOptions options(key_);
  options.entries[opstack::kChainEntryKey] = opstack::encode({chain_, 0});
  options.families = families_;
  options.announced = announced;
  options.trust_bootnodes = !config_.built_in_bootnodes;
  // TCP listens on one family alone: with :: nobody reaches us over IPv4, although UDP takes it.
  const bool given = !config_.advertise_host.empty();
  options.votes = {!given && !config_.listen.is_v6, !given && config_.listen.is_v6};
  options.votes_on_port = config_.advertise_udp == 0;
  options.admits = admits();
  auto service =
      discv5::Service::make(host_.loop(), host_.rng(), std::move(socket_), std::move(options), finder_.get());
  if (!service) return "discovery: " + service.error().message();
  service_ = std::move(*service);
  return {};
}

opstack::PeerFinderOptions Discovery::finder_options() const {
  opstack::PeerFinderOptions options(chain_);
  options.goal = goal_;
  options.candidates.families = families_;
  options.candidates.admits = admits();
  options.on_own_record = found_;
  return options;
}

std::function<bool(const net::Endpoint&)> Discovery::admits() const {
  if (config_.netrestrict.empty()) return {};
  return [this](const net::Endpoint& at) { return config_.netrestrict.contains(at.ip()); };
}

Task<Result<void, std::string>> Discovery::start() {
  starting_.spawn(begin());
  co_await starting_.join();
  co_return begun_;
}

Task<void> Discovery::begin() {
  begun_ = co_await open_and_resolve();
  if (begun_ && closed_) begun_ = std::string("discovery: closed before it began");
  if (!begun_) co_return;
  service_->start();
  if (!config_.advertise_host.empty() && !net::Endpoint::parse_ip(config_.advertise_host, 0))
    scope_.spawn(keep_address());
  finder_->start(*service_);
}

Task<Result<void, std::string>> Discovery::open_and_resolve() {
  OPW_CO_TRYV(co_await open_database());
  finder_ = std::make_unique<opstack::PeerFinder>(host_.network(), host_.rng(), finder_options(), database_.get(),
                                                  trees_ ? this : nullptr);
  discv5::Announced own = announced();
  resolved_ = co_await resolve_address(own);
  OPW_CO_TRYV(make_service(own));
  const std::vector<discv5::RecordPtr> known = co_await finder_->restore();
  co_await find_bootnodes();
  service_->add(known);
  co_return Result<void, std::string>();
}

Task<Result<void, std::string>> Discovery::open_database() {
  if (config_.database.empty()) co_return Result<void, std::string>();
  store::NodeDatabaseOptions options(store::node_database_file(config_.database));
  options.reset_damaged = config_.reset_damaged;
  auto opened = co_await store::NodeDatabase::open(host_.loop(), *store_thread_, std::move(options));
  if (!opened) co_return "--p2p.discovery.path: " + opened.error().text;
  database_ = std::move(*opened);
  co_return Result<void, std::string>();
}

Task<void> Discovery::find_bootnodes() {
  const TimePoint deadline = host_.loop().now() + kNameLimit;
  auto contacts = co_await opstack::resolve_bootnodes(config_.bootnodes, *resolver_, families_, host_.loop(), deadline);
  const std::size_t resolved = contacts.size();
  const std::size_t taken = service_->set_bootnodes(std::move(contacts));
  if (taken < resolved) {
    kLog.warn("bootnodes outside of --p2p.netrestrict are not asked", {{"bootnodes", resolved - taken}});
  }
  if (taken == 0 && !trees_ && !closed_) {
    kLog.warn("no bootnode is known: only nodes from before, or that come to us, will be found");
  }
}

Task<void> Discovery::keep_address() {
  while (!scope_.cancelled()) {
    const Duration pause = resolved_ ? kNameInterval : kNameRetry;
    const bool slept = co_await sleep_for(host_.loop(), pause);
    if (!slept) co_return;
    discv5::Announced own = service_->protocol().announced();
    resolved_ = co_await resolve_address(own);
    if (resolved_) service_->announce(own, "--p2p.advertise.ip resolves to another address");
  }
}

Task<bool> Discovery::resolve_address(discv5::Announced& announced) {
  if (config_.advertise_host.empty()) co_return true;
  if (const auto given = net::Endpoint::parse_ip(config_.advertise_host, 0)) {
    announced.set_ip(given->ip());
    co_return true;
  }
  bool resolved = false;
  for (const net::IpFamily family : {net::IpFamily::kV4, net::IpFamily::kV6}) {
    if (family == net::IpFamily::kV4 ? !families_.v4 : !families_.v6) continue;
    const TimePoint deadline = host_.loop().now() + kNameLimit;
    const auto found = co_await resolver_->addresses(config_.advertise_host, family, deadline);
    if (found) announced.set_ip(found->front());
    resolved = resolved || found;
  }
  if (!resolved && !closed_) {
    kLog.warn("--p2p.advertise.ip does not resolve; no new address is announced", {{"name", config_.advertise_host}});
  }
  co_return resolved;
}

Task<std::vector<discv5::RecordPtr>> Discovery::more() {
  auto records = co_await trees_->next(kTreeRecords, host_.loop().now() + kTreeLimit);
  if (!records) co_return std::vector<discv5::RecordPtr>();
  service_->add(*records);
  co_return std::move(*records);
}

Task<void> Discovery::seek(PeerId peer) {
  const auto key = peer.public_key();
  const auto id = key ? opstack::node_id_of(*key) : std::nullopt;
  if (!service_ || !id || closed_) co_return;
  const auto found = co_await service_->lookup(*id);
  if (!found || closed_) co_return;
  for (const discv5::RecordPtr& record : found->nearest) finder_->on_record(record);
}

void Discovery::add(const std::vector<std::string>& records) {
  if (!service_ || closed_) return;
  std::vector<discv5::RecordPtr> known;
  for (const std::string& text : records) {
    auto record = discv5::NodeRecord::parse_text(text);
    if (record) known.push_back(std::make_shared<const discv5::NodeRecord>(std::move(*record)));
  }
  service_->add(known);
  for (const discv5::RecordPtr& record : known) finder_->on_record(record);
}

void Discovery::set_goal(std::size_t goal) {
  goal_ = goal;
  if (finder_) finder_->set_goal(goal);
}

Task<void> Discovery::close() {
  closed_ = true;
  starting_.cancel();
  scope_.cancel();
  co_await starting_.join();
  if (finder_) co_await finder_->close();
  if (service_) co_await service_->close();
  co_await scope_.join();
  if (database_) co_await database_->close();
}

const discv5::Protocol* Discovery::protocol() const noexcept {
  return service_ ? &service_->protocol() : nullptr;
}

DiscoveryStatus Discovery::status() const {
  if (!service_) return {};
  return {finder_->status(), record().to_text()};
}

const discv5::NodeRecord& Discovery::record() const noexcept {
  return service_->local_record();
}

}  // namespace opwire::node
