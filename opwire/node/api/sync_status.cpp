#include "opwire/node/api/sync_status.hpp"

#include "opwire/codec/hex.hpp"
#include "opwire/node/api/watch_json.hpp"

namespace opwire::node {
namespace {

using opstack::L2BlockRef;

std::string hex(const Hash256& hash) {
  return codec::to_hex0x(hash.view());
}

void write_heads(GoJson& out, const opstack::EngineHeads& heads) {
  const L2BlockRef none;
  const L2BlockRef& head = heads.head ? *heads.head : none;
  const L2BlockRef& safe = heads.safe ? *heads.safe : none;
  write(out.key("unsafe_l2"), head);
  write(out.key("safe_l2"), safe);
  write(out.key("finalized_l2"), heads.finalized ? *heads.finalized : none);
  // The next three are others only while a chain is derived, and after interop.
  write(out.key("pending_safe_l2"), safe);
  write(out.key("cross_unsafe_l2"), head);
  write(out.key("local_safe_l2"), safe);
}

void write_or_null(GoJson& out, const std::optional<L2BlockRef>& block) {
  if (block) {
    write(out, *block);
  } else {
    out.null();
  }
}

std::uint64_t whole_seconds(Duration duration) {
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(duration).count();
  return seconds < 0 ? 0 : static_cast<std::uint64_t>(seconds);
}

void write_blocks(GoJson& out, const Status& status) {
  out.key("lastBlock");
  if (status.last_block) {
    out.open('{').key("number").number(status.last_block->value);
    out.key("timestamp").number(status.last_timestamp.value_or(0)).close('}');
  } else {
    out.null();
  }
  out.key("blocks").open('{').key("accepted").number(status.accepted).key("rejected").number(status.rejected);
  out.key("ignored").number(status.ignored).key("throttled").number(status.throttled).close('}');
}

void write_discovery(GoJson& out, const std::optional<DiscoveryStatus>& discovery) {
  out.key("discovery");
  if (!discovery) {
    out.null();
    return;
  }
  out.open('{').key("record").text(discovery->record);
  out.key("table").number(std::uint64_t{discovery->finder.table_size});
  out.key("live").number(std::uint64_t{discovery->finder.table_live});
  out.key("candidates").number(std::uint64_t{discovery->finder.candidates}).close('}');
}

}  // namespace

void write(GoJson& out, const L2BlockRef& block) {
  out.open('{').key("hash").text(hex(block.hash)).key("number").number(block.number.value);
  out.key("parentHash").text(hex(block.parent_hash)).key("timestamp").number(block.timestamp);
  out.key("l1origin").open('{').key("hash").text(hex(block.l1_origin.hash));
  out.key("number").number(block.l1_origin.number.value).close('}');
  out.key("sequenceNumber").number(block.sequence_number).close('}');
}

void write(GoJson& out, const L1BlockRef& block) {
  out.open('{').key("hash").text(hex(block.hash)).key("number").number(block.number.value);
  out.key("parentHash").text(hex(block.parent_hash)).key("timestamp").number(block.timestamp).close('}');
}

std::string sync_status_json(const ApiParts& parts) {
  const L1Heads l1 = parts.l1_heads ? parts.l1_heads() : L1Heads();
  GoJson out;
  out.open('{');
  write(out.key("current_l1"), l1.current);
  write(out.key("current_l1_finalized"), l1.finalized);
  write(out.key("head_l1"), l1.head);
  write(out.key("safe_l1"), l1.safe);
  write(out.key("finalized_l1"), l1.finalized);
  const opstack::EngineController* const engine = engine_of(parts);
  write_heads(out, engine != nullptr ? engine->heads() : opstack::EngineHeads());
  return out.close('}').take();
}

std::string heads_json(const opstack::EngineHeads& heads) {
  GoJson out;
  out.open('{');
  write_or_null(out.key("unsafe"), heads.head);
  write_or_null(out.key("safe"), heads.safe);
  write_or_null(out.key("finalized"), heads.finalized);
  return out.close('}').take();
}

std::string sync_progress_json(const std::optional<opstack::RangeProgress>& progress, TimePoint now) {
  if (!progress) return "null";
  GoJson out;
  out.open('{').key("wanted").number(progress->wanted).key("proved").number(progress->proved);
  out.key("peers").number(std::uint64_t{progress->peers});
  out.key("quarantinedBytes").number(std::uint64_t{progress->quarantined_bytes});
  return out.key("seconds").number(whole_seconds(now - progress->since)).close('}').take();
}

std::string status_json(const ApiParts& parts) {
  const Status status = parts.status ? parts.status() : Status();
  GoJson out;
  out.open('{').key("version").text(parts.version).key("chain").text(parts.config.chain_name);
  out.key("chainId").number(parts.config.rollup.l2_chain_id.value);
  out.key("peerId").text(parts.network.local_peer().to_string());
  out.key("peers").number(std::uint64_t{status.peers});
  out.key("mesh").open('{');
  for (const auto& [topic, peers] : status.mesh) out.key(topic).number(std::uint64_t{peers});
  out.close('}');
  write_blocks(out, status);
  write_discovery(out, status.discovery);
  const opstack::EngineController* const engine = engine_of(parts);
  out.key("heads").raw(engine != nullptr ? heads_json(engine->heads()) : "null");
  const auto progress = parts.sync_progress ? parts.sync_progress() : std::nullopt;
  out.key("sync").raw(sync_progress_json(progress, parts.network.loop().now()));
  out.key("clock").raw(clock_json(parts)).key("equivocations");
  out.number(parts.equivocations != nullptr ? parts.equivocations->total() : 0);
  return out.close('}').take();
}

}  // namespace opwire::node
