// A network in which some peers' message ids cover the topic and others' do not. Each of them knows its own ids only;
// we know both, and speak to each in its own.
#include <gtest/gtest.h>

#include "opwire/p2p/gossipsub/network_for_test.hpp"
#include "opwire/p2p/gossipsub/scored_router_for_test.hpp"

namespace opwire::gossipsub {
namespace {

using test::HashDecoder;
using test::kTopic;
using test::Network;
using test::noise;
using test::peer_id;
using test::Rpc;
using test::ScoredRouter;
using test::Surroundings;

Surroundings knowing_both() {
  Surroundings given;
  given.decoder = HashDecoder(HashDecoder::Ids::kWithTopic, true);
  return given;
}

/// A joined router that knows both kinds of ids; peer 0 speaks the other kind, peer 1 ours.
class TwoFamiliesTest : public ::testing::Test {
 protected:
  TwoFamiliesTest() {
    t.join();
    other = t.connect_subscribed(0, 1)[0];
    t.drop_output();
  }
  static Bytes data(std::uint64_t seed) { return noise(2000, seed); }
  static MessageId ours(std::uint64_t seed) { return HashDecoder::id_of(kTopic, data(seed)); }
  static MessageId theirs(std::uint64_t seed) { return HashDecoder::topicless_id_of(data(seed)); }

  void connect_peer_of_ours() {
    t.connect_subscribed(1, 1);
    deliver(peer_id(1), 1000);
    t.rpc(peer_id(1), Rpc().ihave(kTopic, {ours(1000)}));
    EXPECT_EQ(t.router.family(peer_id(1)), IdFamily::kOurs);
    t.drop_output();
  }
  void deliver(const PeerId& from, std::uint64_t seed) {
    t.rpc(from, Rpc().message(kTopic, data(seed)));
    t.judge(Verdict::kAccept);
  }
  /// Peer 0 shows what it is by an IHAVE of what we have.
  void show_family() {
    deliver(other, 2000);
    t.rpc(other, Rpc().ihave(kTopic, {theirs(2000)}));
    EXPECT_EQ(t.router.family(other), IdFamily::kAlias);
    t.drop_output();
  }
  void expect_nobody_blamed_for_long() {
    for (int i = 0; i < 6; ++i) t.beat();
    EXPECT_TRUE(t.take<Misbehaviour>().empty());
    EXPECT_EQ(t.router.stats().broken_promises, 0u);
  }

