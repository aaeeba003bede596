#include "opwire/p2p/identify/service.hpp"

#include "opwire/multiformats/envelope.hpp"
#include "opwire/multiformats/key_protobuf.hpp"
#include "opwire/p2p/identify/errors.hpp"
#include "opwire/p2p/identify/exchange.hpp"

namespace opwire::identify {
namespace {

constexpr log::Logger kLog{"identify"};
// Several handlers set in a row become one push.
constexpr auto kPushDelay = std::chrono::milliseconds(50);

// A peer's private addresses are of no use to those who meet it over the internet, and a way to make them dial inwards.
std::vector<Multiaddr> usable_from(const Multiaddr& remote, const std::vector<Multiaddr>& addresses) {
  std::vector<Multiaddr> usable;
  for (const Multiaddr& address : addresses) {
    if (remote.is_loopback() || !address.is_private() || (remote.is_private() && !address.is_loopback())) {
      usable.push_back(address);
    }
  }
  return usable;
}

// As go-libp2p: Unix nanoseconds, so that a record made after a restart counts as newer.
std::uint64_t sequence_now(const Loop& loop) {
  return static_cast<std::uint64_t>(loop.wall_now().time_since_epoch().count());
}

}  // namespace

Service::Service(Network& network, const crypto::PrivateKey& key, const Options& options, PeerEvents* events)
    : network_(network),
      key_(key),
      options_(options),
      events_(events),
      encoded_key_(multiformats::encode_public_key(key.public_key())),
      pushed_(network.loop()),
      scope_(network.loop()) {
  network_.set_stream_handler(kProtocol, [this](PeerStream stream) { return serve(std::move(stream)); });
  network_.set_stream_handler(kPushProtocol, [this](PeerStream stream) { return serve_push(std::move(stream)); });
  network_.add_observer(*this);
}

Service::~Service() = default;

Task<void> Service::close() {
  network_.remove_observer(*this);
  network_.remove_stream_handler(kProtocol);
  network_.remove_stream_handler(kPushProtocol);
  scope_.cancel();
  co_await scope_.join();
}

Message Service::own_message(const Multiaddr* remote) {
  Message message;
  message.public_key = encoded_key_;
  message.listen_addresses = network_.listen_addresses();
  message.protocols = network_.protocols();
  if (remote != nullptr) message.observed_address = *remote;
  message.protocol_version = options_.protocol_version;
  message.agent = options_.agent;
  message.signed_record = signed_record(message.listen_addresses);
  return message;
}

const Bytes& Service::signed_record(const std::vector<Multiaddr>& addresses) {
  if (signed_record_.empty() || addresses != recorded_addresses_) {
    const multiformats::PeerRecord record{network_.local_peer(), sequence_now(network_.loop()), addresses};
    signed_record_ = multiformats::seal_peer_record(key_, record);
    recorded_addresses_ = addresses;
  }
  return signed_record_;
}

std::optional<Multiaddr> Service::remote_of(ConnectionId connection) const {
  std::optional<ConnectionInfo> info = network_.connection(connection);
  if (!info) return std::nullopt;
  return std::move(info->remote);
}

Task<void> Service::serve(PeerStream stream) {
  Timer deadline(network_.loop(), [&stream] { stream->reset(); });
  deadline.arm_in(options_.timeout);
  const std::optional<Multiaddr> remote = remote_of(stream.connection());
  const Message message = own_message(remote ? &*remote : nullptr);
  const Result<void> sent = co_await send(*stream, message);
  if (!sent) co_return log_failure("cannot answer", stream.peer(), sent.error());
  // Until the other side closes: destroying the stream before would reset what it still reads.
  (void)co_await read_to_end(*stream, 0);
}

Task<void> Service::serve_push(PeerStream stream) {
  Timer deadline(network_.loop(), [&stream] { stream->reset(); });
  deadline.arm_in(options_.timeout);
  const std::optional<Multiaddr> remote = remote_of(stream.connection());
  const Result<Message> message = co_await receive(*stream);
  if (!message) {
    report(events_, stream.peer(), message.error(), "identify push");
    stream->reset();
    co_return;
  }
  (void)co_await stream->close_write();
  if (remote) (void)accept(stream.peer(), *remote, *message);
}

Task<Result<PeerInfo>> Service::identify(ConnectionId connection) {
  const std::optional<Multiaddr> remote = remote_of(connection);
  if (!remote) co_return opwire::errors::kClosed;
  std::vector<std::string> protocols{kProtocol};
  OPW_CO_TRY(PeerStream stream, co_await network_.new_stream_on(connection, std::move(protocols)));
  bool timed_out = false;
  Timer deadline(network_.loop(), [&] {
    timed_out = true;
    stream->reset();
  });
  deadline.arm_in(options_.timeout);
  (void)co_await stream->close_write();
  const Result<Message> message = co_await receive(*stream);
  if (timed_out) co_return Error(opwire::errors::kTimeout, "identify");
  if (!message) {
    stream->reset();
    report(events_, stream.peer(), message.error(), "identify");
    co_return message.error();
  }
  co_return accept(stream.peer(), *remote, *message);
}

Result<PeerInfo> Service::accept(const PeerId& peer, const Multiaddr& remote, const Message& message) {
  PeerInfo info{
      message.agent, message.protocol_version, message.protocols, message.listen_addresses, message.observed_address,
      false};
  PeerStore& store = network_.peerstore();
  if (message.public_key) {
    OPW_TRY(const crypto::PublicKey key, multiformats::parse_public_key(*message.public_key));
    if (PeerId::of(key) != peer) {
      report(events_, peer, errors::kWrongKey, "identify");
      return errors::kWrongKey;
    }
    store.set_key(peer, key);
  }
  if (!message.signed_record.empty()) {
    auto record = multiformats::open_peer_record(message.signed_record, kMaxAddresses);
    if (record && record->peer == peer) {
      record->addresses = usable_from(remote, record->addresses);
      info.has_signed_record = true;
      info.addresses = record->addresses;
      store.set_record(*record, message.signed_record, kRecentlyConnectedTtl);
    }
  }
  info.addresses = usable_from(remote, info.addresses);
  if (!info.has_signed_record) store.add_addresses(peer, info.addresses, kRecentlyConnectedTtl);
  store.set_agent(peer, info.agent);
  network_.set_peer_protocols(peer, info.protocols);
  return info;
}

void Service::on_connection_opened(const ConnectionInfo& connection) {
  scope_.spawn(identify_new(connection.id, connection.peer));
}

Task<void> Service::identify_new(ConnectionId connection, PeerId peer) {
  const Result<PeerInfo> info = co_await identify(connection);
  if (!info) log_failure("peer does not identify", peer, info.error());
}

void Service::log_failure(const char* what, const PeerId& peer, const Error& why) {
  if (!kLog.enabled(log::Level::kDebug) || !log_limit_.admit(network_.loop().now())) return;
  kLog.debug(what, {{"peer", peer.to_string()}, {"error", why}, {"left_out", log_limit_.suppressed()}});
}

void Service::on_local_change() {
  signed_record_.clear();
  if (std::exchange(push_planned_, true)) return;
  scope_.spawn(push_soon());
}

Task<void> Service::push_soon() {
  const bool waited = co_await sleep_for(network_.loop(), kPushDelay);
  push_planned_ = false;
  if (!waited) co_return;
  const std::vector<PeerId> peers = network_.connected_peers();
  for (const PeerId& peer : peers) {
    const std::vector<std::string> spoken = network_.peerstore().protocols(peer);
    if (std::find(spoken.begin(), spoken.end(), kPushProtocol) == spoken.end()) continue;
    while (pushing_ >= options_.pushes_at_once) {
      const bool notified = co_await pushed_.wait();
      if (!notified) co_return;
    }
    ++pushing_;
    scope_.spawn(push_to(peer));
  }
}

Task<void> Service::push_to(PeerId peer) {
  std::vector<std::string> protocols{kPushProtocol};
  Result<PeerStream> stream = co_await network_.new_stream_if_connected(peer, std::move(protocols));
  if (stream) {
    PeerStream& open = *stream;
    Timer deadline(network_.loop(), [&open] { open->reset(); });
    deadline.arm_in(options_.timeout);
    const std::optional<Multiaddr> remote = remote_of(open.connection());
    const Message message = own_message(remote ? &*remote : nullptr);
    const Result<void> sent = co_await send(*open, message);
    // Waits for the other side to close, so that destroying the stream does not reset what it still reads.
    if (sent) (void)co_await read_to_end(*open, 0);
  }
  --pushing_;
  pushed_.notify_one();
}

}  // namespace opwire::identify
