#include "opwire/node/api/insight_json.hpp"

#include <set>

#include "opwire/codec/hex.hpp"
#include "opwire/node/api/go_json.hpp"
#include "opwire/node/api/sync_status.hpp"
#include "opwire/node/feed.hpp"
#include "opwire/opstack/gossip/topics.hpp"

namespace opwire::node {
namespace {

void write_use(GoJson& out, const char* name, const swarm::Tally& use, const swarm::Cap& cap) {
  const auto part = [&](const char* of, std::size_t used, std::size_t most) {
    out.key(of).open('{').key("used").number(std::uint64_t{used}).key("limit").number(std::uint64_t{most}).close('}');
  };
  out.key(name).open('{');
  part("total", use.total(), cap.total);
  part("inbound", use.inbound, cap.inbound);
  part("outbound", use.outbound, cap.outbound);
  out.close('}');
}

void write_pair(GoJson& out, const char* name, std::uint64_t used, std::uint64_t limit) {
  out.key(name).open('{').key("used").number(used).key("limit").number(limit).close('}');
}

void write_number(GoJson& out, const char* name, const std::optional<BlockNumber>& number) {
  out.key(name);
  if (number) {
    out.number(number->value);
  } else {
    out.null();
  }
}

void write_refusals(GoJson& out, const opstack::BlockCounts& counts, const char* name,
                    const std::map<std::string_view, std::uint64_t>& refused) {
  out.key(name).open('[');
  for (const auto& [reason, count] : refused) {
    out.open('{').key("reason").text(reason).key("count").number(count);
    if (const auto last = counts.last.find(reason); last != counts.last.end()) {
      out.key("lastAt").text(to_rfc3339(last->second.at)).key("lastDetail").text(last->second.detail);
      if (last->second.from) out.key("lastFrom").text(last->second.from->to_string());
    }
    out.close('}');
  }
  out.close(']');
}

}  // namespace

std::string limits_json(const ApiParts& parts) {
  if (!parts.resources) return "null";
  const ResourceReport report = parts.resources();
  const swarm::LimitOptions& limits = report.limits.limits;
  const swarm::ConnectionManagerOptions& waters = report.limits.manager;
  GoJson out;
  out.open('{');
  write_use(out, "connections", report.use.connections, limits.connections);
  write_pair(out, "connectionsOfAPeer", report.use.peer_connections, limits.connections_per_peer.total);
  write_use(out, "streams", report.use.streams, limits.streams.streams);
  write_pair(out, "streamsOfAPeer", report.use.peer_streams, limits.streams_per_peer.streams.total);
  write_pair(out, "streamBytes", report.use.stream_bytes, limits.streams.bytes);
  write_pair(out, "processBytes", report.process_bytes.value_or(0), parts.config.limits.process_bytes);
  out.key("protocols").open('{');
  for (const auto& [name, use] : report.use.protocols) out.key(name).number(std::uint64_t{use.total()});
  out.close('}');
  out.key("refused").open('{');
  for (const auto& [limit, count] : report.use.refused) out.key(limit).number(count);
  out.close('}');
  out.key("peers")
      .open('{')
      .key("low")
      .number(std::uint64_t{waters.low})
      .key("high")
      .number(std::uint64_t{waters.high});
  out.key("graceSeconds").number(std::chrono::duration<double>(waters.grace).count()).close('}');
  return out.close('}').take();
}

std::string mesh_json(const ApiParts& parts) {
  if (parts.router == nullptr) return "null";
  GoJson out;
  out.open('{');
  const opstack::BlockTopics topics(parts.config.rollup.l2_chain_id);
  for (const std::string& topic : topics.names()) {
    const std::vector<PeerId> in_mesh = parts.router->mesh_peers(topic);
    const std::set<PeerId> mesh(in_mesh.begin(), in_mesh.end());
    out.key(topic).open('[');
    for (const PeerId& peer : parts.router->topic_peers(topic)) {
      out.open('{').key("peer").text(peer.to_string()).key("mesh").flag(mesh.contains(peer));
      out.key("score").number(parts.router->score(peer)).close('}');
    }
    out.close(']');
  }
  return out.close('}').take();
}

std::string verdicts_json(const ApiParts& parts) {
  if (parts.blocks == nullptr) return "null";
  GoJson out;
  out.open('{').key("accepted").number(parts.blocks->accepted);
  write_refusals(out, *parts.blocks, "rejected", parts.blocks->rejected);
  write_refusals(out, *parts.blocks, "ignored", parts.blocks->ignored);
  return out.close('}').take();
}

std::string gaps_json(const ApiParts& parts) {
  const Status status = parts.status ? parts.status() : Status();
  if (!status.chain) return "null";
  GoJson out;
  out.open('{').key("queued").number(std::uint64_t{status.chain->queued});
  out.key("queuedBytes").number(std::uint64_t{status.chain->queued_bytes});
  out.key("backfillLeft").number(status.chain->backfill_left).key("gap");
  if (const auto& gap = status.chain->gap) {
    out.open('{').key("after").number(gap->after.value);
    write_number(out, "before", gap->before);
    out.key("top").text(codec::to_hex0x(gap->top.view())).key("branch").flag(gap->contested).close('}');
  } else {
    out.null();
  }
  const auto progress = parts.sync_progress ? parts.sync_progress() : std::nullopt;
  out.key("progress").raw(sync_progress_json(progress, parts.network.loop().now()));
  return out.close('}').take();
}

std::string archive_json(const ApiParts& parts) {
  const std::optional<store::ArchiveStatus> found = parts.archived ? parts.archived() : std::nullopt;
  if (!found) return "null";
  const store::ArchiveStatus& status = *found;
  GoJson out;
  out.open('{').key("file").text(parts.config.archive ? parts.config.archive->file.string() : "");
  out.key("blocks").number(status.stored.count).key("bytes").number(status.stored.bytes);
  write_number(out, "lowest", status.stored.lowest);
  write_number(out, "highest", status.stored.highest);
  write_number(out, "highestSigned", status.stored.highest_signed);
  out.key("waiting").number(std::uint64_t{status.waiting});
  out.key("waitingBytes").number(std::uint64_t{status.waiting_bytes});
  out.key("dropped").number(status.dropped).key("erased").number(status.erased);
  return out.close('}').take();
}

}  // namespace opwire::node
