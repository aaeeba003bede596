#include "opwire/node/known_peer.hpp"

#include <gtest/gtest.h>

#include "opwire/multiformats/errors.hpp"
#include "opwire/multiformats/protobuf.hpp"
#include "opwire/opstack/reputation/errors.hpp"

namespace opwire::node {
namespace {

namespace errors = opstack::reputation::errors;

crypto::PublicKey key_of(std::uint64_t number, crypto::KeyType type = crypto::KeyType::kEcdsa) {
  SeededRng rng(number);
  return crypto::PrivateKey::generate(type, rng).public_key();
}

KnownPeer some_peer() {
  KnownPeer known;
  known.addresses = {{Multiaddr::parse_text("/ip4/1.2.3.4/tcp/9222").value(), from_unix_seconds(1'700'000'900)},
                     {Multiaddr::parse_text("/dns4/a.example/tcp/1").value(), from_unix_seconds(1'700'604'800)}};
  known.key = key_of(1);
  known.protocols = {"/ipfs/ping/1.0.0", "/meshsub/1.1.0"};
  known.agent = "optimism";
  known.last_update = from_unix_seconds(1'700'000'000);
  known.last_seen = from_unix_seconds(1'699'999'999);
  return known;
}

TEST(KnownPeer, IsReadAsItWasWritten) {
  const PeerId peer = PeerId::of(key_of(1));
  const KnownPeer known = some_peer();
  EXPECT_EQ(parse_known_peer(peer, encode(known)).value(), known);
  EXPECT_EQ(parse_known_peer(peer, encode(KnownPeer())).value(), KnownPeer());
  EXPECT_EQ(parse_known_peer(peer, {}).value(), KnownPeer());
}

TEST(KnownPeer, TheKeyMustBeThePeersOwn) {
  EXPECT_TRUE(parse_known_peer(PeerId::of(key_of(2)), encode(some_peer())).error().is(errors::kRecordKey));
}

TEST(KnownPeer, WhatALaterVersionWroteIsPassedOver) {
  const PeerId peer = PeerId::of(key_of(1));
  Bytes record = encode(some_peer());
  Bytes address;  // of a protocol that is not known
  protobuf::Writer(address).bytes(1, Bytes{0xff, 0xff, 0x03}).varint(2, 5).varint(9, 1);
  protobuf::Writer(record).bytes(1, address).bytes(100, as_bytes("new")).fixed64(101, 7);
  EXPECT_EQ(parse_known_peer(peer, record).value(), some_peer());
}

TEST(KnownPeer, IsBounded) {
  const PeerId peer = PeerId::of(key_of(1));
  KnownPeer large = some_peer();
  large.addresses.assign(50, large.addresses.front());
  large.protocols.assign(500, "/a");
  large.protocols[1] = std::string(kMaxKnownText + 1, 'a');
  large.agent.assign(1000, 'x');
  const Bytes record = encode(large);
  EXPECT_LT(record.size(), kMaxKnownPeer);
  const KnownPeer read = parse_known_peer(peer, record).value();
  EXPECT_EQ(read.addresses.size(), kMaxKnownAddresses);
  EXPECT_EQ(read.protocols, std::vector<std::string>(kMaxKnownProtocols, "/a"));
  EXPECT_EQ(read.agent.size(), kMaxKnownText);
  EXPECT_TRUE(parse_known_peer(peer, Bytes(kMaxKnownPeer + 1)).error().is(errors::kRecordTooLong));
  Bytes late;
  protobuf::Writer(late).varint(5, 9'000'000'001);
  EXPECT_TRUE(parse_known_peer(peer, late).error().is(errors::kRecordTime));
  EXPECT_TRUE(parse_known_peer(peer, as_bytes("\x0a\x7f")).error().is(multiformats::errors::kBadProtobuf));
}

}  // namespace
}  // namespace opwire::node