  ScoredRouter t{Params(), knowing_both()};
  PeerId other = peer_id(0);
};

TEST_F(TwoFamiliesTest, FamilyIsSeenFromWhatAPeerSaysItHas) {
  EXPECT_EQ(t.router.family(other), IdFamily::kUnknown);
  EXPECT_EQ(t.router.family(peer_id(77)), IdFamily::kUnknown);
  t.rpc(other, Rpc().ihave(kTopic, {theirs(1)}));
  EXPECT_EQ(t.router.family(other), IdFamily::kUnknown) << "an id of nothing that we know";
  show_family();
  t.rpc(other, Rpc().ihave(kTopic, {ours(2000)}));
  EXPECT_EQ(t.router.family(other), IdFamily::kOurs) << "it may have been replaced by another program";
  EXPECT_EQ(to_string(IdFamily::kAlias), "alias");
}

TEST_F(TwoFamiliesTest, IdontwantShowsTheFamilyToo) {
  deliver(other, 1);
  t.rpc(other, Rpc().idontwant({theirs(1)}));
  EXPECT_EQ(t.router.family(other), IdFamily::kAlias);
}

// As it mostly is: it tells what its sender has just received, and the message itself is still on its way to us.
TEST_F(TwoFamiliesTest, IdontwantAheadOfItsMessageIsHeededAndShowsTheFamily) {
  const PeerId ours_too = t.connect_subscribed(1, 1)[0];
  const PeerId from = t.connect_subscribed(2, 1)[0];
  for (const PeerId& peer : {other, ours_too}) t.rpc(peer, Rpc().graft(kTopic));
  t.rpc(other, Rpc().idontwant({theirs(1)}));
  t.rpc(ours_too, Rpc().idontwant({ours(1)}));
  t.drop_output();
  deliver(from, 1);
  EXPECT_EQ(t.router.family(other), IdFamily::kAlias);
  EXPECT_EQ(t.router.family(ours_too), IdFamily::kOurs);
  EXPECT_TRUE(t.sent(other).messages.empty());
  EXPECT_TRUE(t.sent(ours_too).messages.empty());
  EXPECT_EQ(t.router.stats().messages_unwanted, 2u);
}

TEST_F(TwoFamiliesTest, WhatIsPromisedUnderTheOtherIdIsAskedForAndKept) {
  t.rpc(other, Rpc().ihave(kTopic, {theirs(1)}));
  EXPECT_EQ(t.sent(other).iwant, std::vector{theirs(1)});
  deliver(other, 1);
  expect_nobody_blamed_for_long();
}

TEST_F(TwoFamiliesTest, AnybodysCopyKeepsThePromise) {
  connect_peer_of_ours();
  t.rpc(other, Rpc().ihave(kTopic, {theirs(1)}));
  deliver(peer_id(1), 1);
  expect_nobody_blamed_for_long();
}

// We had the message when nobody here needed its other id.
TEST_F(TwoFamiliesTest, ADuplicateKeepsThePromise) {
  t.disconnect(other);
  connect_peer_of_ours();
  const unsigned before = t.decoder.aliases;
  deliver(peer_id(1), 1);
  EXPECT_EQ(t.decoder.aliases, before) << "worked out where nobody needs it";
  t.connect_subscribed(0, 1);
  t.rpc(other, Rpc().ihave(kTopic, {theirs(1)}));
  deliver(other, 1);
  EXPECT_EQ(t.router.stats().duplicate_bytes, 1u);
  expect_nobody_blamed_for_long();
}

TEST_F(TwoFamiliesTest, ADuplicateThatIsKnownByItsIdOnlyKeepsThePromiseToo) {
  t.disconnect(other);
  connect_peer_of_ours();
  deliver(peer_id(1), 1);
  for (int i = 0; i < 6; ++i) t.beat();
  t.connect_subscribed(0, 1);
  t.rpc(other, Rpc().ihave(kTopic, {theirs(1)}));
  deliver(other, 1);
  EXPECT_EQ(t.router.stats().duplicate_ids, 1u);
  expect_nobody_blamed_for_long();
}

TEST_F(TwoFamiliesTest, APromiseThatIsNotKeptIsBrokenAllTheSame) {
  show_family();
  t.rpc(other, Rpc().ihave(kTopic, {theirs(1)}));
  for (int i = 0; i < 6; ++i) t.beat();
  EXPECT_EQ(t.router.stats().broken_promises, 1u);
}

TEST_F(TwoFamiliesTest, WhatWeHaveIsNotAskedForUnderEitherId) {
  deliver(other, 1);
  t.drop_output();
  t.rpc(other, Rpc().ihave(kTopic, {theirs(1), ours(1)}));
  EXPECT_TRUE(t.sent(other).iwant.empty());
}

TEST_F(TwoFamiliesTest, IwantIsServedUnderEitherIdAndCountedTogether) {
  deliver(other, 1);
  const PeerId asking = t.connect(5);
  t.drop_output();
  t.rpc(asking, Rpc().iwant({theirs(1), theirs(1), ours(1)}).iwant({theirs(1), ours(1)}));
  EXPECT_EQ(t.sent(asking).messages.size(), 3u);
  EXPECT_EQ(t.router.stats().iwant_ignored, 2u);
}

TEST_F(TwoFamiliesTest, IhaveIsSaidInThePeersWords) {
  show_family();
  connect_peer_of_ours();
  ASSERT_TRUE(t.router.publish(kTopic, Buffer::copy_of(data(7)), t.now));
  t.rpc(other, Rpc().prune(kTopic, 60));
  t.rpc(peer_id(1), Rpc().prune(kTopic, 60));
  t.drop_output();
  t.beat();
  const auto told = [this](const PeerId& peer) {
    const auto sent = t.sent(peer);
    OPW_CHECK(sent.ihave.size() == 1);
    return std::set<MessageId>(sent.ihave[0].second.begin(), sent.ihave[0].second.end());
  };
  EXPECT_EQ(told(other), (std::set<MessageId>{theirs(7), theirs(1000), theirs(2000)}));
  EXPECT_EQ(told(peer_id(1)), (std::set<MessageId>{ours(7), ours(1000), ours(2000)}));
}

TEST_F(TwoFamiliesTest, IdontwantIsSaidAndUnderstoodInThePeersWords) {
  show_family();
  connect_peer_of_ours();
  for (const unsigned i : {0, 1}) t.rpc(peer_id(i), Rpc().graft(kTopic));
  t.connect_subscribed(2, 1);
  t.drop_output();
  t.rpc(peer_id(2), Rpc().message(kTopic, data(1)));
  EXPECT_EQ(t.sent(other).idontwant, std::vector{theirs(1)});
  EXPECT_EQ(t.sent(peer_id(1)).idontwant, std::vector{ours(1)});
  t.rpc(other, Rpc().idontwant({theirs(1)}));
  t.judge(Verdict::kAccept);
  EXPECT_TRUE(t.sent(other).messages.empty());
  EXPECT_EQ(t.sent(peer_id(1)).messages.size(), 1u);
}

// An open promise must not make duplicates costly: the other id is worked out once for a message.
TEST_F(TwoFamiliesTest, DuplicatesDoNotWorkOutTheOtherIdAgain) {
  ASSERT_TRUE(t.router.subscribe("/second", t.now));
  const Bytes same = data(1);
  t.rpc(other, Rpc().message(kTopic, same).message("/second", same));
  ASSERT_EQ(t.judge(Verdict::kAccept), 2u);
  t.rpc(other, Rpc().ihave(kTopic, {theirs(99)}));
  const unsigned before = t.decoder.aliases;
  for (int i = 0; i < 100; ++i) t.rpc(other, Rpc().message(kTopic, same).message("/second", same));
  EXPECT_EQ(t.router.stats().duplicate_bytes, 200u);
  EXPECT_EQ(t.decoder.aliases, before);
}

/// Peer 5 is outside our mesh and has not shown its family.
class SampleTest : public TwoFamiliesTest {
 protected:
  SampleTest() {
    deliver(other, 1);  // from here on we know that there are two
    for (int i = 0; i < 5; ++i) t.beat();
    t.connect_subscribed(5, 1);
    t.rpc(silent, Rpc().prune(kTopic, 3600));
    t.drop_output();
  }
  using Told = std::vector<MessageId>;
  Told beat() {
    t.beat();
    const auto ihave = t.sent(silent).ihave;
    return ihave.empty() ? Told{} : ihave.at(0).second;
  }
  /// Message 2, two rounds of gossip ago.
  void sample() {
    publish(2);
    t.beat();
    EXPECT_EQ(beat(), (Told{ours(2), theirs(2)}));
  }
  void publish(std::uint64_t seed) {
    ASSERT_TRUE(t.router.publish(kTopic, Buffer::copy_of(data(seed)), t.now));
    t.drop_output();
  }
  std::size_t answers(const Rpc& rpc) {
    t.rpc(silent, rpc);
    return t.sent(silent).messages.size();
  }
  IdFamily learnt() {
    t.beat();
    t.drop_output();
    return t.router.family(silent);
  }

