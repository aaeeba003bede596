#include "opwire/node/api/node_metrics.hpp"

#include "opwire/node/api/parts_for_test.hpp"
#include "opwire/opstack/driver/blocks_for_test.hpp"
#include "opwire/opstack/gossip/scoring.hpp"

namespace opwire::node {
namespace {

struct MetricsWorld : ApiWorld {
  NodeMetrics& begin() {
    metrics = std::make_unique<NodeMetrics>(registry, parts);
    return *metrics;
  }
  bool shows(const std::string& line) {
    text = registry.text();
    return text.find("\n" + line + "\n") != std::string::npos;
  }
  metrics::Registry registry;
  std::unique_ptr<NodeMetrics> metrics;
  std::string text;
};

TEST(NodeMetrics, HasOpNodesNames) {
  MetricsWorld world;
  world.network.peers[peer_of(2)].connected = true;
  world.network.peers[peer_of(3)] = {true, Role::kListener, {}, {}, {}, false};
  opstack::BlockCounts counts;
  counts.accepted = 3;
  counts.rejected["block.wrong_signer"] = 2;
  world.parts.blocks = &counts;
  opstack::ServerCounts served;
  for (int i = 0; i < 5; ++i) served.requests.note(0, std::chrono::milliseconds(20));
  served.requests.note(1, std::chrono::seconds(3));
  served.requests.last = BlockNumber{77};
  world.parts.served = [&served] { return std::optional(served); };
  world.begin();
  for (const char* line : {
           "op_node_default_info{version=\"v1.2.3-abcdef\"} 1",
           "op_node_default_up 1",
           "op_node_default_p2p_peer_count 2",
           "op_node_default_p2p_stream_count 6",
           "op_node_default_unsafe_payloads_total 0",
           "op_node_default_last_unsafe_payloads_unix 0",
           "opwire_connections{direction=\"inbound\"} 1",
           "opwire_connections{direction=\"outbound\"} 1",
           "op_node_default_p2p_req_total{p2p_role=\"server\",p2p_method=\"payload_by_number\",result_code=\"0\"} 5",
           "op_node_default_p2p_req_duration_seconds_bucket{p2p_role=\"server\",p2p_method=\"payload_by_number\","
           "result_code=\"0\",le=\"0.025\"} 5",
           "op_node_default_p2p_req_duration_seconds_sum{p2p_role=\"server\",p2p_method=\"payload_by_number\","
           "result_code=\"1\"} 3",
           "op_node_default_p2p_payload_by_number{p2p_role=\"server\"} 77",
           "opwire_peers_wanted{water=\"high\"} 30",
           "opwire_block_time_seconds 2",
           "op_node_default_publishing_errors_total 0",
           "opwire_blocks_total{verdict=\"accepted\",reason=\"\"} 3",
           "opwire_blocks_total{verdict=\"rejected\",reason=\"block.wrong_signer\"} 2",
       }) {
    EXPECT_TRUE(world.shows(line)) << line << "\n" << world.text;
  }
}

TEST(NodeMetrics, OfBlocks) {
  MetricsWorld world;
  NodeMetrics& metrics = world.begin();
  const auto block = opstack::test::block(12);  // of 1'700'000'024
  metrics.on_block({.envelope = block,
                    .signer = {},
                    .topic = {},
                    .from = peer_of(2),
                    .wire_size = 5,
                    .received_at = from_unix_seconds(1'700'000'027),
                    .validated_in = std::chrono::milliseconds(2)});
  for (const char* line : {
           "op_node_default_unsafe_payloads_total 1",
           "op_node_default_last_unsafe_payloads_unix 1700000027",
           "op_node_default_refs_number{layer=\"l2\",type=\"received_payload\"} 12",
           "op_node_default_refs_time{layer=\"l2\",type=\"received_payload\"} 1700000024",
           "opwire_block_age_seconds_bucket{le=\"2\"} 0",
           "opwire_block_age_seconds_bucket{le=\"3\"} 1",
           "opwire_block_validation_seconds_bucket{le=\"0.0025\"} 1",
           "opwire_first_deliveries_total{peer=\"other\"} 1",
           "opwire_first_deliveries_total{peer=\"mesh\"} 0",
           "opwire_first_deliverer_share{peers=\"1\"} 1",
       }) {
    EXPECT_TRUE(world.shows(line)) << line << "\n" << world.text;
  }
}

TEST(NodeMetrics, OfTheEngine) {
  MetricsWorld world;
  opstack::EngineController engine;
  opstack::EngineHeads heads;
  heads.head = opstack::test::ref(12);
  heads.safe = opstack::test::ref(10);
  set_heads(engine, heads);
  const opstack::Envelope waiting = opstack::test::block(20);
  ASSERT_TRUE(engine.on_payload(opstack::test::queued(waiting)));
  world.parts.engine = [&engine] { return &engine; };
  NodeMetrics& metrics = world.begin();
  opstack::HeadMoved reorg;
  reorg.reorg = true;
  metrics.on_driver_event(reorg);
  metrics.on_driver_event(opstack::HeadMoved());
  for (const char* line : {
           "op_node_default_refs_number{layer=\"l2\",type=\"l2_unsafe\"} 12",
           "op_node_default_refs_number{layer=\"l2\",type=\"l2_safe\"} 10",
           "op_node_default_refs_number{layer=\"l2\",type=\"l2_buffer_unsafe\"} 20",
           "op_node_default_refs_seqnr{type=\"l2_safe\"} 10",
           "op_node_default_unsafe_payloads_buffer_len 1",
           "opwire_engine_ready 1",
           "opwire_head_reorgs_total 1",
       }) {
    EXPECT_TRUE(world.shows(line)) << line << "\n" << world.text;
  }
  EXPECT_EQ(world.text.find("l2_finalized"), std::string::npos);
  EXPECT_EQ(world.text.find("refs_time{layer=\"l2\",type=\"l2_buffer_unsafe\"}"), std::string::npos) << "as op-node";
  EXPECT_EQ(world.text.find("unsafe_payloads_buffer_mem_size 0"), std::string::npos);
}

TEST(NodeMetrics, OfScoresAndGossip) {
  MetricsWorld world;
  const opstack::BlockTopics topics(world.config.rollup.l2_chain_id);
  gossipsub::Params params = opstack::gossip_params(topics);
  params.scoring = opstack::light_scoring(std::chrono::seconds(2));
  opstack::BlockMessageDecoder decoder;
  gossipsub::Router router(std::move(params), gossipsub::RouterContext(peer_of(1), decoder, world.rng));
  const auto address = Multiaddr::parse_text("/ip4/10.0.0.2/tcp/9222").value();
  router.on_peer_connected(peer_of(2), gossipsub::Version::kV11, true, address);
  world.parts.router = &router;
  world.begin();
  for (const char* line : {
           "op_node_default_peer_scores_bucket{type=\"total\",le=\"-0.05\"} 0",
           "op_node_default_peer_scores_bucket{type=\"total\",le=\"0\"} 1",
           "op_node_default_peer_scores_count{type=\"blocksTimeInMesh\"} 1",
           "op_node_default_p2p_gossip_events_total{type=\"DELIVER_MESSAGE\"} 0",
           "op_node_default_p2p_gossip_events_total{type=\"ADD_PEER\"} 1",
           "opwire_gossip_queue_messages 0",
           "opwire_gossip_hop_seconds_count 0",
           "opwire_gossip_mesh_peers{topic=\"/optimism/901/3/blocks\"} 0",
       }) {
    EXPECT_TRUE(world.shows(line)) << line << "\n" << world.text;
    EXPECT_TRUE(world.shows(line)) << "and again";
  }
}

TEST(NodeMetrics, LatencyIsBeforeItsTimeAsInOpNode) {
  MetricsWorld world;
  NodeMetrics& metrics = world.begin();
  opstack::AcceptedBlock block{.envelope = opstack::test::block(12), .signer = {}, .topic = {}, .from = peer_of(2)};
  const std::uint64_t now = unix_seconds(world.loop.wall_now());
  block.envelope.payload.timestamp = now - 3;
  block.received_at = from_unix_seconds(now);
  metrics.on_block(block);
  EXPECT_TRUE(world.shows("op_node_default_refs_latency{layer=\"l2\",type=\"received_payload\"} -3")) << world.text;
}

TEST(NodeMetrics, PeersAreSampledAtMostEvery15Seconds) {
  MetricsWorld world;
  world.network.peers[peer_of(2)].connected = true;
  world.parts.latency = [](const PeerId&) { return std::optional<Duration>(std::chrono::milliseconds(40)); };
  world.begin();
  EXPECT_TRUE(world.shows("opwire_peer_latency_seconds_bucket{le=\"0.05\"} 1"));
  world.loop.run_for(std::chrono::seconds(14));
  EXPECT_TRUE(world.shows("opwire_peer_latency_seconds_count 1"));
  world.loop.run_for(std::chrono::seconds(1));
  EXPECT_TRUE(world.shows("opwire_peer_latency_seconds_count 2"));
}

TEST(NodeMetrics, SharesAreOfTheLastBlocks) {
  MetricsWorld world;
  NodeMetrics& metrics = world.begin();
  opstack::AcceptedBlock block{.envelope = opstack::test::block(12), .signer = {}, .topic = {}, .from = peer_of(2)};
  const auto bring = [&](std::uint64_t peer, std::size_t blocks) {
    block.from = peer_of(peer);
    for (std::size_t i = 0; i < blocks; ++i) metrics.on_block(block);
  };
  bring(9, 300);
  for (std::uint64_t peer : {2, 3, 4, 5}) bring(peer, NodeMetrics::kRecentBlocks / 4);
  EXPECT_TRUE(world.shows("opwire_first_deliverer_share{peers=\"1\"} 0.25")) << "what is older does not count";
  EXPECT_TRUE(world.shows("opwire_first_deliverer_share{peers=\"3\"} 0.75"));
}

class CountingNetwork final : public StubNetwork {
 public:
  explicit CountingNetwork(FakeNetwork& of) : network_(of) {}
  Loop& loop() override { return network_.loop(); }
  const PeerId& local_peer() const override { return network_.local_peer(); }
  Task<Result<void>> connect(PeerId, std::vector<Multiaddr>) override { co_return errors::kClosed; }
  void disconnect(const PeerId&) override {}
  bool is_connected(const PeerId&) const override { return false; }
  std::vector<PeerId> connected_peers() const override { return {}; }
  PeerStore& peerstore() override { return network_.peerstore(); }
  PeerTags& tags() override { return network_.tags(); }
  void add_observer(NetworkObserver&) override {}
  void remove_observer(NetworkObserver&) override {}
  NetworkCounts counts() const override { return counted; }
  NetworkCounts counted;

 private:
  FakeNetwork& network_;
};

TEST(NodeMetrics, OfTrafficAndLimits) {
  MetricsWorld world;
  CountingNetwork network(world.network);
  network.counted.traffic = {{"", {1, 2}},
                             {"/meshsub/1.1.0", {100, 200}},
                             {"/meshsub/1.2.0", {10, 20}},
                             {"/opstack/req/payload_by_number/901/0", {5, 6}},
                             {"/else", {3, 4}}};
  network.counted.refused["memory"] = 7;
  network.counted.trimmed = 8;
  metrics::Registry registry;
  ApiParts parts(network, world.config, "v1");
  const NodeMetrics metrics(registry, std::move(parts));
  const std::string text = registry.text();
  for (const char* line : {
           "op_node_default_p2p_bandwidth_bytes_total{direction=\"in\"} 119",
           "op_node_default_p2p_bandwidth_bytes_total{direction=\"out\"} 232",
           "opwire_traffic_bytes_total{protocol=\"meshsub\",direction=\"out\"} 220",
           "opwire_traffic_bytes_total{protocol=\"payload_by_number\",direction=\"in\"} 5",
           "opwire_traffic_bytes_total{protocol=\"multistream\",direction=\"in\"} 1",
           "opwire_traffic_bytes_total{protocol=\"other\",direction=\"out\"} 4",
           "opwire_refused_total{limit=\"memory\"} 7",
           "opwire_connections_trimmed_total 8",
       }) {
    EXPECT_NE(text.find("\n" + std::string(line) + "\n"), std::string::npos) << line << "\n" << text;
  }
}

TEST(NodeMetrics, OfBansAndTheGate) {
  MetricsWorld world;
  world.parts.reputation = &world.reputation;
  const WallTime later = world.loop.wall_now() + std::chrono::hours(1);
  world.reputation.ban(peer_of(2), later, "score -101 is below -100");
  world.reputation.ban(peer_of(3), later, "whatever");
  ASSERT_TRUE(world.reputation.books().blocks().block_peer(peer_of(4)));
  EXPECT_FALSE(world.reputation.gate().allow_peer_dial(peer_of(2)));
  EXPECT_TRUE(world.reputation.gate().allow_peer_dial(peer_of(5)));
  world.reputation.unblock(peer_of(3));
  world.begin();
  for (const char* line : {
           "opwire_bans_total{cause=\"score\"} 1",
           "opwire_bans_total{cause=\"other\"} 1",
           "opwire_bans_total{cause=\"invalid_blocks\"} 0",
           "opwire_banned{kind=\"peer\"} 1",
           "opwire_blocked{kind=\"peer\"} 1",
           "op_node_default_p2p_dials{allow=\"true\"} 1",
           "op_node_default_p2p_dials{allow=\"false\"} 1",
           "op_node_default_p2p_peer_unbans 1",
       }) {
    EXPECT_TRUE(world.shows(line)) << line << "\n" << world.text;
  }
}

TEST(NodeMetrics, OfTheArchive) {
  MetricsWorld world;
  std::optional<store::ArchiveStatus> status;
  world.parts.archived = [&status] { return status; };
  world.parts.storing = [] { return PayloadStore::Waiting{12, 3}; };
  world.begin();
  EXPECT_TRUE(world.shows("# TYPE opwire_archive_damaged_total counter")) << "without one, the names stand alone";
  EXPECT_EQ(world.text.find("\nopwire_archive_damaged_total "), std::string::npos);
  status.emplace();
  status->stored.count = 5;
  status->stored.lowest = BlockNumber{7};
  status->damaged = 2;
  for (const char* line :
       {"opwire_archive_blocks 5", "opwire_archive_lowest_number 7", "opwire_archive_damaged_total 2",
        "opwire_archive_encoding_bytes 12", "opwire_archive_left_out_total 3"}) {
    EXPECT_TRUE(world.shows(line)) << line << "\n" << world.text;
  }
  EXPECT_EQ(world.text.find("\nopwire_archive_highest_number "), std::string::npos);
}

TEST(NodeMetrics, OfItsRpc) {
  MetricsWorld world;
  world.start();
  NodeMetrics& metrics = world.begin();
  auto server = std::move(*rpc::RpcServer::make(world.loop, world.methods, rpc::ServerOptions()));
  metrics.add_rpc(*server);
  EXPECT_TRUE(world.shows("opwire_rpc_connections 0"));
  world.loop.run(server->close(world.loop.now()));
}

}  // namespace
}  // namespace opwire::node
