// What the tests of this library share: one router with peers made of hand-written RPCs.
#pragma once

#include <string>
#include <vector>

#include "opwire/crypto/hash.hpp"
#include "opwire/multiformats/protobuf.hpp"
#include "opwire/p2p/gossipsub/router.hpp"

namespace opwire::gossipsub::test {

using namespace std::chrono_literals;  // NOLINT(google-build-using-namespace): tests only

inline const std::string kTopic = "/test/blocks";

/// A peer id for each number.
inline PeerId peer_id(unsigned number) {
  ByteArray<34> multihash{0x12, 0x20};
  store_be<std::uint32_t>(multihash.data() + 2, number);
  store_be<std::uint32_t>(multihash.data() + 30, number * 2654435761u);
  return PeerId::parse(multihash).value();
}

/// An address of its own for each peer.
inline Multiaddr address_of(unsigned number) {
  ByteArray<4> ip{};
  store_be<std::uint32_t>(ip.data(), 0x0a000000u + number);
  return Multiaddr::ip_tcp(ip, 9222);
}

/// n bytes that differ with the seed.
inline Bytes noise(std::size_t n, std::uint64_t seed) {
  Bytes data(n);
  SeededRng(seed).fill(data);
  return data;
}

/// Ids of no message; those of different sets differ.
inline std::vector<MessageId> message_ids(std::size_t count, std::uint32_t set = 0) {
  std::vector<MessageId> ids;
  for (std::size_t i = 0; i < count; ++i) {
    ByteArray<20> bytes{};
    store_be<std::uint32_t>(bytes.data(), set);
    store_be<std::uint32_t>(bytes.data() + 16, static_cast<std::uint32_t>(i));
    ids.push_back(MessageId::from(bytes).value());
  }
  return ids;
}

/// 20 bytes of SHA-256 over topic and data, or over the data alone; counts how often it was asked.
class HashDecoder final : public MessageDecoder {
 public:
  enum class Ids : std::uint8_t { kWithTopic, kTopicless };
  /// other_too: it knows that there are those of the other kind.
  explicit HashDecoder(Ids ids = Ids::kWithTopic, bool other_too = false) : ids_(ids), other_too_(other_too) {}

  Decoded decode(const MessageView& message) override {
    ++decodes;
    return {id_under(ids_, message), std::make_shared<std::size_t>(message.data.size())};
  }
  std::optional<MessageId> alias(const MessageView& message, const std::shared_ptr<const void>&) override {
    if (!other_too_) return std::nullopt;
    ++aliases;
    return id_under(ids_ == Ids::kWithTopic ? Ids::kTopicless : Ids::kWithTopic, message);
  }
  static MessageId id_of(std::string_view topic, ByteView data) {
    const Hash256 hash = crypto::Sha256().update(as_bytes(topic)).update(data).finish();
    return MessageId::from(hash.view().first(20)).value();
  }
  static MessageId topicless_id_of(ByteView data) { return id_of("no topic", data); }

  unsigned decodes = 0;
  unsigned aliases = 0;

 private:
  static MessageId id_under(Ids ids, const MessageView& message) {
    return ids == Ids::kWithTopic ? id_of(message.topic, message.data) : topicless_id_of(message.data);
  }

  Ids ids_;
  bool other_too_;
};

/// RPC bytes that a test's peer sends; no limit and no rule is kept.
class Rpc {
 public:
  Rpc& subscribe(std::string_view topic, bool on = true) { return control_.subscription(topic, on), *this; }
  Rpc& graft(std::string_view topic) { return control_.graft(topic), *this; }
  Rpc& prune(std::string_view topic, std::uint64_t seconds) {
    return control_.prune(topic, {std::chrono::seconds(static_cast<std::int64_t>(seconds)), {}}), *this;
  }
  Rpc& prune(std::string_view topic) { return control_.prune(topic, {}), *this; }
  /// peers: encoded PeerInfo, or what goes for it.
  Rpc& prune_telling(std::string_view topic, std::vector<Bytes> peers) {
    return control_.prune(topic, {60s, std::move(peers)}), *this;
  }
  Rpc& ihave(std::string_view topic, const std::vector<MessageId>& ids) { return control_.ihave(topic, ids), *this; }
  Rpc& iwant(const std::vector<MessageId>& ids) { return control_.iwant(ids), *this; }
  Rpc& idontwant(const std::vector<MessageId>& ids) { return control_.idontwant(ids), *this; }
  Rpc& message(std::string_view topic, ByteView data) {
    Bytes entry;
    protobuf::Writer(entry).bytes(2, data).bytes(4, as_bytes(topic));
    return raw_message(entry);
  }
  Rpc& raw_message(ByteView encoded) { return protobuf::Writer(messages_).bytes(2, encoded), *this; }

  Buffer build() const {
    Bytes rpc = control_.finish();
    rpc.insert(rpc.end(), messages_.begin(), messages_.end());
    return Buffer::copy_of(rpc);
  }

 private:
  ControlRpc control_{~std::size_t{0} / 2};
  Bytes messages_;
};

/// What a router sent to one peer, gathered over all frames.
struct Sent {
  struct Prune {
    std::string topic;
    std::uint64_t backoff;
    std::vector<std::pair<PeerId, Bytes>> peers;  // and their records
  };
  std::vector<std::pair<std::string, bool>> subscriptions;
  std::vector<std::pair<std::string, Bytes>> messages;
  std::vector<std::pair<std::string, std::vector<MessageId>>> ihave;
  std::vector<MessageId> iwant, idontwant;
  std::vector<std::string> graft;
  std::vector<Prune> prune;
  std::vector<std::size_t> frame_sizes;

