// What comes in, what is answered, and our own questions. Upkeep and lookups: protocol_upkeep.cpp.
#include "opwire/discv5/protocol.hpp"

#include <algorithm>

#include "opwire/base/check.hpp"
#include "opwire/discv5/distance.hpp"
#include "opwire/discv5/errors.hpp"

namespace opwire::discv5 {
namespace {

constexpr std::size_t kKnownRecords = 1024;
constexpr std::size_t kMaxTalkRequest = 1150;  // protocol and message: with all that stands around them a whole packet
constexpr unsigned kAttempts = 2;              // of a question that somebody put; lookups do without the second
// As geth: nobody's services at well-known ports are to be troubled through us.
constexpr std::uint16_t kLowestPort = 1025;

bool is_request(const Message& message) {
  return std::holds_alternative<Ping>(message) || std::holds_alternative<FindNode>(message) ||
         std::holds_alternative<TalkRequest>(message);
}

/// Takes the one kind of answer that the request can have.
template <class T>
Requests::Done taking(Protocol::Done<T> done) {
  return [done = std::move(done)](Result<Answer> answer, TimePoint now) {
    if (!answer) return done(answer.error(), now);
    done(std::move(std::get<T>(*answer)), now);
  };
}

}  // namespace

Result<std::unique_ptr<Protocol>> Protocol::make(ProtocolOptions options, std::uint64_t first_seq, Rng& rng,
                                                 DatagramSink& sink, ProtocolObserver& observer) {
  OPW_TRY(LocalRecord own, LocalRecord::make(options.key, options.entries, options.announced, first_seq));
  return std::unique_ptr<Protocol>(new Protocol(std::move(options), std::move(own), rng, sink, observer));
}

Protocol::Protocol(ProtocolOptions options, LocalRecord own, Rng& rng, DatagramSink& sink, ProtocolObserver& observer)
    : options_(std::move(options)),
      own_(std::move(own)),
      rng_(rng),
      sink_(sink),
      observer_(observer),
      table_(own_.record().id(), options_.table, rng),
      sessions_(own_.record().id(), options_.key, options_.limits, rng),
      requests_(sessions_, own_, *this, rng, options_.limits, options_.request_timeout),
      responder_(own_, table_, options_.limits),
      vote_(options_.vote),
      known_(kKnownRecords),
      heard_(kKnownRecords) {
  set_bootnodes(std::move(options_.bootnodes));
}

std::size_t Protocol::set_bootnodes(std::vector<Contact> bootnodes) {
  std::erase_if(bootnodes, [&](const Contact& node) {
    return node.id == own_.record().id() || (options_.admits && !options_.admits(node.endpoint));
  });
  options_.bootnodes = std::move(bootnodes);
  return options_.bootnodes.size();
}

void Protocol::send(const net::Endpoint& to, ByteView datagram) {
  ++stats_.sent;
  sink_.send(to, datagram);
}

void Protocol::on_datagram(const net::Endpoint& from, ByteView datagram, TimePoint now) {
  ++stats_.received;
  Result<Sessions::Incoming> incoming = sessions_.open(from, datagram, now);
  if (!incoming) return count(incoming.error());
  if (auto* opened = std::get_if<Sessions::Opened>(&*incoming)) return on_opened(std::move(*opened), now);
  if (const auto* unreadable = std::get_if<Sessions::Unreadable>(&*incoming)) return on_unreadable(*unreadable, now);
  count(requests_.on_challenge(from, std::get<Sessions::Challenge>(*incoming), now));
}

void Protocol::on_unreadable(const Sessions::Unreadable& packet, TimePoint now) {
  if (packet.from.id == own_.record().id()) return count(Error(errors::kOwnPacket));
  if (!responder_.admit(packet.from.at, now)) return count(Error(errors::kTooManyAnswers));
  ++stats_.challenges;
  send(packet.from.at, sessions_.challenge(packet.from, packet.nonce, table_.find(packet.from.id), now));
}

void Protocol::on_opened(Sessions::Opened opened, TimePoint now) {
  if (opened.record) {
    ++stats_.handshakes;
    std::uint64_t& heard = heard_[opened.from.id].seq;
    heard = std::max(heard, opened.record->seq());
    // A node of the Internet has no private address, and with one it would not count towards its network's share.
    const auto claimed = udp_endpoint(*opened.record, options_.families);
    if (!claimed || may_relay(opened.from.at.ip(), claimed->ip())) learn(opened.record, now);
    requests_.on_session(opened.from, now);
  }
  Result<Message> message = parse_message(opened.message);
  if (!message) return count(message.error());
  if (is_request(*message)) return answer(opened.from, *message, now);
  count(requests_.on_answer(opened.from, std::move(*message), now));
}

void Protocol::answer(const Peer& from, const Message& request, TimePoint now) {
  if (!responder_.admit(from.at, now)) return count(Error(errors::kTooManyAnswers));
  for (const Message& message : responder_.answer(from, request)) {
    if (const auto sealed = sessions_.seal(from, encode_message(message))) send(from.at, sealed->datagram);
  }
  if (const auto* ping = std::get_if<Ping>(&request)) on_record_seq(from, ping->record_seq, now);
}

std::optional<Contact> Protocol::usable(const RecordPtr& record) const {
  if (record->id() == own_.record().id()) return std::nullopt;
  auto contact = contact_of(record, options_.families);
  if (!contact || contact->endpoint.port < kLowestPort) return std::nullopt;
  if (options_.admits && !options_.admits(contact->endpoint)) return std::nullopt;
  return contact;
}

void Protocol::learn(const RecordPtr& record, TimePoint now) {
  if (known_.first_told(record)) observer_.on_record(record);
  if (const auto contact = usable(record)) table_.add(*contact, now);
}

Result<RecordPtr> Protocol::take_record(const Contact& from, const std::vector<std::uint16_t>& distances,
                                        ByteView encoded) {
  OPW_TRY(RecordPtr record, known_.parse(encoded));
  const unsigned distance = log_distance(from.id, record->id());
  if (std::ranges::find(distances, distance) == distances.end()) return errors::kUnaskedRecord;
  const auto endpoint = udp_endpoint(*record, options_.families);
  if (distance != 0 && endpoint && !may_relay(from.endpoint.ip(), endpoint->ip())) return errors::kUnreachableRecord;
  if (record->id() != own_.record().id() && known_.first_told(record)) observer_.on_record(record);
  return record;
}

std::vector<RecordPtr> Protocol::take_records(const Contact& from, const std::vector<std::uint16_t>& distances,
                                              const std::vector<Bytes>& encoded, TimePoint now) {
  std::vector<RecordPtr> records;
  for (const Bytes& one : encoded) {
    Result<RecordPtr> record = take_record(from, distances, one);
    if (!record) {
      count(record.error());
      continue;
    }
    const auto is_same = [&](const RecordPtr& other) { return other->id() == (*record)->id(); };
    if (std::ranges::any_of(records, is_same)) continue;
    const auto contact = usable(*record);
    if (contact && may_relay(from.endpoint.ip(), contact->endpoint.ip())) table_.add(*contact, now);
    records.push_back(std::move(*record));
  }
  return records;
}

void Protocol::on_live(const Contact& node, TimePoint now) {
  table_.on_answer(node.id, node.endpoint, now);
  const RecordPtr record = table_.find(node.id);
  if (record && udp_endpoint(*record, options_.families) == node.endpoint) observer_.on_live(record);
}

void Protocol::on_silent(const Contact& node, TimePoint now) {
  const RecordPtr known = table_.find(node.id);
  if (!known || udp_endpoint(*known, options_.families) != node.endpoint) return;  // it has moved meanwhile
  table_.on_silence(node.id, now);
  if (table_.find(node.id)) return;
  observer_.on_gone(node.id);
  if (table_.size() > 0) return;
  refresh_pause_ = kFirstPause;
  next_refresh_ = std::min(next_refresh_, now + kFirstPause);
}

void Protocol::ping(const Contact& node, TimePoint now, Done<Pong> done) {
  requests_.ask(node, Ping{{}, own_.record().seq()}, kAttempts, now, taking<Pong>(std::move(done)));
}

void Protocol::talk(const Contact& node, std::string_view protocol, ByteView message, TimePoint now, Done<Bytes> done) {
  if (protocol.size() + message.size() > kMaxTalkRequest) return done(Error(errors::kTalkTooLarge), now);
  requests_.ask(node, TalkRequest{{}, to_bytes(as_bytes(protocol)), to_bytes(message)}, kAttempts, now,
                taking<Bytes>(std::move(done)));
}

void Protocol::find_node(const Contact& node, std::vector<std::uint16_t> distances, TimePoint now,
                         Done<std::vector<RecordPtr>> done) {
  ask_nodes(node, std::move(distances), kAttempts, now, std::move(done));
}

void Protocol::ask_nodes(const Contact& node, std::vector<std::uint16_t> distances, unsigned attempts, TimePoint now,
                         Done<std::vector<RecordPtr>> done) {
  FindNode request{{}, distances};
  auto take = [this, node, distances = std::move(distances), done = std::move(done)](Result<Answer> answer,
                                                                                     TimePoint later) {
    if (!answer) return done(answer.error(), later);
    std::vector<RecordPtr> records = take_records(node, distances, std::get<std::vector<Bytes>>(*answer), later);
    on_live(node, later);
    done(std::move(records), later);
  };
  requests_.ask(node, std::move(request), attempts, now, std::move(take));
}

}  // namespace opwire::discv5
