#include "opwire/p2p/gossipsub/service.hpp"

#include "opwire/base/log.hpp"
#include "opwire/p2p/core/length_prefix.hpp"
#include "opwire/p2p/core/peer_store.hpp"
#include "opwire/p2p/gossipsub/errors.hpp"
#include "opwire/p2p/gossipsub/protocol.hpp"

namespace opwire::gossipsub {
namespace {

constexpr log::Logger kLog{"gossipsub"};
constexpr auto kFirstHeartbeat = std::chrono::milliseconds(100);
// A peer that takes nothing for so long is given up.
constexpr auto kWriteTimeout = std::chrono::seconds(30);
// An RPC is here within this time of its first byte, or its stream is reset.
constexpr auto kReadTimeout = std::chrono::seconds(30);
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

bool speaks_any(const std::vector<std::string>& protocols) {
  return std::any_of(protocols.begin(), protocols.end(),
                     [](const std::string& protocol) { return version_of(protocol).has_value(); });
}

}  // namespace

Service::Service(Network& network, Params params, ServiceParts parts)
    : network_(network),
      tags_(network.tags()),
      router_(std::move(params), make_context(network, parts)),
      events_(parts.events),
      connected_(network.loop()),
      arrivals_(network.loop(), router_.params().max_arriving_bytes, kReadTimeout),
      scope_(network.loop()) {
  for (const std::string_view protocol : kProtocols) {
    network_.set_stream_handler(std::string(protocol), [this](PeerStream stream) { return serve(std::move(stream)); });
  }
  for (const PeerId& peer : router_.params().direct_peers) tags_.on_direct(peer, true);
  if (router_.params().peer_exchange) network_.peerstore().keep_sealed_records();
  network_.add_observer(*this);
  scope_.spawn(beat());
}

Service::~Service() = default;

void Service::set_direct_peers(std::vector<PeerId> peers) {
  for (const PeerId& peer : router_.params().direct_peers) tags_.on_direct(peer, false);
  for (const PeerId& peer : peers) tags_.on_direct(peer, true);
  router_.set_direct_peers(std::move(peers), network_.loop().now());
  pump();
}

Task<void> Service::close() {
  closed_ = true;
  network_.remove_observer(*this);
  for (const std::string_view protocol : kProtocols) network_.remove_stream_handler(std::string(protocol));
  for (const auto& [peer, stream] : readers_) stream->reset();
  for (const PeerId& peer : router_.params().direct_peers) tags_.on_direct(peer, false);
  for (const auto& [name, topic] : topics_) tags_.on_left(name);
  scope_.cancel();
  co_await scope_.join();
}

Result<void> Service::subscribe(const std::string& topic, Validator validator, Subscriber subscriber) {
  if (closed_) return opwire::errors::kClosed;
  const bool is_new = topics_.insert_or_assign(topic, Topic{std::move(validator), std::move(subscriber)}).second;
  const Result<void> joined = router_.subscribe(topic, network_.loop().now());
  if (joined && is_new) {
    tags_.on_joined(topic);
  } else if (!joined) {
    topics_.erase(topic);
  }
  pump();
  return joined;
}

void Service::unsubscribe(const std::string& topic) {
  router_.unsubscribe(topic, network_.loop().now());
  topics_.erase(topic);
  tags_.on_left(topic);
  pump();
}

Result<void> Service::publish(const std::string& topic, Buffer data) {
  if (closed_) return opwire::errors::kClosed;
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
    OPW_CO_TRY(const Buffer rpc, co_await read_rpc(*stream, *length));
    const Result<void> heeded = router_.on_rpc(stream.peer(), rpc, network_.loop().now());
    pump();
    if (!heeded) co_return heeded.error();
  }
  co_return Result<void>();
}

Task<Result<Buffer>> Service::read_rpc(Stream& stream, std::size_t length) {
  const Arrivals::Arrival arrival(arrivals_, stream, length);
  Buffer rpc = Buffer::uninitialized(length);
  const Result<void> read = co_await read_exact(stream, rpc.writable());
  if (arrival.given_up()) co_return errors::kRpcTooSlow;
  if (!read) co_return read.error();
  co_return rpc;
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

void Service::on_connection_closed(const ConnectionInfo& closed, const Error&) {
  // What its address and direction count for is now the oldest of the other connections to the peer.
  const std::vector<ConnectionInfo> left = network_.connections_to(closed.peer);
  if (!left.empty())
    router_.on_peer_moved(closed.peer, left[0].role == Role::kDialer, left[0].remote, network_.loop().now());
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
  pump();
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
  const Version version = version_of(stream.protocol()).value_or(Version::kFloodsub);
  if (writer.connected) {
    router_.on_stream_reopened(peer, version);
  } else {
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
      std::optional<Frame> frame = router_.next_frame(peer, network_.loop().now());
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
  while (!actions_.empty() && !closed_) {
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
  tags_.on_delivery(*action.message->from, action.message->topic);
  const Subscriber subscriber = found->second.subscriber;  // it may unsubscribe itself
  subscriber(*action.message, action.content);
}

void Service::perform(const Misbehaviour& action) {
  for (unsigned i = 0; i < action.count; ++i) report(events_, action.peer, action.error, "gossipsub");
}

void Service::perform(const MeshChange& action) {
  kLog.debug(action.in_mesh ? "mesh peer added" : "mesh peer removed",
             {{"peer", action.peer.to_string()}, {"topic", action.topic}});
  tags_.on_mesh(action.peer, action.topic, action.in_mesh);
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
  pump();
}

}  // namespace opwire::gossipsub
