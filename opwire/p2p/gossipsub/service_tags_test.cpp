// What the service tells others of peers: the connection manager by tags, its observers of topics.
#include "opwire/p2p/core/peer_tags.hpp"
#include "opwire/p2p/gossipsub/service_for_test.hpp"

namespace opwire::gossipsub::test {
namespace {

const std::string kMeshTag = "pubsub:" + kTopic;

PeerTags& tags_of(GossipPeer& peer) {
  return peer.host.swarm->tags();
}

TEST_F(ServiceTest, MeshPeersAreProtectedWhileTheyAreInIt) {
  GossipPeer& us = gossip_peer(1);
  Peer& peer = raw_peer(2);
  ASSERT_TRUE(connect(peer.host, us.host));
  loop.run_for(1s);
  EXPECT_FALSE(tags_of(us).is_protected(peer.host.id));
  const PeerStream stream = send(peer, us, {Rpc().subscribe(kTopic).graft(kTopic).build()});
  EXPECT_TRUE(tags_of(us).is_protected_by(peer.host.id, kMeshTag));
  const PeerStream second = send(peer, us, {Rpc().prune(kTopic, 60).build()});
  EXPECT_FALSE(tags_of(us).is_protected(peer.host.id));
}

TEST_F(ServiceTest, LeavingATopicOrThePeersGoingEndsTheProtection) {
  GossipPeer& us = gossip_peer(1);
  GossipPeer& leaves = gossip_peer(2);
  GossipPeer& goes = gossip_peer(3);
  ASSERT_TRUE(connect(us.host, leaves.host));
  ASSERT_TRUE(connect(us.host, goes.host));
  loop.run_for(3s);
  EXPECT_TRUE(tags_of(us).is_protected_by(leaves.host.id, kMeshTag));
  EXPECT_TRUE(tags_of(us).is_protected_by(goes.host.id, kMeshTag));
  us.host.swarm->disconnect(goes.host.id);
  loop.run_for(1s);
  EXPECT_FALSE(tags_of(us).is_protected(goes.host.id));
  us.service.unsubscribe(kTopic);
  EXPECT_FALSE(tags_of(us).is_protected(leaves.host.id));
}

TEST_F(ServiceTest, ClosingEndsTheProtection) {
  GossipPeer& us = gossip_peer(1);
  GossipPeer& peer = gossip_peer(2);
  ASSERT_TRUE(connect(us.host, peer.host));
  loop.run_for(3s);
  ASSERT_TRUE(tags_of(us).is_protected(peer.host.id));
  loop.run(us.service.close(), 5s);
  EXPECT_FALSE(tags_of(us).is_protected(peer.host.id));
}

TEST_F(ServiceTest, DeliveriesCountForThePeerThatWasFirst) {
  GossipPeer& us = gossip_peer(1);
  GossipPeer& peer = gossip_peer(2);
  ASSERT_TRUE(connect(us.host, peer.host));
  loop.run_for(3s);
  const std::int64_t before = tags_of(us).value(peer.host.id);
  ASSERT_TRUE(peer.publish("good"));
  ASSERT_TRUE(peer.publish("bad"));
  loop.run_for(1s);
  EXPECT_EQ(tags_of(us).value(peer.host.id), before + 1);
  for (int i = 0; i < 40; ++i) {
    ASSERT_TRUE(peer.publish("good " + std::to_string(i)));
    loop.run_for(100ms);
  }
  EXPECT_EQ(tags_of(us).value(peer.host.id), before + 15) << "as much as there is to earn";
  us.service.unsubscribe(kTopic);
  EXPECT_EQ(tags_of(us).value(peer.host.id), before);
}

TEST_F(ServiceTest, DirectPeersAreProtectedFromTheBeginningAndConnectedTo) {
  Params params = small_params();
  SimulatedHost& direct = host(2);
  params.direct_peers = {direct.id};
  params.direct_connect_beats = 5;
  GossipPeer& us = gossip_peer(1, std::move(params));
  EXPECT_TRUE(tags_of(us).is_protected_by(direct.id, "pubsub:<direct>"));
  loop.run_for(3s);
  EXPECT_FALSE(us.host.swarm->is_connected(direct.id)) << "nobody knows where it is";
  us.host.swarm->peerstore().add_addresses(direct.id, {direct.at}, kPermanentTtl);
  loop.run_for(6s);
  EXPECT_TRUE(us.host.swarm->is_connected(direct.id));
  us.host.swarm->disconnect(direct.id);
  loop.run_for(6s);
  EXPECT_TRUE(us.host.swarm->is_connected(direct.id)) << "again and again";
  loop.run(us.service.close(), 5s);
  EXPECT_FALSE(tags_of(us).is_protected(direct.id));
}

class Notes final : public Observer {
 public:
  void on_topic(const PeerId&, const std::string& topic, bool subscribed) override { note(subscribed, topic); }
  void on_mesh(const PeerId&, const std::string& topic, bool in_mesh) override { note(in_mesh, "mesh " + topic); }
  std::vector<std::string> lines;

