#include "interop/opwirepeer/gossip.hpp"

#include "interop/opwirepeer/generator.hpp"
#include "opwire/codec/hex.hpp"
#include "opwire/codec/snappy.hpp"
#include "opwire/crypto/hash.hpp"
#include "opwire/opstack/gossip/scoring.hpp"

namespace opwire::interop {
namespace {

constexpr Duration kSlot = std::chrono::seconds(2);

gossipsub::TopicScoreParams topic_score() {
  const Duration epoch = 6 * kSlot;
  gossipsub::TopicScoreParams params;
  params.weight = 0.8;
  params.time_in_mesh_cap = 1800;
  params.time_in_mesh_weight = 10 / params.time_in_mesh_cap;
  params.time_in_mesh_quantum = kSlot;
  params.first_deliveries_weight = 1;
  params.first_deliveries_decay = gossipsub::decay_factor(20 * epoch, kSlot);
  params.first_deliveries_cap = 23;
  params.invalid_messages_weight = -140.4475;
  params.invalid_messages_decay = gossipsub::decay_factor(50 * epoch, kSlot);
  return params;
}

gossipsub::Params params(const Options& options) {
  gossipsub::Params params;
  params.max_rpc_size = opstack::kMaxMessageSize;
  if (!options.op_ids) params.signing = gossipsub::SignaturePolicy::kStrictSign;
  if (!options.asks) params.max_ihave_messages = 0;
  params.scoring = opstack::light_scoring(kSlot);
  for (const std::string& topic : options.gossip) params.scoring->params.topics[topic] = topic_score();
  return params;
}

std::unique_ptr<gossipsub::MessageDecoder> decoder(bool op_ids) {
  if (op_ids) return std::make_unique<opstack::BlockMessageDecoder>();
  return std::make_unique<gossipsub::AuthorDecoder>();
}

gossipsub::ServiceParts parts(Peer& peer, gossipsub::MessageDecoder& decoder, bool op_ids) {
  gossipsub::ServiceParts parts(decoder, peer.host().rng());
  if (!op_ids) parts.author = peer.key();
  return parts;
}

Task<gossipsub::Verdict> accept(gossipsub::MessagePtr) {
  co_return gossipsub::Verdict::kAccept;
}

Fields describe(const std::string& topic, ByteView data) {
  return {{"topic", topic}, {"len", data.size()}, {"sha256", codec::to_hex(crypto::sha256(data).view())}};
}

}  // namespace

Gossip::Gossip(Peer& peer, const Options& options, Messages messages)
    : peer_(peer),
      op_ids_(options.op_ids),
      decoder_(decoder(op_ids_)),
      service_(peer.host().network(), params(options), parts(peer, *decoder_, op_ids_)),
      first_(options.gossip.front()) {
  service_.add_observer(*this);
  const auto take = [this, messages](const gossipsub::Message& message, const std::shared_ptr<const void>&) {
    ++received_;
    if (messages == Messages::kPrinted) print(message);
  };
  for (const std::string& topic : options.gossip) (void)service_.subscribe(topic, accept, take);
}

void Gossip::print(const gossipsub::Message& message) {
  Loop& loop = peer_.host().loop();
  Fields line{{"id", codec::to_hex(message.id.view())}, {"from_peer", message.from->to_string()}};
  line["at_us"] = wall_us(loop);
  if (message.author) line["author"] = message.author->to_string();
  // Whoever else is to have the message does not wait for our hash of it.
  loop.post([line = std::move(line), topic = message.topic, data = message.data]() mutable {
    for (auto& [key, value] : describe(topic, data)) line[key] = value;
    emit("message", line);
  });
}

Result<void> Gossip::publish_one(const std::string& topic, ByteView plain) {
  const Bytes data = op_ids_ ? codec::snappy::compress(plain) : Bytes(plain.begin(), plain.end());
  Fields line = describe(topic, data);
  line["at_us"] = wall_us(peer_.host().loop());
  OPW_TRYV(service_.publish(topic, Buffer::copy_of(data)));
  emit("published", line);
  return {};
}

Task<Result<void>> Gossip::publish(Command command) {
  const std::string topic = command.text("topic").empty() ? first_ : command.text("topic");
  if (const std::string plain = command.text("plain"); !plain.empty()) {
    OPW_CO_TRY(const Bytes bytes, codec::from_hex(plain));
    co_return publish_one(topic, bytes);
  }
  const std::size_t count = command.number("count");
  Bytes bytes(command.number("size"));
  if (count == 0 || bytes.empty()) co_return errors::kCommand;
  for (std::size_t i = 0; i < count; ++i) {
    if (i > 0) co_await sleep_for(peer_.host().loop(), std::chrono::milliseconds(command.number("interval_ms")));
    Generator(SystemRng().next()).fill(bytes);
    OPW_CO_TRYV(publish_one(topic, bytes));
  }
  emit("publish_done", {{"topic", topic}, {"count", count}});
  co_return Result<void>();
}

void Gossip::emit_families() const {
  Fields families;
  for (const std::string& topic : service_.router().topics()) {
    for (const PeerId& peer : service_.router().topic_peers(topic)) {
      families[peer.to_string()] = to_string(service_.router().family(peer));
    }
  }
  emit("families", {{"families", families}});
}

void Gossip::emit_scores() const {
  Fields scores;
  for (const gossipsub::ScoreSnapshot& known : service_.router().scores()) {
    scores[known.peer.to_string()] = known.score;
  }
  emit("scores", {{"scores", scores}});
}

void Gossip::on_topic(const PeerId& peer, const std::string& topic, bool subscribed) {
  emit("mesh", {{"topic", topic}, {"peer", peer.to_string()}, {"change", subscribed ? "join" : "leave"}});
}

void Gossip::on_mesh(const PeerId& peer, const std::string& topic, bool in_mesh) {
  emit("mesh", {{"topic", topic}, {"peer", peer.to_string()}, {"change", in_mesh ? "graft" : "prune"}});
}

}  // namespace opwire::interop
