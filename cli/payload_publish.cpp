#include "cli/payload_publish.hpp"

#include <cstdio>

#include "cli/go_values.hpp"
#include "cli/payload_input.hpp"
#include "cli/verdict.hpp"
#include "cli/visitor.hpp"
#include "opwire/base/log.hpp"
#include "opwire/codec/hex.hpp"
#include "opwire/codec/snappy.hpp"
#include "opwire/node/node.hpp"
#include "opwire/opstack/gossip/topics.hpp"
#include "opwire/opstack/payload/gossip_body.hpp"
#include "opwire/opstack/payload/ssz.hpp"
#include "opwire/runtime/reactor.hpp"

namespace opwire::cli {
namespace {

constexpr auto kPoll = std::chrono::milliseconds(20);

struct PublishOptions {
  std::string file;
  ChainOptions chain;
  std::vector<std::string> peers;
  std::string key;
  std::string max_age = "60s";
  std::string wait = "30s";
  std::string linger = "2s";
};

/// Checked.
struct Publication {
  PayloadInput input;
  node::Config config;
  Duration wait{};
  Duration linger{};
};

Result<node::Config, std::string> publisher_config(const PublishOptions& options) {
  OPW_TRY(node::Config config, make_visitor_config(options.chain, options.peers));
  if (!options.key.empty()) config.sequencer_key = options.key;
  OPW_TRY(config.gossip.timestamp_threshold, duration_option("--p2p.gossip.timestamp.threshold", options.max_age));
  if (config.static_peers.empty()) return std::string("--p2p.static: at least one peer is needed to publish to");
  return config;
}

Result<Publication, std::string> check(const PublishOptions& options) {
  OPW_TRY(PayloadInput input, load_payload(options.file));
  OPW_TRY(node::Config config, publisher_config(options));
  if (!input.signature && options.key.empty()) {
    return options.file + ": " + input.form + " has no signature; give --p2p.sequencer.key to sign it";
  }
  OPW_TRY(const Duration wait, duration_option("--wait", options.wait));
  OPW_TRY(const Duration linger, duration_option("--linger", options.linger));
  return Publication{std::move(input), std::move(config), wait, linger};
}

// As it came where it is signed, so that what others see is what the file holds.
Bytes signed_frame(const PayloadInput& input) {
  if (!input.frame.empty()) return input.frame;
  return codec::snappy::compress(opstack::make_gossip_body(*input.signature, opstack::encode_ssz(input.envelope)));
}

Task<bool> wait_for_mesh(Loop& loop, node::Node& node, std::string topic, Duration limit) {
  const TimePoint end = loop.now() + limit;
  while (node.status().mesh.at(topic) == 0) {
    if (loop.now() >= end) co_return false;
    co_await sleep_for(loop, kPoll);
  }
  co_return true;
}

Task<Result<void>> send(node::Node& node, const PayloadInput& input) {
  if (!input.signature) return node.publish(input.envelope);
  return node.publish_frame(input.envelope.payload.version, signed_frame(input));
}

Task<int> publish_on(Loop& loop, node::Node& node, const Publication& publication) {
  const opstack::ExecutionPayload& payload = publication.input.envelope.payload;
  const opstack::BlockTopics topics(node.config().rollup.l2_chain_id);
  const std::string& topic = topics.name(payload.version);
  const bool ready = co_await wait_for_mesh(loop, node, topic, publication.wait);
  if (!ready) {
    co_return fail(kFailed, "no peer took us into the mesh of " + topic + " within " +
                                to_go_duration(publication.wait) + "; nothing was published");
  }
  const Result<void> sent = co_await send(node, publication.input);
  if (!sent) co_return report_refusal(sent.error());
  std::printf("published block %llu %s on %s to %zu mesh peers\n",
              static_cast<unsigned long long>(payload.number.value), codec::to_hex0x(payload.block_hash.view()).c_str(),
              topic.c_str(), node.status().mesh.at(topic));
  std::fflush(stdout);
  co_await sleep_for(loop, publication.linger);
  co_return kOk;
}

Task<int> publish_and_close(Loop& loop, node::Node& node, const Publication& publication) {
  const int code = co_await publish_on(loop, node, publication);
  co_await node.close();
  co_return code;
}

int publish(const PublishOptions& options) {
  auto publication = check(options);
  if (!publication) return fail(kUsage, publication.error());
  log::Options quiet;
  quiet.level = log::Level::kWarn;
  (void)log::configure(quiet);
  ReactorLoop loop;
  WorkerPool pool;
  const auto node = node::Node::make(loop, pool, publication->config);
  if (!node) return fail(kUsage, node.error());
  return loop.run(publish_and_close(loop, **node, *publication));
}

}  // namespace

std::vector<Command> add_payload_publish(CLI::App& group) {
  CLI::App* app = group.add_subcommand("publish", "Check a block, sign it if need be, and gossip it through peers.");
  const auto options = std::make_shared<PublishOptions>();
  add_payload_file(*app, options->file);
  add_chain_options(*app, options->chain);
  app->add_option("--p2p.static", options->peers, "Peers to publish through, comma-separated or repeated")
      ->type_name("LIST")
      ->allow_extra_args(false)
      ->required();
  app->add_option("--p2p.sequencer.key", options->key,
                  "The block signer's private key in hex, for a block without one");
  app->add_option("--p2p.gossip.timestamp.threshold", options->max_age, "Oldest block that may be published")
      ->type_name("DURATION")
      ->capture_default_str();
  app->add_option("--wait", options->wait, "How long to wait for a mesh peer")
      ->type_name("DURATION")
      ->capture_default_str();
  app->add_option("--linger", options->linger, "How long to stay connected afterwards, so that slow links get it all")
      ->type_name("DURATION")
      ->capture_default_str();
  return {{app, [options] { return publish(*options); }}};
}

}  // namespace opwire::cli
