#include "opwire/discv5/requests.hpp"

#include <algorithm>

#include "opwire/base/check.hpp"
#include "opwire/discv5/errors.hpp"

namespace opwire::discv5 {
namespace {

// A node may lose the session that we have just made, but not again and again.
constexpr unsigned kMaxChallenges = 2;
constexpr unsigned kMaxNodesMessages = kMaxNodesRecords;  // at one record a message
// Beside a handshake with the largest record. What is larger follows a PING that carries the handshake.
constexpr std::size_t kMaxWithHandshake = kMaxPacket - kHandshakeOverhead - kMaxRecordSize - crypto::kGcmTagSize;

Peer peer_of(const Contact& contact) {
  return {contact.id, contact.endpoint};
}

std::uint64_t nonce_key(const PacketNonce& nonce) {
  return load_be<std::uint64_t>(nonce.data() + nonce.size() - sizeof(std::uint64_t));
}

std::optional<std::uint64_t> call_id(const RequestId& id) {
  if (id.size() != sizeof(std::uint64_t)) return std::nullopt;
  return load_be<std::uint64_t>(id.data());
}

void set_id(Message& message, std::uint64_t id) {
  Bytes bytes(sizeof(id));
  store_be(bytes.data(), id);
  std::visit([&](auto& one) { one.id = std::move(bytes); }, message);
}

bool answers(const Message& answer, const Message& request) {
  return (std::holds_alternative<Pong>(answer) && std::holds_alternative<Ping>(request)) ||
         (std::holds_alternative<Nodes>(answer) && std::holds_alternative<FindNode>(request)) ||
         (std::holds_alternative<TalkResponse>(answer) && std::holds_alternative<TalkRequest>(request));
}

}  // namespace

Requests::Requests(Sessions& sessions, const LocalRecord& own, DatagramSink& sink, Rng& rng, const Limits& limits,
                   Duration timeout)
    : sessions_(sessions), own_(own), sink_(sink), rng_(rng), limit_(limits.requests), timeout_(timeout) {}

Requests::CallId Requests::new_id() {
  while (true) {
    // Not with a zero byte in front: @chainsafe/discv5 11 loses those in its answers.
    const CallId id = rng_.next() | (CallId{1} << 63);
    if (!calls_.contains(id)) return id;
  }
}

void Requests::ask(const Contact& to, Message request, unsigned attempts, TimePoint now, Done done) {
  if (closed_) return done(Error(opwire::errors::kClosed), now);
  if (calls_.size() >= limit_) {
    refused_.push_back(std::move(done));
    return;
  }
  const CallId id = new_id();
  set_id(request, id);
  Call& call = calls_[id];
  call.to = to;
  call.request = std::move(request);
  call.done = std::move(done);
  call.attempts = attempts;
  lines_[peer_of(to)].calls.push_back(id);
  send(id, call, now);
}

void Requests::send(CallId id, Call& call, TimePoint now) {
  const Peer peer = peer_of(call.to);
  Line& line = lines_.at(peer);
  call.challenged = false;
  if (auto sealed = sessions_.seal(peer, encode_message(call.request))) {
    if (line.handshaking == id) line.handshaking = 0;
    return sent(id, call, *sealed, now);
  }
  if (line.handshaking != 0 && line.handshaking != id) return;
  line.handshaking = id;
  // sigp's nodes give up their own question when another's opening meets their handshake.
  if (!call.held && sessions_.is_challenging(peer, now)) {
    call.held = true;
    ++call.attempts;  // this is none
    return wait(id, call, now);
  }
  sent(id, call, sessions_.opening(peer.id), now);
}

void Requests::wait(CallId id, Call& call, TimePoint now) {
  call.deadline = now + timeout_;
  deadlines_.push_back({call.deadline, id});
}

void Requests::sent(CallId id, Call& call, const Sessions::Sealed& sealed, TimePoint now) {
  // Earlier ones still count: while a WHOAREYOU waits for its answer, nodes send that same one again.
  call.nonces.push_back(nonce_key(sealed.nonce));
  by_nonce_[call.nonces.back()] = id;
  call.sent = true;
  wait(id, call, now);
  sink_.send(call.to.endpoint, sealed.datagram);
}

void Requests::send_waiting(const Peer& peer, TimePoint now, CallId but) {
  const auto line = lines_.find(peer);
  if (line == lines_.end()) return;
  line->second.handshaking = 0;
  for (const CallId id : line->second.calls) {
    if (id != but) send(id, calls_.at(id), now);
  }
}

Result<void> Requests::on_challenge(const net::Endpoint& from, const Sessions::Challenge& challenge, TimePoint now) {
  const auto known = by_nonce_.find(nonce_key(challenge.nonce));
  if (known == by_nonce_.end()) return errors::kUnexpectedChallenge;
  const CallId id = known->second;
  Call& call = calls_.at(id);
  // The same WHOAREYOU comes once for each packet of ours that could not be read; one answer is enough, until it seems
  // to be lost.
  const bool again = call.challenged && known->first != call.nonces.back();
  if (call.to.endpoint != from || again || call.challenges >= kMaxChallenges) return errors::kUnexpectedChallenge;
  ++call.challenges;
  call.challenged = true;
  Bytes message = encode_message(call.request);
  const bool fits = message.size() <= kMaxWithHandshake;
  if (!fits) message = encode_message(Ping{{}, own_.record().seq()});
  const Result<Sessions::Sealed> sealed = sessions_.answer(call.to, challenge, own_.record(), message);
  if (!sealed) {
    give_up(id, sealed.error(), now);
    return sealed.error();
  }
  sent(id, call, *sealed, now);
  send_waiting(peer_of(call.to), now, fits ? id : 0);
  return {};
}

void Requests::on_session(const Peer& from, TimePoint now) {
  const auto line = lines_.find(from);
  if (line == lines_.end()) return;
  for (const CallId id : line->second.calls) {
    Call& call = calls_.at(id);
    if (!call.sent) send(id, call, now);
  }
}

Result<void> Requests::on_answer(const Peer& from, Message answer, TimePoint now) {
  const auto id = call_id(request_id(answer));
  const auto known = id ? calls_.find(*id) : calls_.end();
  if (known == calls_.end()) return errors::kUnexpectedAnswer;
  Call& call = known->second;
  if (peer_of(call.to) != from || !call.sent || !answers(answer, call.request)) return errors::kUnexpectedAnswer;
  if (auto* nodes = std::get_if<Nodes>(&answer)) {
    on_nodes(*id, call, std::move(*nodes), now);
  } else if (auto* pong = std::get_if<Pong>(&answer)) {
    finish(*id, Answer(std::move(*pong)), now);
  } else {
    finish(*id, Answer(std::move(std::get<TalkResponse>(answer).message)), now);
  }
  return {};
}

void Requests::on_nodes(CallId id, Call& call, Nodes nodes, TimePoint now) {
  // The first message says how many there are; as geth, a number that makes no sense is brought within bounds.
  if (call.expected == 0) call.expected = std::clamp<unsigned>(nodes.total, 1, kMaxNodesMessages);
  ++call.received;
  for (Bytes& record : nodes.records) {
    if (call.records.size() < kMaxNodesRecords) call.records.push_back(std::move(record));
  }
  if (call.received < call.expected && call.records.size() < kMaxNodesRecords) return;
  finish(id, Answer(std::move(call.records)), now);
}

void Requests::finish(CallId id, Result<Answer> answer, TimePoint now) {
  const auto found = calls_.find(id);
  const Done done = std::move(found->second.done);
  const Peer peer = peer_of(found->second.to);
  for (const std::uint64_t nonce : found->second.nonces) by_nonce_.erase(nonce);
  calls_.erase(found);
  const auto line = lines_.find(peer);
  std::erase(line->second.calls, id);
  if (line->second.handshaking == id) line->second.handshaking = 0;
  if (line->second.calls.empty()) lines_.erase(line);
  done(std::move(answer), now);
}

void Requests::give_up(CallId id, const Error& why, TimePoint now) {
  const auto line = lines_.find(peer_of(calls_.at(id).to));
  // Those that wait behind the handshake would wait in vain.
  std::vector<CallId> lost{id};
  if (line->second.handshaking == id) {
    for (const CallId other : line->second.calls) {
      if (!calls_.at(other).sent) lost.push_back(other);
    }
  }
  for (const CallId one : lost) {
    if (calls_.contains(one)) finish(one, why, now);
  }
}

void Requests::on_time(TimePoint now) {
  for (const Done& done : std::exchange(refused_, {})) done(Error(opwire::errors::kLimit, "requests at once"), now);
  while (!deadlines_.empty() && deadlines_.front().at <= now) {
    const Deadline due = deadlines_.front();
    deadlines_.pop_front();
    const auto found = calls_.find(due.call);
    if (found == calls_.end() || found->second.deadline != due.at) continue;
    Call& call = found->second;
    if (!call.records.empty()) {
      finish(due.call, Answer(std::move(call.records)), now);
    } else if (--call.attempts > 0) {
      send(due.call, call, now);
    } else {
      give_up(due.call, opwire::errors::kTimeout, now);
    }
  }
}

TimePoint Requests::next_wake() const noexcept {
  if (!refused_.empty()) return TimePoint{};
  return deadlines_.empty() ? TimePoint::max() : deadlines_.front().at;
}

void Requests::close(TimePoint now) {
  closed_ = true;
  while (!calls_.empty()) finish(calls_.begin()->first, Error(opwire::errors::kClosed), now);
  for (const Done& done : std::exchange(refused_, {})) done(Error(opwire::errors::kClosed), now);
}

}  // namespace opwire::discv5
