#include "opwire/p2p/gossipsub/service.hpp"

#include "opwire/base/log.hpp"
#include "opwire/p2p/core/length_prefix.hpp"
#include "opwire/p2p/core/peer_store.hpp"
#include "opwire/p2p/core/peer_tags.hpp"
#include "opwire/p2p/gossipsub/errors.hpp"
#include "opwire/p2p/gossipsub/protocol.hpp"

namespace opwire::gossipsub {
namespace {

constexpr log::Logger kLog{"gossipsub"};
constexpr auto kFirstHeartbeat = std::chrono::milliseconds(100);
// A peer that takes nothing for so long is given up.
constexpr auto kWriteTimeout = std::chrono::seconds(30);
// One write gathers at most this much; more would delay control messages behind it.
constexpr std::size_t kMaxBatch = 256 * 1024;
// How long a peer's stream is left unread while ours to it does not stand.
constexpr auto kWriterPatience = std::chrono::seconds(10);
// A stream that breaks while the connection stands is opened again, with growing pauses, so often in a row.
constexpr int kMaxReopens = 4;
constexpr auto kReopenPause = std::chrono::milliseconds(100);
constexpr auto kHealthy = std::chrono::minutes(1);  // a stream that stood so long did not fail at once

std::vector<std::string> protocol_names() {
  return {kProtocols.begin(), kProtocols.end()};
}

RouterContext make_context(Network& network, ServiceParts& parts) {
  RouterContext context(network.local_peer(), parts.decoder, parts.rng);
  context.sealed_record = [&store = network.peerstore()](const PeerId& peer) { return store.sealed_record(peer); };
  if (parts.author) {
    const auto first = static_cast<std::uint64_t>(network.loop().wall_now().time_since_epoch().count());
    context.author.emplace(std::move(*parts.author), first);
  }
  return context;
}

// How a peer's part in a topic counts with the connection manager, as with go-libp2p-pubsub.
std::string mesh_tag(std::string_view topic) {
  return "pubsub:" + std::string(topic);
}
std::string deliveries_tag(std::string_view topic) {
  return "pubsub-deliveries:" + std::string(topic);
}
constexpr std::string_view kDirectTag = "pubsub:<direct>";
constexpr auto kDeliveriesInterval = std::chrono::minutes(10);
constexpr int kDeliveriesCap = 15;

bool speaks_any(const std::vector<std::string>& protocols) {
  return std::any_of(protocols.begin(), protocols.end(),
                     [](const std::string& protocol) { return version_of(protocol).has_value(); });
}

}  // namespace

Service::Service(Network& network, Params params, ServiceParts parts)
    : network_(network),
      router_(std::move(params), make_context(network, parts)),
      events_(parts.events),
      connected_(network.loop()),
      scope_(network.loop()) {
  for (const std::string_view protocol : kProtocols) {
    network_.set_stream_handler(std::string(protocol), [this](PeerStream stream) { return serve(std::move(stream)); });
  }
  for (const PeerId& peer : router_.params().direct_peers) network_.tags().protect(peer, kDirectTag);
  if (router_.params().peer_exchange) network_.peerstore().keep_sealed_records();
  network_.add_observer(*this);
  scope_.spawn(beat());
}

Service::~Service() = default;

Task<void> Service::close() {
  closed_ = true;
  network_.remove_observer(*this);
  for (const std::string_view protocol : kProtocols) network_.remove_stream_handler(std::string(protocol));
  for (const auto& [peer, stream] : readers_) stream->reset();
  PeerTags& tags = network_.tags();
  for (const PeerId& peer : router_.params().direct_peers) tags.unprotect(peer, kDirectTag);
  for (const auto& [name, topic] : topics_) {
    for (const PeerId& peer : router_.mesh_peers(name)) tags.unprotect(peer, mesh_tag(name));
    tags.remove_decaying(deliveries_tag(name));
  }
  scope_.cancel();
  co_await scope_.join();
}

Result<void> Service::subscribe(const std::string& topic, Validator validator, Subscriber subscriber) {
  const bool is_new = topics_.insert_or_assign(topic, Topic{std::move(validator), std::move(subscriber)}).second;
  const Result<void> joined = router_.subscribe(topic, network_.loop().now());
  if (joined && is_new) {
    network_.tags().define_decaying({deliveries_tag(topic), kDeliveriesInterval, Decay::by_amount(1), kDeliveriesCap});
  } else if (!joined) {
    topics_.erase(topic);
  }
  pump();
  return joined;
}

void Service::unsubscribe(const std::string& topic) {
  router_.unsubscribe(topic, network_.loop().now());
  if (topics_.erase(topic) > 0) network_.tags().remove_decaying(deliveries_tag(topic));
  pump();
}

Result<void> Service::publish(const std::string& topic, Buffer data) {
  const Result<MessagePtr> published = router_.publish(topic, std::move(data), network_.loop().now());
  pump();
  if (!published) return published.error();
  return {};
}

Task<void> Service::beat() {
  bool alive = co_await sleep_for(network_.loop(), kFirstHeartbeat);
  while (alive) {
    router_.heartbeat(network_.loop().now());
    pump();
    alive = co_await sleep_for(network_.loop(), router_.params().heartbeat);
  }
}

// Reading.

Task<void> Service::serve(PeerStream stream) {
  const PeerId peer = stream.peer();
  Stream* const own = &*stream;
  // A peer has one stream to us: a second one means that it has given the first one up.
  if (Stream* const former = std::exchange(readers_[peer], own)) former->reset();
  const Result<void> ended = co_await read_rpcs(stream);
  const auto known = readers_.find(peer);
  if (known != readers_.end() && known->second == own) readers_.erase(known);
  if (ended) co_return;
  if (log_limit_.admit(network_.loop().now())) {
    kLog.debug("stream ended", {{"peer", peer.to_string()}, {"error", ended.error()}});
  }
  report(events_, peer, ended.error(), "gossipsub");
  stream->reset();
}

Task<void> Service::wait_for_writer(PeerId peer) {
  const TimePoint deadline = network_.loop().now() + kWriterPatience;
  while (true) {
    const auto found = writers_.find(peer);
    if (found != writers_.end() && found->second->connected) co_return;
    const Wake woken = co_await connected_.wait_until(deadline);
    if (woken != Wake::kNotified) co_return;
  }
}

Task<Result<void>> Service::read_rpcs(PeerStream& stream) {
  co_await wait_for_writer(stream.peer());
  while (!closed_) {
    OPW_CO_TRY(const std::optional<std::size_t> length,
               co_await read_length_prefix(*stream, router_.params().max_rpc_size, errors::kRpcTooLarge));
    if (!length) break;
    Buffer rpc = Buffer::uninitialized(*length);
    OPW_CO_TRYV(co_await read_exact(*stream, rpc.writable()));
    const Result<void> heeded = router_.on_rpc(stream.peer(), rpc, network_.loop().now());
    pump();
    if (!heeded) co_return heeded.error();
  }
  co_return Result<void>();
}

// Writing.

void Service::on_peer_protocols(const PeerId& peer, const std::vector<std::string>& protocols) {
  if (writers_.contains(peer) || !speaks_any(protocols)) return;
  auto writer = std::make_shared<Writer>(network_.loop());
  writers_.emplace(peer, writer);
  scope_.spawn(write_to(peer, std::move(writer)));
}

void Service::on_peer_disconnected(const PeerId& peer) {
  const auto found = writers_.find(peer);
  if (found == writers_.end()) return;
  const std::shared_ptr<Writer> writer = found->second;
  writers_.erase(found);
  writer->ended = true;
  writer->ready.notify_all();
  if (writer->stream != nullptr) writer->stream->reset();
  router_.on_peer_disconnected(peer, network_.loop().now());
  pump();
}

Task<void> Service::write_to(PeerId peer, std::shared_ptr<Writer> writer) {
  for (int failures = 0; failures <= kMaxReopens && !writer->ended; ++failures) {
    if (failures > 0) {
      const bool slept = co_await sleep_for(network_.loop(), kReopenPause * (1 << (2 * failures)));
      if (!slept || writer->ended) break;
    }
    if (!network_.is_connected(peer)) break;
    const TimePoint begun = network_.loop().now();
    const Result<void> ended = co_await open_and_write(peer, *writer);
    if (ended || writer->ended) break;
    if (network_.loop().now() - begun > kHealthy) failures = 0;
    if (log_limit_.admit(network_.loop().now())) {
      kLog.debug("cannot write", {{"peer", peer.to_string()}, {"error", ended.error()}});
    }
  }
  const auto known = writers_.find(peer);
  if (known == writers_.end() || known->second != writer) co_return;
  writers_.erase(known);
  router_.on_peer_disconnected(peer, network_.loop().now());
  if (!closed_) pump();
}

Task<Result<void>> Service::open_and_write(PeerId peer, Writer& writer) {
  OPW_CO_TRY(PeerStream stream, co_await network_.new_stream_if_connected(peer, protocol_names()));
  if (writer.ended) co_return Result<void>();
  writer.stream = &*stream;
  const Result<void> ended = co_await write_rpcs(peer, writer, stream);
  writer.stream = nullptr;
  co_return ended;
}

Task<Result<void>> Service::write_rpcs(PeerId peer, Writer& writer, PeerStream& stream) {
  if (writer.connected) {
    router_.on_stream_reopened(peer);
  } else {
    const Version version = version_of(stream.protocol()).value_or(Version::kFloodsub);
    const std::optional<ConnectionInfo> connection = network_.connection(stream.connection());
    if (!connection) co_return opwire::errors::kClosed;
    router_.on_peer_connected(peer, version, connection->role == Role::kDialer, connection->remote);
    writer.connected = true;
    connected_.notify_all();
  }
  pump();
  Timer slow(network_.loop(), [&stream] { stream->reset(); });
  std::vector<Frame> frames;
  std::vector<ByteView> pieces;
  while (!writer.ended) {
    frames.clear();
    pieces.clear();
    for (std::size_t size = 0; size < kMaxBatch; size += frames.back().size()) {
      std::optional<Frame> frame = router_.next_frame(peer);
      if (!frame) break;
      frames.push_back(std::move(*frame));
      for (const ByteView piece : frames.back().pieces()) {
        if (!piece.empty()) pieces.push_back(piece);
      }
    }
    if (frames.empty()) {
      const bool notified = co_await writer.ready.wait();
      if (!notified) co_return Result<void>();
      continue;
    }
    slow.arm_in(kWriteTimeout);
    OPW_CO_TRYV(co_await stream->write(pieces));
    slow.cancel();
  }
  co_return Result<void>();
}

// What the router wants.

void Service::pump() {
  // A subscriber may publish, which comes here again: the outer call goes on with what that added.
  if (std::exchange(pumping_, true)) return;
  router_.take_actions(actions_);
  while (!actions_.empty()) {
    for (const Action& action : actions_) {
      std::visit([this](const auto& one) { perform(one); }, action);
    }
    router_.take_actions(actions_);
  }
  pumping_ = false;
}

void Service::perform(const OutputReady& action) {
  const auto found = writers_.find(action.peer);
  if (found != writers_.end()) found->second->ready.notify_all();
}

void Service::perform(const ValidateMessage& action) {
  scope_.spawn(validate(action.message));
}

void Service::perform(const DeliverMessage& action) {
  const auto found = topics_.find(action.message->topic);
  if (found == topics_.end()) return;
  network_.tags().bump(*action.message->from, deliveries_tag(action.message->topic), 1);
  const Subscriber subscriber = found->second.subscriber;  // it may unsubscribe itself
  subscriber(*action.message, action.content);
}

void Service::perform(const Misbehaviour& action) {
  for (unsigned i = 0; i < action.count; ++i) report(events_, action.peer, action.error, "gossipsub");
}

void Service::perform(const MeshChange& action) {
  kLog.debug(action.in_mesh ? "mesh peer added" : "mesh peer removed",
             {{"peer", action.peer.to_string()}, {"topic", action.topic}});
  if (action.in_mesh) {
    network_.tags().protect(action.peer, mesh_tag(action.topic));
  } else {
    network_.tags().unprotect(action.peer, mesh_tag(action.topic));
  }
  for (Observer* observer : observers_) observer->on_mesh(action.peer, action.topic, action.in_mesh);
}

void Service::perform(const TopicChange& action) {
  for (Observer* observer : observers_) observer->on_topic(action.peer, action.topic, action.subscribed);
}

void Service::perform(const ConnectPeer& action) {
  connector_.connect(action);
}

Task<void> Service::validate(MessagePtr message) {
  Verdict verdict = Verdict::kIgnore;
  const auto found = topics_.find(message->topic);
  if (found != topics_.end()) {
    const Validator validator = found->second.validator;  // unsubscribing must not end it under our feet
    verdict = co_await validator(message);
  }
  router_.on_validation_result(message, verdict, network_.loop().now());
  if (!closed_) pump();
}

}  // namespace opwire::gossipsub