 private:
  void note(bool more, const std::string& what) { lines.push_back((more ? "+" : "-") + what); }
};

TEST_F(ServiceTest, ObserversHearOfTopicsAndMeshes) {
  GossipPeer& us = gossip_peer(1);
  Peer& peer = raw_peer(2);
  Notes notes;
  us.service.add_observer(notes);
  ASSERT_TRUE(connect(peer.host, us.host));
  loop.run_for(1s);
  const PeerStream stream = send(peer, us, {Rpc().subscribe(kTopic).subscribe("/other").graft(kTopic).build()});
  EXPECT_EQ(notes.lines, (std::vector<std::string>{"+" + kTopic, "+/other", "+mesh " + kTopic}));
  notes.lines.clear();
  us.host.swarm->disconnect(peer.host.id);
  loop.run_for(1s);
  std::ranges::sort(notes.lines);
  EXPECT_EQ(notes.lines, (std::vector<std::string>{"-/other", "-" + kTopic, "-mesh " + kTopic}));
  us.service.remove_observer(notes);
  notes.lines.clear();
  ASSERT_TRUE(connect(peer.host, us.host));
  loop.run_for(1s);
  const PeerStream again = send(peer, us, {Rpc().subscribe(kTopic).build()});
  EXPECT_TRUE(notes.lines.empty());
}

// One that was pruned is told of others, and connects to them: from record to mesh.
TEST_F(ServiceTest, PeersToldOfByPruneAreConnectedTo) {
  Params params = small_params();
  params.peer_exchange = true;
  GossipPeer& us = gossip_peer(1, std::move(params));
  Peer& peer = raw_peer(2);
  GossipPeer& third = gossip_peer(3);
  ASSERT_TRUE(connect(peer.host, us.host));
  loop.run_for(1s);
  const Bytes record = multiformats::seal_peer_record(swarm::key_of(3), {third.host.id, 1, {third.host.at}});
  const Bytes forged = multiformats::seal_peer_record(swarm::key_of(2), {peer.host.id, 1, {third.host.at}});
  const PeerId unknown = swarm::peer_of(4);
  const PeerStream stream =
      send(peer, us,
           {Rpc()
                .subscribe(kTopic)
                .prune_telling(kTopic, {encode_peer_info(unknown, forged), encode_peer_info(third.host.id, record)})
                .build()});
  loop.run_for(3s);
  EXPECT_TRUE(us.host.swarm->is_connected(third.host.id));
  EXPECT_TRUE(us.host.swarm->peerstore().addresses(unknown).empty());
  const auto mesh = us.service.router().mesh_peers(kTopic);
  EXPECT_EQ(std::ranges::count(mesh, third.host.id), 1);
}

}  // namespace
}  // namespace opwire::gossipsub::test
