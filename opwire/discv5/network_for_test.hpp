// Cores that talk to each other in virtual time: what their tests share.
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <memory>

#include "opwire/crypto/keys.hpp"
#include "opwire/discv5/protocol.hpp"

namespace opwire::discv5::test {

class Network;

class Node final : public DatagramSink, public ProtocolObserver {
 public:
  Node(Network& network, std::uint64_t seed, const net::Endpoint& at, ProtocolOptions options);

  void send(const net::Endpoint& to, ByteView datagram) override;
  void on_record(const RecordPtr& record) override { records.push_back(record); }
  void on_live(const RecordPtr& record) override { live.push_back(record->id()); }
  void on_gone(const NodeId& id) override { gone.push_back(id); }
  void on_local_record(const NodeRecord&, std::string_view why) override { reasons.emplace_back(why); }

  const NodeId& id() const { return protocol->local_record().id(); }
  RecordPtr record() const { return std::make_shared<NodeRecord>(protocol->local_record()); }
  Contact contact() const {
    Contact contact{id(), {}, at, record()};
    std::copy_n(contact.record->public_key().begin(), 33, contact.public_key.begin());
    return contact;
  }
  std::uint64_t dropped(const ErrorKind& kind) const {
    const auto found = protocol->stats().dropped.find(kind.name);
    return found == protocol->stats().dropped.end() ? 0 : found->second;
  }

  Network& network;
  SeededRng rng;
  net::Endpoint at;
  std::unique_ptr<Protocol> protocol;
  std::vector<RecordPtr> records;
  std::vector<NodeId> live;
  std::vector<NodeId> gone;
  std::vector<std::string> reasons;
};

/// Datagrams take 20 ms. Time stands still but in run().
class Network {
 public:
  static constexpr Duration kLatency = std::chrono::milliseconds(20);

  struct Flight {
    TimePoint at;
    net::Endpoint from;
    net::Endpoint to;
    Bytes bytes;
  };

  static ProtocolOptions options(std::uint64_t seed) {
    SeededRng rng(seed);
    return ProtocolOptions(to_bytes(crypto::PrivateKey::generate(crypto::KeyType::kSecp256k1, rng).data()));
  }
  /// Each in a network of its own: 1.0.x.1:30303, announced.
  static net::Endpoint endpoint(std::size_t number) {
    const ByteArray<4> ip{static_cast<std::uint8_t>(20 + number / 65536), static_cast<std::uint8_t>(number / 256),
                          static_cast<std::uint8_t>(number), 1};
    return {ip, 30303};
  }

  Node& add(std::size_t number, const std::function<void(ProtocolOptions&)>& change = {}) {
    ProtocolOptions made = options(number + 1);
    const net::Endpoint at = endpoint(number);
    std::copy_n(at.address.begin(), 4, made.announced.ip4.emplace().begin());
    made.announced.udp = at.port;
    made.find_nodes = false;
    if (change) change(made);
    return add_at(at, number + 1, std::move(made));
  }
  Node& add_at(const net::Endpoint& at, std::uint64_t seed, ProtocolOptions made) {
    nodes[at] = std::make_unique<Node>(*this, ++seeds * 1000 + seed, at, std::move(made));
    return *nodes[at];
  }

  void run(Duration duration) {
    const TimePoint end = now + duration;
    while (step(end)) {
    }
    now = end;
  }

  /// The next thing that happens, if it is before the end.
  bool step(TimePoint end) {
    Node* woken = nullptr;
    TimePoint next = flights.empty() ? TimePoint::max() : flights.front().at;
    for (const auto& [at, node] : nodes) {
      const TimePoint wake = std::max(now, node->protocol->next_wake(now));
      if (wake < next) next = wake, woken = node.get();
    }
    if (next > end) return false;
    now = next;
    if (woken != nullptr) return woken->protocol->on_time(now), true;
    const Flight flight = std::move(flights.front());
    flights.pop_front();
    const auto to = nodes.find(flight.to);
    if (to != nodes.end()) to->second->protocol->on_datagram(flight.from, flight.bytes, now);
    const auto other = others.find(flight.to);
    if (other != others.end()) other->second(flight);
    return true;
  }

