#include "interop/opwirepeer/gossip.hpp"

#include "interop/opwirepeer/generator.hpp"
#include "opwire/codec/hex.hpp"
#include "opwire/codec/snappy.hpp"
#include "opwire/crypto/hash.hpp"

namespace opwire::interop {
namespace {

gossipsub::Params params() {
  gossipsub::Params params;
  params.max_rpc_size = opstack::kMaxMessageSize;
  return params;
}

Task<gossipsub::Verdict> accept(gossipsub::MessagePtr) {
  co_return gossipsub::Verdict::kAccept;
}

std::int64_t now_us(const Loop& loop) {
  return std::chrono::duration_cast<std::chrono::microseconds>(loop.wall_now().time_since_epoch()).count();
}

Fields describe(const std::string& topic, ByteView data) {
  return {{"topic", topic}, {"len", data.size()}, {"sha256", codec::to_hex(crypto::sha256(data).view())}};
}

boost::json::array texts(const std::vector<PeerId>& peers) {
  boost::json::array all;
  for (const PeerId& peer : peers) all.emplace_back(peer.to_string());
  return all;
}

}  // namespace

Gossip::Gossip(Peer& peer, const std::vector<std::string>& topics)
    : peer_(peer),
      service_(peer.host().network(), params(), gossipsub::ServiceParts(decoder_, peer.host().rng())),
      first_(topics.front()) {
  const Loop& loop = peer_.host().loop();
  const auto print = [&loop](const gossipsub::Message& message, const std::shared_ptr<const void>&) {
    Fields line = describe(message.topic, message.data);
    line["id"] = codec::to_hex(message.id.view());
    line["from_peer"] = message.from->to_string();
    line["at_us"] = now_us(loop);
    emit("message", line);
  };
  for (const std::string& topic : topics) (void)service_.subscribe(topic, accept, print);
}

Result<void> Gossip::publish_one(const std::string& topic, ByteView plain) {
  const Bytes data = codec::snappy::compress(plain);
  Fields line = describe(topic, data);
  line["at_us"] = now_us(peer_.host().loop());
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

void Gossip::emit_mesh() const {
  Fields topics;
  for (const std::string& topic : service_.router().topics()) {
    topics[topic] = {{"subscribed", texts(service_.router().topic_peers(topic))},
                     {"mesh", texts(service_.router().mesh_peers(topic))}};
  }
  emit("mesh", {{"topics", topics}});
}

}  // namespace opwire::interop