  PeerId silent = peer_id(5);
};

// What it asks for under an id that is none to it is a promise that we break: one in twenty rounds, of the many that we
// could tell.
TEST_F(SampleTest, OneMessageUnderBothIdsAndThenNothingForAWhile) {
  std::vector<unsigned> rounds;
  for (unsigned round = 0; round < 50; ++round) {
    publish(100 + round);
    const Told told = beat();
    if (told.empty()) continue;
    rounds.push_back(round);
    const std::uint64_t oldest = 100 + round - std::min(round, 2u);
    EXPECT_EQ(told, (Told{ours(oldest), theirs(oldest)}));
  }
  EXPECT_EQ(rounds, (std::vector<unsigned>{1, 21, 41}));
}

TEST_F(SampleTest, WhoAsksUnderBothIdsGetsOneCopyAndIsNotKnown) {
  sample();
  EXPECT_EQ(answers(Rpc().iwant({ours(2), theirs(2)})), 1u);
  EXPECT_EQ(learnt(), IdFamily::kUnknown);
}

TEST_F(SampleTest, OneAnswerMayComeInTwoParts) {
  sample();
  EXPECT_EQ(answers(Rpc().iwant({theirs(2)})), 1u);
  EXPECT_EQ(answers(Rpc().iwant({ours(2)})), 0u);
  EXPECT_EQ(learnt(), IdFamily::kUnknown);
}

TEST_F(SampleTest, TheIdThatItDoesNotAskForIsOfItsFamily) {
  sample();
  EXPECT_EQ(answers(Rpc().iwant({ours(2)})), 1u);
  EXPECT_EQ(beat(), Told{theirs(2)}) << "from now on it is told like others, in its words";
  EXPECT_EQ(t.router.family(silent), IdFamily::kAlias);
}

TEST_F(SampleTest, AndSoIsOursWhenItIsThat) {
  sample();
  EXPECT_EQ(answers(Rpc().iwant({theirs(2)})), 1u);
  EXPECT_EQ(learnt(), IdFamily::kOurs);
}

TEST_F(SampleTest, AnAnswerMayComeLate) {
  sample();
  EXPECT_EQ(learnt(), IdFamily::kUnknown);
  EXPECT_EQ(answers(Rpc().iwant({ours(2)})), 1u);
  EXPECT_EQ(learnt(), IdFamily::kAlias);
}

TEST_F(SampleTest, WhatItSaysItselfCountsMore) {
  sample();
  t.rpc(silent, Rpc().iwant({ours(2)}).ihave(kTopic, {ours(2)}));
  EXPECT_EQ(learnt(), IdFamily::kOurs);
}

// It has not got the message, or does not know it by that id.
TEST_F(SampleTest, AskingForAnythingElseShowsNothing) {
  sample();
  publish(3);
  EXPECT_EQ(answers(Rpc().iwant({theirs(3)})), 1u);
  EXPECT_EQ(answers(Rpc().iwant({ours(3)})), 1u);
  EXPECT_EQ(answers(Rpc().iwant({theirs(99)})), 0u);
  EXPECT_EQ(learnt(), IdFamily::kUnknown);
}

// One that has had it in the other topic would ask for one of the ids only, whatever its family.
TEST_F(SampleTest, MessageOfTwoTopicsIsNoSample) {
  ASSERT_TRUE(t.router.subscribe("/second", t.now));
  ASSERT_TRUE(t.router.publish("/second", Buffer::copy_of(data(2)), t.now));
  publish(2);
  EXPECT_TRUE(beat().empty());
  EXPECT_TRUE(beat().empty());
  publish(3);
  EXPECT_TRUE(beat().empty());
  EXPECT_EQ(beat(), (Told{ours(3), theirs(3)}));
}

TEST_F(SampleTest, WhoIsNotToldTakesNobodysPlace) {
  publish(2);
  t.connect_subscribed(10, 6);
  for (unsigned i = 10; i < 16; ++i) {
    t.rpc(peer_id(i), Rpc().prune(kTopic, 3600).ihave(kTopic, {theirs(2)}));
  }
  t.drop_output();
  t.beat();
  EXPECT_TRUE(t.sent(silent).ihave.empty());
  for (unsigned i = 10; i < 16; ++i) EXPECT_EQ(t.sent(peer_id(i)).ihave.size(), 1u) << i;
}

TEST(OneFamily, IsAllThatADecoderWithoutAliasesKnows) {
  test::TestRouter t;
  t.join();
  const PeerId peer = t.connect_subscribed(0, 1)[0];
  const Bytes data = noise(100, 1);
  t.rpc(peer, Rpc().message(kTopic, data).ihave(kTopic, {HashDecoder::topicless_id_of(data)}));
  EXPECT_EQ(t.router.family(peer), IdFamily::kUnknown);
  t.rpc(peer, Rpc().ihave(kTopic, {HashDecoder::id_of(kTopic, data)}));
  EXPECT_EQ(t.router.family(peer), IdFamily::kOurs);
}

/// Nodes 0 to 3 know both kinds, 4 to 9 the one with the topic only, 10 to 15 the other one only. The two last kinds
/// have no links with each other.
class MixedNetwork : public ::testing::Test {
 protected:
  MixedNetwork() {
    const auto with = HashDecoder::Ids::kWithTopic;
    const auto without = HashDecoder::Ids::kTopicless;
    for (unsigned i = 0; i < 4; ++i) net.add(Version::kV12, HashDecoder(i % 2 == 0 ? with : without, true));
    for (unsigned i = 4; i < 10; ++i) net.add(Version::kV12, HashDecoder(with));
    for (unsigned i = 10; i < 16; ++i) net.add(Version::kV12, HashDecoder(without));
    for (unsigned both = 0; both < 4; ++both) {
      for (unsigned i = both + 1; i < 16; ++i) net.link(both, i);
    }
    net.link(4, 5);
    net.link(6, 7);
    net.link(10, 11);
    net.link(12, 13);
    net.join_all();
    net.beat(5);
  }
  /// How many of [first, end) that node takes to be of this family. One whose messages all came from the node itself
  /// has had nothing to say.
  int count(unsigned node, unsigned first, unsigned end, IdFamily family) {
    int found = 0;
    for (unsigned i = first; i < end; ++i) found += net.router(node).family(peer_id(i)) == family ? 1 : 0;
    return found;
  }
  void publish_from_all(std::uint64_t round) {
    for (unsigned i = 0; i < net.size(); ++i) net.publish(i, noise(i % 2 == 0 ? 100 : 2000, round * 100 + i));
    net.beat();
  }

