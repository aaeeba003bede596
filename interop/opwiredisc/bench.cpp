#include "interop/opwiredisc/bench.hpp"

#include <cstdio>
#include <map>

#include "interop/common/events.hpp"
#include "opwire/crypto/keys.hpp"
#include "opwire/discv5/message.hpp"
#include "opwire/discv5/sessions.hpp"
#include "opwire/net/udp.hpp"
#include "opwire/runtime/reactor.hpp"
#include "opwire/runtime/scope.hpp"

namespace opwire::interop {
namespace {

using discv5::Sessions;

constexpr auto kAnswerTime = std::chrono::seconds(1);

/// An identity that can open a session, without anything that a whole node has.
struct Identity {
  Identity(const crypto::PrivateKey& key, Rng& rng)
      : record(discv5::NodeRecordDraft().sign(key.data(), 1).value()),
        sessions(record.id(), to_bytes(key.data()), small(), rng) {}
  static discv5::Limits small() {
    discv5::Limits limits;
    limits.sessions = limits.challenges = 1;
    return limits;
  }
  discv5::NodeRecord record;
  Sessions sessions;
};

class Bench {
 public:
  Bench(Loop& loop, const DiscOptions& options) : loop_(loop), options_(options), scope_(loop) {}

  Task<int> handshakes() {
    std::vector<std::unique_ptr<Identity>> identities;
    for (std::size_t i = 0; i < options_.count; ++i) identities.push_back(make_identity());
    const Meter meter;
    for (std::size_t i = 0; i < options_.in_flight; ++i) {
      std::vector<Identity*> share;
      for (std::size_t j = i; j < identities.size(); j += options_.in_flight) share.push_back(identities[j].get());
      scope_.spawn(shake_hands(std::move(share)));
    }
    co_await scope_.join();
    co_return report(meter);
  }

  Task<int> pings() {
    auto socket = bind();
    const auto identity = make_identity();
    const bool greeted = co_await shake_hands_once(*socket, *identity);
    if (!greeted) co_return 1;
    samples_.clear();
    const Meter meter;
    co_await ping_all(*socket, *identity);
    co_return report(meter);
  }

 private:
  std::unique_ptr<Identity> make_identity() {
    return std::make_unique<Identity>(crypto::PrivateKey::generate(crypto::KeyType::kSecp256k1, rng_), rng_);
  }
  std::unique_ptr<net::DatagramSocket> bind() {
    return net::bind_udp(loop_, options_.listen, discv5::kMaxPacket).value();
  }
  int report(const Meter& meter) {
    Fields result{{"test", options_.test}, {"count", options_.count}, {"ok", samples_.size()}};
    const bool all = samples_.size() == options_.count;
    stop(meter, result);
    add_latencies(samples_, result);
    emit("result", result);
    return all ? 0 : 1;
  }

  Task<void> shake_hands(std::vector<Identity*> identities) {
    auto socket = bind();
    for (Identity* identity : identities) co_await shake_hands_once(*socket, *identity);
    socket->close();
  }

  /// Opening, WHOAREYOU, handshake with a PING, PONG.
  Task<bool> shake_hands_once(net::DatagramSocket& socket, Identity& identity) {
    const TimePoint begun = loop_.now();
    const Bytes ping = discv5::encode_message(discv5::Ping{{1, 2, 3}, 1});
    socket.send(options_.to.endpoint, identity.sessions.opening(options_.to.id).datagram);
    Timer timer(loop_, [&socket] { socket.close(); });
    timer.arm(begun + kAnswerTime);
    while (true) {
      const auto datagrams = co_await socket.receive();
      if (!datagrams) co_return false;
      for (const net::Datagram& datagram : *datagrams) {
        auto incoming = identity.sessions.open(datagram.from, datagram.bytes, loop_.now());
        if (!incoming) continue;  // to the identity before
        if (const auto* challenge = std::get_if<Sessions::Challenge>(&*incoming)) {
          const auto answer = identity.sessions.answer(options_.to, *challenge, identity.record, ping);
          socket.send(datagram.from, answer->datagram);
        } else if (std::holds_alternative<Sessions::Opened>(*incoming)) {
          samples_.push_back(loop_.now() - begun);
          co_return true;
        }
      }
    }
  }

  void send_ping(net::DatagramSocket& socket, Identity& identity, std::uint32_t number) {
    discv5::RequestId id(4);
    store_be(id.data(), number);
    const auto sealed =
        identity.sessions.seal({options_.to.id, options_.to.endpoint}, discv5::encode_message(discv5::Ping{id, 1}));
    sent_at_[number] = loop_.now();
    socket.send(options_.to.endpoint, sealed->datagram);
  }

  Task<void> ping_all(net::DatagramSocket& socket, Identity& identity) {
    std::uint32_t sent = 0;
    Timer timer(loop_, [&socket] { socket.close(); });
    while (sent < options_.count || !sent_at_.empty()) {
      for (; sent < options_.count && sent_at_.size() < options_.in_flight; ++sent) send_ping(socket, identity, sent);
      timer.arm_in(kAnswerTime);
      const auto datagrams = co_await socket.receive();
      if (!datagrams) co_return;
      for (const net::Datagram& datagram : *datagrams) take_pong(identity, datagram);
    }
  }

  void take_pong(Identity& identity, const net::Datagram& datagram) {
    const auto incoming = identity.sessions.open(datagram.from, datagram.bytes, loop_.now());
    if (!incoming || !std::holds_alternative<Sessions::Opened>(*incoming)) return;
    const auto message = discv5::parse_message(std::get<Sessions::Opened>(*incoming).message);
    if (!message || !std::holds_alternative<discv5::Pong>(*message)) return;
    const discv5::RequestId& id = discv5::request_id(*message);
    if (id.size() != 4) return;
    const auto found = sent_at_.find(load_be<std::uint32_t>(id.data()));
    if (found == sent_at_.end()) return;
    samples_.push_back(loop_.now() - found->second);
    sent_at_.erase(found);
  }

  Loop& loop_;
  const DiscOptions& options_;
  SystemRng rng_;
  std::vector<Duration> samples_;
  std::map<std::uint32_t, TimePoint> sent_at_;
  Scope scope_;
};

}  // namespace

int run_disc_bench(const DiscOptions& options) {
  ReactorLoop loop;
  Bench bench(loop, options);
  return loop.run(options.test == "handshakes" ? bench.handshakes() : bench.pings());
}

}  // namespace opwire::interop
