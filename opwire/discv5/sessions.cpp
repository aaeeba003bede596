#include "opwire/discv5/sessions.hpp"

#include <algorithm>

#include "opwire/base/check.hpp"
#include "opwire/crypto/keys.hpp"
#include "opwire/discv5/errors.hpp"
#include "opwire/multiformats/ip_scope.hpp"

namespace opwire::discv5 {
namespace {

constexpr Duration kChallengeLife = std::chrono::seconds(1);
// A forged answer must not keep the real one out, nor make us work without end.
constexpr unsigned kMaxAttempts = 3;
constexpr std::size_t kOpeningSize = 20;  // as geth's

Bytes sealed_datagram(const NodeId& to, const crypto::Aes128Key& key, const PacketNonce& nonce, Bytes unmasked,
                      ByteView message) {
  const Bytes sealed = crypto::aes128_gcm_seal(key, nonce, unmasked, message);
  return make_datagram(to, std::move(unmasked), sealed);
}

}  // namespace

bool Sessions::RecentNonces::add(const PacketNonce& nonce) {
  const ByteView tail = ByteView(nonce).last(8);
  for (std::size_t i = 0; i < std::min<std::size_t>(count_, kRemembered); ++i) {
    if (equal(ByteView(seen_).subspan(8 * i, 8), tail)) return false;
  }
  std::ranges::copy(tail, seen_.begin() + static_cast<std::ptrdiff_t>(8 * (count_ % kRemembered)));
  ++count_;
  return true;
}

Sessions::Sessions(const NodeId& local, Bytes private_key, const Limits& limits, Rng& rng)
    : local_(local),
      key_(std::move(private_key)),
      rng_(rng),
      sought_(limits.sessions),
      accepted_(limits.sessions),
      challenges_(limits.challenges),
      handshakes_(limits.handshakes_per_second, 2 * limits.handshakes_per_second) {}

Sessions::Session* Sessions::newest(const Peer& peer) {
  Session* const sought = sought_.find(peer);
  Session* const accepted = accepted_.find(peer);
  if (sought == nullptr || accepted == nullptr) return sought != nullptr ? sought : accepted;
  return sought->number > accepted->number ? sought : accepted;
}

void Sessions::draw(MutableByteView out) {
  if (pool_.size() - pool_used_ < out.size()) {
    rng_.fill(pool_);
    pool_used_ = 0;
  }
  std::copy_n(pool_.begin() + static_cast<std::ptrdiff_t>(pool_used_), out.size(), out.begin());
  pool_used_ += out.size();
}

PacketNonce Sessions::next_nonce(Session& session) {
  auto nonce = random<PacketNonce>();
  store_be(nonce.data(), ++session.sent);
  return nonce;
}

std::optional<Sessions::Sealed> Sessions::seal(const Peer& to, ByteView message) {
  Session* const session = newest(to);
  if (session == nullptr || session->sent == UINT32_MAX) return std::nullopt;
  const PacketNonce nonce = next_nonce(*session);
  Bytes unmasked = encode_header(random<MaskingIv>(), nonce, Ordinary{local_});
  return Sealed{nonce, sealed_datagram(to.id, session->to_peer, nonce, std::move(unmasked), message)};
}

Sessions::Sealed Sessions::opening(const NodeId& to) {
  const auto nonce = random<PacketNonce>();
  return {nonce, make_datagram(to, encode_header(random<MaskingIv>(), nonce, Ordinary{local_}),
                               random<ByteArray<kOpeningSize>>())};
}

Result<Sessions::Sealed> Sessions::answer(const Contact& to, const Challenge& challenge, const NodeRecord& own,
                                          ByteView message) {
  const crypto::PrivateKey ephemeral = crypto::PrivateKey::generate(crypto::KeyType::kSecp256k1, rng_);
  HandshakeHeader header{local_, {}, {}, {}};
  std::ranges::copy(ephemeral.public_key().data(), header.ephemeral_key.begin());
  OPW_TRY(header.id_signature, prove_identity(key_, challenge.data, header.ephemeral_key, to.id));
  if (challenge.header.record_seq < own.seq()) header.record = to_bytes(own.encoded());
  OPW_TRY(const SessionKeys keys, agree_on_keys(ephemeral.data(), to.public_key, local_, to.id, challenge.data));

  const Peer peer{to.id, to.endpoint};
  Session& session = sought_[peer];
  session = Session{keys.initiator, keys.recipient, ++made_, 0, {}, opened_at_};
  const PacketNonce nonce = next_nonce(session);
  Bytes unmasked = encode_header(random<MaskingIv>(), nonce, header);
  return Sealed{nonce, sealed_datagram(to.id, session.to_peer, nonce, std::move(unmasked), message)};
}

bool Sessions::is_challenging(const Peer& peer, TimePoint now) {
  const Pending* const pending = challenges_.find(peer);
  return pending != nullptr && now < pending->expires;
}

ByteView Sessions::challenge(const Peer& to, const PacketNonce& nonce, RecordPtr known, TimePoint now) {
  Pending& pending = challenges_[to];
  if (now < pending.expires) return pending.datagram;
  const Whoareyou header{random<IdNonce>(), known ? known->seq() : 0};
  pending.data = encode_header(random<MaskingIv>(), nonce, header);
  pending.datagram = make_datagram(to.id, pending.data, {});
  pending.known = std::move(known);
  pending.expires = now + kChallengeLife;
  pending.attempts = 0;
  return pending.datagram;
}

Result<Sessions::Incoming> Sessions::open(const net::Endpoint& from, ByteView datagram, TimePoint now) {
  opened_at_ = now;
  OPW_TRY(Packet packet, parse_packet(local_, datagram));
  if (const auto* ordinary = std::get_if<Ordinary>(&packet.header)) {
    return open_ordinary(Peer{ordinary->source, from}, packet);
  }
  if (const auto* handshake = std::get_if<HandshakeHeader>(&packet.header)) {
    return open_handshake(Peer{handshake->source, from}, packet, *handshake, now);
  }
  return Incoming(Challenge{packet.nonce, std::get<Whoareyou>(packet.header), std::move(packet.unmasked)});
}

Result<Sessions::Incoming> Sessions::open_ordinary(const Peer& from, const Packet& packet) {
  for (Cache* const cache : {&sought_, &accepted_}) {
    Session* const session = cache->find(from);
    if (session == nullptr) continue;
    Result<Bytes> message = crypto::aes128_gcm_open(session->from_peer, packet.nonce, packet.unmasked, packet.message);
    if (!message) continue;
    if (!session->received.add(packet.nonce)) return errors::kReplayed;
    return Incoming(Opened{from, std::move(*message), nullptr});
  }
  // The peer may have started anew; or somebody else sent this. Sessions stay until handshakes replace them.
  return Incoming(Unreadable{from, packet.nonce});
}

Result<Sessions::Incoming> Sessions::open_handshake(const Peer& from, const Packet& packet,
                                                    const HandshakeHeader& header, TimePoint now) {
  Pending* const pending = challenges_.find(from);
  if (pending == nullptr || now >= pending->expires || pending->attempts >= kMaxAttempts) {
    return errors::kUnexpectedHandshake;
  }
  if (!multiformats::is_loopback_ip(from.at.ip()) && !handshakes_.try_take(now)) return errors::kTooManyHandshakes;
  ++pending->attempts;
  OPW_TRY(RecordPtr record, identify(header, pending->known));
  OPW_TRYV(check_identity(record->public_key(), header.id_signature, pending->data, header.ephemeral_key, local_));
  OPW_TRY(const SessionKeys keys, agree_on_keys(key_, header.ephemeral_key, from.id, local_, pending->data));
  OPW_TRY(Bytes message, crypto::aes128_gcm_open(keys.initiator, packet.nonce, packet.unmasked, packet.message));

  challenges_.erase(from);
  Session& session = accepted_[from];
  session = Session{keys.recipient, keys.initiator, ++made_, 0, {}, now};
  session.received.add(packet.nonce);
  // Both shook hands at once. geth and ChainSafe's nodes keep one session, the last that they heard of: when this was
  // sent, ours was still on its way.
  Session* const ours = sought_.find(from);
  const bool on_its_way = ours != nullptr && ours->received.empty() && now - ours->made_at < kChallengeLife;
  if (on_its_way) ours->number = ++made_;
  return Incoming(Opened{from, std::move(message), std::move(record)});
}

Result<RecordPtr> Sessions::identify(const HandshakeHeader& header, const RecordPtr& known) const {
  if (header.record.empty()) {
    if (!known) return errors::kNoRecord;
    return known;
  }
  OPW_TRY(NodeRecord record, NodeRecord::parse(header.record));
  if (record.id() != header.source) return errors::kForeignRecord;
  if (known && known->seq() >= record.seq()) return known;
  return RecordPtr(std::make_shared<NodeRecord>(std::move(record)));
}

}  // namespace opwire::discv5
