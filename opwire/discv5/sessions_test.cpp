#include "opwire/discv5/sessions.hpp"

#include <gtest/gtest.h>

#include "opwire/crypto/keys.hpp"

namespace opwire::discv5 {
namespace {

constexpr TimePoint kNow{std::chrono::hours(1)};

/// One identity at one endpoint.
struct Side {
  Side(std::uint64_t seed, std::uint16_t port)
      : rng(seed),
        key(crypto::PrivateKey::generate(crypto::KeyType::kSecp256k1, rng)),
        at(ByteArray<4>{127, 0, 0, 1}, port),
        record(NodeRecordDraft().sign(key.data(), 1).value()),
        sessions(record.id(), to_bytes(key.data()), Limits(), rng) {}

  Peer peer() const { return {record.id(), at}; }
  Contact contact() const {
    Contact contact{record.id(), {}, at, nullptr};
    std::ranges::copy(record.public_key(), contact.public_key.begin());
    return contact;
  }
  /// What from sent, as it is understood.
  template <class Kind>
  Kind open(const Side& from, ByteView datagram, TimePoint now = kNow) {
    return std::get<Kind>(sessions.open(from.at, datagram, now).value());
  }

  SeededRng rng;
  crypto::PrivateKey key;
  net::Endpoint at;
  NodeRecord record;
  Sessions sessions;
};

/// asker's handshake with the other, which has not got it yet.
Bytes shake_hands(Side& asker, Side& other, TimePoint now = kNow) {
  const Bytes opening = asker.sessions.opening(other.record.id()).datagram;
  const auto unreadable = other.open<Sessions::Unreadable>(asker, opening, now);
  const Bytes challenge = to_bytes(other.sessions.challenge(unreadable.from, unreadable.nonce, nullptr, now));
  const auto asked = asker.open<Sessions::Challenge>(other, challenge);
  return asker.sessions.answer(other.contact(), asked, asker.record, Bytes{1}).value().datagram;
}

TEST(Sessions, OneThatKeepsOnlyTheSessionItHeardOfLastIsSpokenToInThat) {
  Side ours(1, 1001);
  Side asking(2, 1002), answering(2, 1002);  // one node: what it remembers of its own handshake, and of ours
  const Bytes our_handshake = shake_hands(ours, answering);
  const Bytes its_handshake = shake_hands(asking, ours);
  ours.open<Sessions::Opened>(asking, its_handshake);
  answering.open<Sessions::Opened>(ours, our_handshake);
  const auto sealed = ours.sessions.seal(answering.peer(), Bytes{2});
  EXPECT_EQ(answering.open<Sessions::Opened>(ours, sealed->datagram).message, Bytes{2});
}

TEST(Sessions, OneThatComesAnewIsSpokenToInItsNewSession) {
  Side ours(1, 1001);
  Side before(2, 1002), after(2, 1002);
  before.open<Sessions::Opened>(ours, shake_hands(ours, before));
  const auto answer = before.sessions.seal(ours.peer(), Bytes{2});
  ours.open<Sessions::Opened>(before, answer->datagram);
  ours.open<Sessions::Opened>(after, shake_hands(after, ours));
  const auto sealed = ours.sessions.seal(after.peer(), Bytes{3});
  EXPECT_EQ(after.open<Sessions::Opened>(ours, sealed->datagram).message, Bytes{3});
}

TEST(Sessions, AHandshakeThatWasLostIsNotThoughtToBeOnItsWayForLong) {
  Side ours(1, 1001);
  Side before(2, 1002), after(2, 1002);
  shake_hands(ours, before);
  const TimePoint later = kNow + std::chrono::seconds(2);
  ours.open<Sessions::Opened>(after, shake_hands(after, ours, later), later);
  const auto sealed = ours.sessions.seal(after.peer(), Bytes{3});
  EXPECT_EQ(after.open<Sessions::Opened>(ours, sealed->datagram, later).message, Bytes{3});
}

}  // namespace
}  // namespace opwire::discv5
