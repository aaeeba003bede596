#include "opwire/p2p/swarm/memory_peer_store.hpp"

#include "opwire/p2p/swarm/swarm_for_test.hpp"

namespace opwire::swarm {
namespace {

using Addresses = std::vector<Multiaddr>;

class PeerStoreTest : public testing::Test {
 protected:
  static PeerStoreOptions small() {
    PeerStoreOptions options;
    options.max_peers = 3;
    options.max_addresses_per_peer = 3;
    return options;
  }

  ManualClock clock;
  MemoryPeerStore store{clock, small()};
  PeerId peer = peer_of(1);
  Multiaddr one = address("/memory/1");
  Multiaddr two = address("/memory/2");
  Multiaddr three = address("/memory/3");
  Multiaddr four = address("/memory/4");
};

TEST_F(PeerStoreTest, AddressesLiveForTheirTime) {
  store.add_addresses(peer, {one}, minutes(2));
  store.add_addresses(peer, {two}, minutes(15));
  store.add_addresses(peer, {three}, kPermanentTtl);
  EXPECT_EQ(store.addresses(peer), (Addresses{three, two, one})) << "newest first";
  clock.advance(minutes(2));
  EXPECT_EQ(store.addresses(peer), (Addresses{three, two}));
  clock.advance(std::chrono::hours(24 * 365));
  EXPECT_EQ(store.addresses(peer), Addresses{three});
}

TEST_F(PeerStoreTest, TimesAreExtendedAndNeverShortened) {
  store.add_addresses(peer, {one}, minutes(15));
  store.add_addresses(peer, {one}, minutes(2));
  clock.advance(minutes(14));
  EXPECT_EQ(store.addresses(peer), Addresses{one});
  store.add_addresses(peer, {one}, minutes(15));
  clock.advance(minutes(14));
  EXPECT_EQ(store.addresses(peer), Addresses{one});
}

TEST_F(PeerStoreTest, PeerIdsAreStrippedAndThoseOfOthersRefused) {
  store.add_addresses(peer, {one.with_peer(peer), two.with_peer(peer_of(2))}, minutes(2));
  EXPECT_EQ(store.addresses(peer), Addresses{one});
}

TEST_F(PeerStoreTest, TheAddressThatEndsFirstMakesRoom) {
  store.add_addresses(peer, {one}, minutes(15));
  store.add_addresses(peer, {two}, minutes(1));
  store.add_addresses(peer, {three}, minutes(15));
  store.add_addresses(peer, {four}, minutes(2));
  EXPECT_EQ(store.addresses(peer), (Addresses{four, three, one}));
}

TEST_F(PeerStoreTest, ThePeerToldOfLongestAgoMakesRoom) {
  for (std::uint64_t i = 1; i <= 3; ++i) store.add_addresses(peer_of(i), {one}, minutes(2));
  store.set_agent(peer_of(1), "agent");
  store.add_addresses(peer_of(4), {one}, minutes(2));
  EXPECT_EQ(store.peers(), (std::vector<PeerId>{peer_of(3), peer_of(1), peer_of(4)}));
}

TEST_F(PeerStoreTest, StaticPeersStayWhileThereAreOthers) {
  store.add_addresses(peer_of(1), {one}, kStaticTtl);
  for (std::uint64_t i = 2; i <= 10; ++i) store.add_addresses(peer_of(i), {one}, minutes(2));
  EXPECT_EQ(store.addresses(peer_of(1)), Addresses{one});
  for (std::uint64_t i = 11; i <= 20; ++i) store.add_addresses(peer_of(i), {one}, kPermanentTtl);
  EXPECT_EQ(store.peers().size(), 3u) << "bounded even then";
}

struct Changes final : PeerStoreObserver {
  void on_changed(const PeerId& peer) override { changed.push_back(peer); }
  void on_removed(const PeerId& peer) override { removed.push_back(peer); }
  std::vector<PeerId> changed;
  std::vector<PeerId> removed;
};

TEST_F(PeerStoreTest, AnObserverHearsOfWhatChangesAndOfWhoMakesRoom) {
  Changes changes;
  store.set_observer(&changes);
  store.add_addresses(peer_of(1), {one}, minutes(2));
  store.set_agent(peer_of(2), "agent");
  store.add_addresses(peer_of(3), {}, minutes(2));
  EXPECT_EQ(changes.changed, (std::vector<PeerId>{peer_of(1), peer_of(2)}));
  store.set_key(peer_of(3), key_of(3).public_key());
  store.set_protocols(peer_of(4), {"/a"});
  EXPECT_EQ(changes.removed, std::vector<PeerId>{peer_of(1)});
  store.remove(peer_of(2));
  store.remove(peer_of(2));
  EXPECT_EQ(changes.removed, (std::vector<PeerId>{peer_of(1), peer_of(2)}));
  store.set_observer(nullptr);
  store.remove(peer_of(3));
  EXPECT_EQ(changes.removed.size(), 2u);
}

TEST_F(PeerStoreTest, AddressesHaveTheirEnds) {
  store.add_addresses(peer, {one}, minutes(2));
  store.add_addresses(peer, {two}, kPermanentTtl);
  const auto known = store.known_addresses(peer);
  ASSERT_EQ(known.size(), 2u);
  EXPECT_EQ(known[0].until, TimePoint::max());
  EXPECT_EQ(known[1].until, clock.now() + minutes(2));
}

TEST_F(PeerStoreTest, ProtocolsAgentAndKey) {
  EXPECT_TRUE(store.protocols(peer).empty());
  EXPECT_EQ(store.agent(peer), "");
  EXPECT_FALSE(store.key(peer));
  store.set_protocols(peer, {"/a", "/b"});
  store.set_agent(peer, "agent/1");
  store.set_key(peer, key_of(1).public_key());
  EXPECT_EQ(store.protocols(peer), (std::vector<std::string>{"/a", "/b"}));
  EXPECT_EQ(store.agent(peer), "agent/1");
  EXPECT_EQ(store.key(peer), key_of(1).public_key());
  store.remove(peer);
  EXPECT_TRUE(store.peers().empty());
  EXPECT_FALSE(store.key(peer));
}

TEST_F(PeerStoreTest, NoProtocolsOfAStrangerAreNothingToRemember) {
  store.set_protocols(peer, {});
  EXPECT_TRUE(store.peers().empty());
  store.set_protocols(peer, {"/a"});
  store.set_protocols(peer, {});
  EXPECT_EQ(store.peers(), std::vector<PeerId>{peer});
  EXPECT_TRUE(store.protocols(peer).empty());
}

TEST_F(PeerStoreTest, OlderRecordsAreRefused) {
  EXPECT_TRUE(store.set_record({peer, 5, {one}}, as_bytes("five"), minutes(2)));
  EXPECT_FALSE(store.set_record({peer, 4, {two}}, as_bytes("four"), minutes(2)));
  EXPECT_EQ(store.addresses(peer), Addresses{one});
  EXPECT_TRUE(store.set_record({peer, 6, {two}}, as_bytes("six"), minutes(2)));
  EXPECT_EQ(store.addresses(peer), (Addresses{two, one}));
}

TEST_F(PeerStoreTest, EnvelopesAreKeptOnlyOnceSomebodyWantsThem) {
  store.set_record({peer, 5, {one}}, as_bytes("five"), minutes(2));
  EXPECT_TRUE(store.sealed_record(peer).empty());
  store.keep_sealed_records();
  EXPECT_TRUE(store.sealed_record(peer).empty());
  store.set_record({peer, 5, {one}}, as_bytes("five"), minutes(2));
  EXPECT_EQ(as_text(store.sealed_record(peer)), "five");
  EXPECT_TRUE(store.sealed_record(peer_of(2)).empty());
  store.remove(peer);
  EXPECT_TRUE(store.sealed_record(peer).empty());
}

TEST_F(PeerStoreTest, TheEnvelopeIsOfTheNewestRecordOrThereIsNone) {
  store.keep_sealed_records();
  store.set_record({peer, 5, {one}}, as_bytes("five"), minutes(2));
  store.set_record({peer, 4, {one}}, as_bytes("four"), minutes(2));
  EXPECT_EQ(as_text(store.sealed_record(peer)), "five");
  const Bytes largest(small().max_sealed_record, 6);
  store.set_record({peer, 6, {one}}, largest, minutes(2));
  EXPECT_EQ(store.sealed_record(peer), largest);
  EXPECT_TRUE(store.set_record({peer, 7, {two}}, Bytes(largest.size() + 1, 7), minutes(2)));
  EXPECT_TRUE(store.sealed_record(peer).empty()) << "too large";
  EXPECT_EQ(store.addresses(peer), (Addresses{two, one}));
}

}  // namespace
}  // namespace opwire::swarm