  Network net{1};
};

TEST_F(MixedNetwork, AllMessagesEverywhereAndNobodyBlamed) {
  for (std::uint64_t round = 0; round < 6; ++round) publish_from_all(round);
  net.beat(5);
  for (unsigned i = 0; i < net.size(); ++i) EXPECT_EQ(net.received(i), 96u) << i;
  EXPECT_EQ(net.misbehaviour, 0u);
  EXPECT_GE(count(0, 4, 10, IdFamily::kOurs), 4);
  EXPECT_GE(count(0, 10, 16, IdFamily::kAlias), 4);
  EXPECT_GE(count(1, 4, 10, IdFamily::kAlias), 4);
  EXPECT_GE(count(1, 10, 16, IdFamily::kOurs), 4);
  EXPECT_EQ(count(0, 4, 10, IdFamily::kAlias) + count(0, 10, 16, IdFamily::kOurs), 0);
  EXPECT_GT(net.router(0).stats().messages_unwanted, 0u);
}

// Whoever is in no mesh lives by IHAVE and IWANT: a node of either kind, served by nodes that know both.
TEST_F(MixedNetwork, GossipServesBothKinds) {
  for (std::uint64_t round = 0; round < 3; ++round) publish_from_all(round);
  for (const unsigned alone : {8u, 15u}) {
    net.router(alone).unsubscribe(kTopic, net.now);
    net.settle();
    ASSERT_TRUE(net.router(alone).subscribe(kTopic, net.now));
    net.settle();
    const std::size_t before = net.received(alone);
    for (unsigned i = 0; i < 6; ++i) {
      const auto missed = net.received(alone);
      net.publish(i % 2 == 0 ? 4 : 10, noise(2000, 10'000 + alone * 10 + i));
      EXPECT_EQ(net.received(alone), missed);
      net.beat();
    }
    EXPECT_TRUE(net.router(alone).mesh_peers(kTopic).empty());
    EXPECT_EQ(net.received(alone), before + 6);
    net.beat(15);
  }
  EXPECT_EQ(net.misbehaviour, 0u);
}

// Alone with a node that knows both kinds, in no mesh, and with nothing to say until it has got a message.
TEST(Stranger, OfEitherKindIsServedWithinTwoHeartbeats) {
  const auto ours = HashDecoder::Ids::kWithTopic;
  for (const auto ids : {ours, HashDecoder::Ids::kTopicless}) {
    Network net(1);
    const unsigned hub = net.add(Version::kV12, HashDecoder(ours, true));
    const unsigned friendly = net.add(Version::kV12, HashDecoder(ours));
    const unsigned stranger = net.add(Version::kV12, HashDecoder(ids));
    net.link(friendly, hub);
    net.link(stranger, hub);
    net.join_all();
    net.beat(2);
    net.router(stranger).unsubscribe(kTopic, net.now);  // from here on there is a back-off
    net.settle();
    ASSERT_TRUE(net.router(stranger).subscribe(kTopic, net.now));
    net.settle();

    net.publish(friendly, noise(2000, 1));
    EXPECT_EQ(net.received(stranger), 0u);
    net.beat(2);
    EXPECT_EQ(net.received(stranger), 1u);
    net.beat();
    EXPECT_EQ(net.router(hub).family(peer_id(stranger)), ids == ours ? IdFamily::kOurs : IdFamily::kAlias);
    for (std::uint64_t i = 2; i < 6; ++i) {
      net.publish(friendly, noise(2000, i));
      net.beat();
      EXPECT_EQ(net.received(stranger), i);
    }
    EXPECT_TRUE(net.router(stranger).mesh_peers(kTopic).empty());
    net.beat(10);
    EXPECT_LE(net.misbehaviour, 1u) << "the other id of its first message";
  }
}

}  // namespace
}  // namespace opwire::gossipsub
