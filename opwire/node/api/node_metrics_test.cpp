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
  served.answers = {5, 1, 0, 0};
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
  ASSERT_TRUE(engine.on_payload(opstack::test::queued(opstack::test::block(20))));
  world.parts.engine = [&engine] { return &engine; };
  NodeMetrics& metrics = world.begin();
  opstack::HeadMoved reorg;
  reorg.reorg = true;
  metrics.on_driver_event(reorg);
  metrics.on_driver_event(opstack::HeadMoved());
  for (const char* line : {
           "op_node_default_refs_number{layer=\"l2\",type=\"l2_unsafe\"} 12",
           "op_node_default_refs_number{layer=\"l2\",type=\"l2_safe\"} 10",
           "op_node_default_unsafe_payloads_buffer_len 1",
           "opwire_engine_ready 1",
           "opwire_head_reorgs_total 1",
       }) {
    EXPECT_TRUE(world.shows(line)) << line << "\n" << world.text;
  }
  EXPECT_EQ(world.text.find("l2_finalized"), std::string::npos);
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
           "opwire_gossip_mesh_peers{topic=\"/optimism/901/3/blocks\"} 0",
       }) {
    EXPECT_TRUE(world.shows(line)) << line << "\n" << world.text;
    EXPECT_TRUE(world.shows(line)) << "and again";
  }
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