  TimePoint now{std::chrono::hours(1)};
  std::map<net::Endpoint, std::unique_ptr<Node>> nodes;
  std::map<net::Endpoint, std::function<void(const Flight&)>> others;  // who are no nodes
  std::deque<Flight> flights;                                          // in order of arrival
  std::function<bool(Flight&)> passes;                                 // false: lost; may change it
  std::vector<Flight> sent;                                            // everything, when kept
  bool keep = false;
  std::uint64_t seeds = 0;
};

inline Node::Node(Network& in, std::uint64_t seed, const net::Endpoint& where, ProtocolOptions options)
    : network(in), rng(seed), at(where) {
  protocol = Protocol::make(std::move(options), 1, rng, *this, *this).value();
}

inline void Node::send(const net::Endpoint& to, ByteView datagram) {
  Network::Flight flight{network.now + Network::kLatency, at, to, to_bytes(datagram)};
  if (network.keep) network.sent.push_back(flight);
  if (network.passes && !network.passes(flight)) return;
  network.flights.push_back(std::move(flight));
}

/// Somebody who writes packets and messages by hand: what a node must be able to bear.
class Stranger {
 public:
  Stranger(Network& network, std::size_t number)
      : network_(network),
        at_(Network::endpoint(number)),
        rng_(number + 1'000'000),
        key_(to_bytes(crypto::PrivateKey::generate(crypto::KeyType::kSecp256k1, rng_).data())),
        record_(sign(1)),
        sessions_(record_->id(), key_, Limits(), rng_) {
    network.others[at_] = [this](const Network::Flight& flight) { receive(flight); };
  }

  ~Stranger() { network_.others.erase(at_); }
  Stranger(const Stranger&) = delete;
  Stranger& operator=(const Stranger&) = delete;

  RecordPtr sign(std::uint64_t seq) const {
    NodeRecordDraft draft;
    draft.set("ip", at_.ip()).set("udp", at_.port);
    return std::make_shared<NodeRecord>(draft.sign(key_, seq).value());
  }
  void send_datagram(const net::Endpoint& to, ByteView bytes) {
    network_.flights.push_back({network_.now + Network::kLatency, at_, to, to_bytes(bytes)});
  }
  /// Under a session, which is made first where there is none.
  void send(const Contact& to, Bytes message) {
    to_ = to;
    next_ = std::move(message);
    const auto sealed = sessions_.seal({to.id, to.endpoint}, next_);
    if (!sealed) return send_datagram(to.endpoint, sessions_.opening(to.id).datagram);
    send_datagram(to.endpoint, sealed->datagram);
  }

  Network& network_;
  net::Endpoint at_;
  SeededRng rng_;
  Bytes key_;
  RecordPtr record_;
  Sessions sessions_;
  Contact to_;
  Bytes next_;
  std::size_t challenged = 0;
  std::size_t received_bytes = 0;
  std::vector<Bytes> received;                                     // messages, decrypted
  std::function<void(Bytes& datagram)> on_handshake;               // may change what is sent
  std::function<std::vector<Message>(const Message&)> on_request;  // what is answered

 private:
  void receive(const Network::Flight& flight) {
    received_bytes += flight.bytes.size();
    auto incoming = sessions_.open(flight.from, flight.bytes, network_.now);
    if (!incoming) return;
    if (const auto* challenge = std::get_if<Sessions::Challenge>(&*incoming)) {
      ++challenged;
      auto sealed = sessions_.answer(to_, *challenge, *record_, next_);
      if (!sealed) return;  // challenged for what send() did not send: to_ is nobody yet
      if (on_handshake) on_handshake(sealed->datagram);
      return send_datagram(flight.from, sealed->datagram);
    }
    if (const auto* unreadable = std::get_if<Sessions::Unreadable>(&*incoming)) {
      return send_datagram(flight.from,
                           sessions_.challenge(unreadable->from, unreadable->nonce, nullptr, network_.now));
    }
    auto& opened = std::get<Sessions::Opened>(*incoming);
    received.push_back(opened.message);
    const auto message = parse_message(opened.message);
    if (!message || !on_request) return;
    for (const Message& answer : on_request(*message)) {
      send_datagram(flight.from, sessions_.seal(opened.from, encode_message(answer))->datagram);
    }
  }
};

/// What a question brought, once it did.
template <class T>
struct Outcome {
  std::optional<Result<T>> result;
  Protocol::Done<T> done() {
    return [this](Result<T> came, TimePoint) { result.emplace(std::move(came)); };
  }
};

}  // namespace opwire::discv5::test
