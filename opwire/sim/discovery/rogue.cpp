#include "opwire/sim/discovery/rogue.hpp"

#include <algorithm>

namespace opwire::sim {
namespace {

constexpr std::size_t kTold = 16;
constexpr std::size_t kRecordsInMessage = 8;  // as small as theirs are, they fit

discv5::Limits without_limits() {
  discv5::Limits limits;
  limits.handshakes_per_second = 1e9;
  return limits;
}

}  // namespace

Identity::Identity(Bytes private_key, const net::Endpoint& where)
    : key(std::move(private_key)), at(where), record(sign_record(key, where)) {}

Rogue::Rogue(DatagramNet& network, const Identity& identity, Rng& rng, Tells tells)
    : network_(network),
      identity_(identity),
      tells_(std::move(tells)),
      sessions_(identity.record->id(), identity.key, without_limits(), rng) {
  network_.attach(identity_.at, *this);
}

void Rogue::ping(const discv5::Contact& node) {
  const Bytes message = discv5::encode_message(discv5::Message(discv5::Ping{Bytes(8, 1), 1}));
  if (const auto sealed = sessions_.seal({node.id, node.endpoint}, message)) {
    return network_.send(identity_.at, node.endpoint, sealed->datagram);
  }
  if (openings_.size() >= kOpenings) openings_.pop_front();
  openings_.push_back({node, message});
  network_.send(identity_.at, node.endpoint, sessions_.opening(node.id).datagram);
}

void Rogue::on_datagram(const net::Endpoint& from, ByteView datagram, TimePoint now) {
  const auto incoming = sessions_.open(from, datagram, now);
  if (!incoming) return;
  if (const auto* challenge = std::get_if<discv5::Sessions::Challenge>(&*incoming)) {
    on_challenge(from, *challenge);
  } else if (const auto* unreadable = std::get_if<discv5::Sessions::Unreadable>(&*incoming)) {
    network_.send(identity_.at, from, sessions_.challenge(unreadable->from, unreadable->nonce, nullptr, now));
  } else {
    const auto& opened = std::get<discv5::Sessions::Opened>(*incoming);
    if (const auto message = discv5::parse_message(opened.message)) answer(opened.from, *message);
  }
}

void Rogue::on_challenge(const net::Endpoint& from, const discv5::Sessions::Challenge& challenge) {
  const auto opening = std::ranges::find(openings_, from, [](const Opening& one) { return one.to.endpoint; });
  if (opening == openings_.end()) return;
  const auto sealed = sessions_.answer(opening->to, challenge, *identity_.record, opening->message);
  openings_.erase(opening);
  if (sealed) network_.send(identity_.at, from, sealed->datagram);
}

void Rogue::answer(const discv5::Peer& from, const discv5::Message& request) {
  if (const auto* ping = std::get_if<discv5::Ping>(&request)) {
    return send(from, discv5::Pong{ping->id, 1, to_bytes(from.at.ip()), from.at.port});
  }
  const auto* find = std::get_if<discv5::FindNode>(&request);
  if (find == nullptr || !tells_) return;
  std::vector<discv5::RecordPtr> told = tells_(*this, find->distances);
  if (find->distances == std::vector<std::uint16_t>{0}) told = {identity_.record};
  told.resize(std::min(told.size(), kTold));
  std::vector<discv5::Nodes> messages(1);
  for (const auto& record : told) {
    if (messages.back().records.size() == kRecordsInMessage) messages.emplace_back();
    messages.back().records.push_back(to_bytes(record->encoded()));
  }
  for (discv5::Nodes& message : messages) {
    message.id = find->id;
    message.total = static_cast<std::uint8_t>(messages.size());
    send(from, std::move(message));
  }
}

void Rogue::send(const discv5::Peer& to, const discv5::Message& message) {
  const auto sealed = sessions_.seal(to, discv5::encode_message(message));
  if (sealed) network_.send(identity_.at, to.at, sealed->datagram);
}

Rogue::Tells tells_of(const Directory& directory, Rng& rng) {
  return [&directory, &rng](const Rogue& self, const std::vector<std::uint16_t>& distances) {
    std::vector<discv5::RecordPtr> told;
    for (const std::uint16_t distance : distances) {
      if (distance == 0 || told.size() >= kTold) continue;
      for (auto& record : directory.some_at(self.id(), distance, kTold - told.size(), rng)) {
        told.push_back(std::move(record));
      }
    }
    return told;
  };
}

}  // namespace opwire::sim