  void add(const Frame& frame);
  bool empty() const { return frame_sizes.empty(); }
};

/// A frame's RPC, as it would arrive on the other side.
inline Buffer received(const Frame& frame) {
  Bytes all;
  for (const ByteView piece : frame.pieces()) all.insert(all.end(), piece.begin(), piece.end());
  const multiformats::Varint length = multiformats::parse_varint(all).value();
  OPW_CHECK(length.size + length.value == all.size());
  return Buffer::copy_of(ByteView(all).subspan(length.size));
}

inline std::vector<MessageId> ids_of(IdList list) {
  std::vector<MessageId> ids;
  while (const auto bytes = list.next()) ids.push_back(MessageId::from(*bytes).value());
  return ids;
}

inline std::vector<std::pair<PeerId, Bytes>> told_peers(IdList list) {
  std::vector<std::pair<PeerId, Bytes>> peers;
  while (const auto encoded = list.next()) {
    const PeerInfoView info = parse_peer_info(*encoded).value();
    peers.emplace_back(PeerId::parse(info.id).value(), to_bytes(info.record));
  }
  return peers;
}

inline void Sent::add(const Frame& frame) {
  const Buffer rpc = received(frame);
  RpcView view;
  OPW_CHECK(parse_rpc(rpc, RpcLimits{}, view).has_value());
  const auto append = [](std::vector<MessageId>& to, const std::vector<MessageId>& ids) {
    to.insert(to.end(), ids.begin(), ids.end());
  };
  frame_sizes.push_back(frame.size());
  for (const auto& s : view.subscriptions) subscriptions.emplace_back(s.topic, s.subscribe);
  for (const auto& m : view.messages) messages.emplace_back(m.topic, to_bytes(m.data));
  for (const auto& entry : view.ihave) ihave.emplace_back(entry.topic, ids_of(entry.ids));
  for (const auto& list : view.iwant) append(iwant, ids_of(list));
  for (const auto& list : view.idontwant) append(idontwant, ids_of(list));
  for (const auto& topic : view.graft) graft.emplace_back(topic);
  for (const auto& p : view.prune) prune.push_back({std::string(p.topic), p.backoff_seconds, told_peers(p.peers)});
}

/// What a router is given beside its parameters.
struct Surroundings {
  HashDecoder decoder{};
  std::optional<Author> author{};
  std::function<Bytes(const PeerId& peer)> sealed_record{};
  std::uint64_t seed = 7;
};

/// A router, its clock and what it did.
class TestRouter {
 public:
  explicit TestRouter(Params params = {}) : TestRouter(std::move(params), Surroundings()) {}
  TestRouter(Params params, Surroundings given)
      : decoder(given.decoder), rng_(given.seed), router(std::move(params), make_context(std::move(given))) {}

  static PeerId self() { return peer_id(999'999); }
  PeerId connect(unsigned number, Version version = Version::kV12, bool outbound = false) {
    router.on_peer_connected(peer_id(number), version, outbound, address_of(number));
    return peer_id(number);
  }
  void disconnect(const PeerId& peer) { router.on_peer_disconnected(peer, now); }
  /// Connects peers [first, first + count), each subscribed to kTopic.
  std::vector<PeerId> connect_subscribed(unsigned first, unsigned count, Version version = Version::kV12,
                                         bool outbound = false) {
    std::vector<PeerId> peers;
    for (unsigned i = 0; i < count; ++i) {
      peers.push_back(connect(first + i, version, outbound));
      rpc(peers.back(), Rpc().subscribe(kTopic));
    }
    return peers;
  }
  void rpc(const PeerId& from, const Rpc& rpc) { OPW_CHECK(router.on_rpc(from, rpc.build(), now).has_value()); }
  void beat() {
    now += router.params().heartbeat;
    router.heartbeat(now);
  }
  void join() { OPW_CHECK(router.subscribe(kTopic, now).has_value()); }

  /// Empties a peer's queue.
  Sent sent(const PeerId& to) {
    Sent all;
    while (const std::optional<Frame> frame = router.next_frame(to)) all.add(*frame);
    return all;
  }
  void drop_output() {
    for (unsigned i = 0; i < 200; ++i) sent(peer_id(i));
  }
  /// The actions of one type since they were last asked for, whatever their type.
  template <class T>
  std::vector<T> take() {
    Actions actions;
    router.take_actions(actions);
    std::vector<T> wanted;
    for (Action& action : actions) {
      if (T* found = std::get_if<T>(&action)) wanted.push_back(std::move(*found));
    }
    return wanted;
  }
  /// Gives the same verdict on all messages that wait for one; returns how many.
  std::size_t judge(Verdict verdict) {
    const auto waiting = take<ValidateMessage>();
    for (const ValidateMessage& action : waiting) router.on_validation_result(action.message, verdict, now);
    return waiting.size();
  }

  TimePoint now{1h};
  HashDecoder decoder;

 private:
  RouterContext make_context(Surroundings given) {
    RouterContext context(given.author ? given.author->id() : self(), decoder, rng_);
    context.author = std::move(given.author);
    context.sealed_record = std::move(given.sealed_record);
    return context;
  }

  SeededRng rng_;

 public:
  Router router;
};

}  // namespace opwire::gossipsub::test
