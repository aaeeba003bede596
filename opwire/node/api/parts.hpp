// What the node's RPC and metrics read and act on. Functions and pointers, so that whoever wires a node gives what it
// has: what is not given is absent, and the methods that need it say so.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "opwire/discv5/protocol.hpp"
#include "opwire/node/config.hpp"
#include "opwire/node/node.hpp"
#include "opwire/opstack/driver/engine_controller.hpp"
#include "opwire/opstack/gossip/block_gossip.hpp"
#include "opwire/opstack/sync/client.hpp"
#include "opwire/opstack/sync/server.hpp"
#include "opwire/p2p/core/network.hpp"
#include "opwire/p2p/gossipsub/router.hpp"
#include "opwire/runtime/worker_pool.hpp"

namespace opwire::node {

/// op-node's L1 blocks of a sync status.
struct L1BlockRef {
  Hash256 hash;
  BlockNumber number;
  Hash256 parent_hash;
  std::uint64_t timestamp = 0;  ///< Unix seconds
};
struct L1Heads {
  L1BlockRef current;  ///< up to which the chain is derived, or followed
  L1BlockRef head;
  L1BlockRef safe;
  L1BlockRef finalized;
};

class Reputation;

/// What of the limits is in use.
struct ResourceReport {
  swarm::SwarmOptions limits;
  swarm::ResourceUse use;
  std::optional<std::size_t> process_bytes;  ///< none: the system does not tell
};

/// Of a configuration that was read again.
struct ReloadReport {
  std::vector<std::string> changed;        ///< what is another one now
  std::vector<std::string> needs_restart;  ///< flags whose new values were not taken over
};

/// All that is referred to outlives the Api and the metrics. Called on the loop.
struct ApiParts {
  ApiParts(Network& of_network, const Config& of_config, std::string program_version)
      : network(of_network), config(of_config), version(std::move(program_version)) {}

  Network& network;
  const Config& config;
  std::string version;  ///< "v0.1.0-abcdef": what optimism_version, health_status and /healthz say

  WorkerPool* pool = nullptr;                    ///< reads large blocks; none: the loop does
  const gossipsub::Router* router = nullptr;     ///< scores, topics; none: zeros
  const opstack::BlockCounts* blocks = nullptr;  ///< verdicts, for metrics
  const opstack::ClockGuard* clock = nullptr;
  const opstack::Equivocations* equivocations = nullptr;
  std::function<Status()> status;  ///< for opwire_status
  /// Heads and queue; null while no engine is driven.
  std::function<const opstack::EngineController*()> engine;
  std::function<const discv5::Protocol*()> discovery;  ///< null while there is none
  std::function<std::optional<opstack::RangeProgress>()> sync_progress;
  /// Of payload_by_number, as its server; none: it is not served.
  std::function<std::optional<opstack::ServerCounts>()> served;
  std::function<opstack::RequestCounts()> requested;              ///< of payload_by_number, as its client
  std::function<std::optional<store::ArchiveStatus>()> archived;  ///< none: no archive
  std::function<PayloadStore::Waiting()> storing;
  std::function<L1Heads()> l1_heads;
  std::function<std::optional<Duration>(const PeerId&)> latency;
  Reputation* reputation = nullptr;  ///< scores of answers, bans, blocks; none: zeros, and nothing to block with

  /// Signs and publishes. Errors: kNoSigner and whatever else is told to the caller.
  std::function<Task<Result<void>>(opstack::Envelope)> publish;
  std::function<Task<Result<void>>(opstack::PayloadVersion, Bytes frame)> publish_frame;
  /// A block that an operator hands in, for the driver. Its hash was checked, and nothing else. Errors: the driver's.
  std::function<Result<void>(const opstack::Envelope&)> post_block;
  std::function<ResourceReport()> resources;

  /// See Node.
  std::function<Result<std::vector<std::string>, std::string>(LiveConfig)> reconfigure;
  /// Reads flags and files again; the error is a line for the user, and nothing has changed.
  std::function<Result<ReloadReport, std::string>()> reload;
  /// The text that --log.level takes.
  std::function<Result<void, std::string>(const std::string&)> set_log_level;
};

const opstack::EngineController* engine_of(const ApiParts& parts);

/// What a Node has of it without anybody's help. node outlives the parts.
ApiParts parts_of(Node& node, std::string version);

}  // namespace opwire::node
