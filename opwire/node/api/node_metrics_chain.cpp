// Heads, the engine, payloads by number, the archive.
#include <array>

#include "opwire/node/api/metric_names.hpp"
#include "opwire/node/api/node_metrics.hpp"

namespace opwire::node {
namespace {

using metrics::Series;
using opstack::L2BlockRef;
using opstack::RequestCounts;

// As op-node draws hashes: enough to see that two nodes differ.
double drawn(const Hash256& hash) {
  std::uint64_t first = 0;
  for (std::size_t i = 8; i-- > 0;) first = first << 8 | hash.view()[i];
  return real(first);
}

const std::vector<double>& request_bounds() {
  static const std::vector<double> bounds(RequestCounts::kBounds.begin(), RequestCounts::kBounds.end());
  return bounds;
}

metrics::Labels request_labels(const char* role, std::size_t code) {
  return {{"p2p_role", role}, {"p2p_method", "payload_by_number"}, {"result_code", std::to_string(code)}};
}

std::optional<double> number_of(const std::optional<BlockNumber>& number) {
  return number ? std::optional(real(number->value)) : std::nullopt;
}

using store::ArchiveStatus;

template <class Number>
std::optional<double> some(Number number) {
  return real(number);
}

}  // namespace

void NodeMetrics::read_refs(Series& series, const ReadRef& value) const {
  const auto add = [&](const char* type, const std::optional<L2BlockRef>& block) {
    if (!block) return;
    if (const auto read = value(*block)) series.add({{"layer", "l2"}, {"type", type}}, *read);
  };
  add("received_payload", last_received_);
  const opstack::EngineController* const engine = engine_of(parts_);
  if (engine == nullptr) return;
  add("l2_unsafe", engine->heads().head);
  add("l2_safe", engine->heads().safe);
  add("l2_finalized", engine->heads().finalized);
  const opstack::QueuedPayload* const next = engine->queue().lowest();
  if (next == nullptr) return;
  L2BlockRef queued;
  queued.number = next->envelope.payload.number;
  queued.hash = next->envelope.payload.block_hash;
  add("l2_buffer_unsafe", queued);
}

void NodeMetrics::add_refs() {
  registry_.gauges(op_node("refs_number"), "Numbers of blocks", [this](Series& series) {
    read_refs(series, [](const L2BlockRef& block) { return real(block.number.value); });
  });
  registry_.gauges(op_node("refs_time"), "Timestamps of blocks", [this](Series& series) {
    read_refs(series, [](const L2BlockRef& block) {
      return block.timestamp != 0 ? std::optional(real(block.timestamp)) : std::nullopt;
    });
  });
  registry_.gauges(
      op_node("refs_hash"), "The first 8 bytes of blocks' hashes, to see differences",
      [this](Series& series) { read_refs(series, [](const L2BlockRef& block) { return drawn(block.hash); }); });
  registry_.gauges(op_node("refs_latency"), "Blocks' timestamps less the time when we saw them first",
                   [this](Series& series) {
                     note_heads();
                     for (const auto& [type, seen] : seen_) {
                       series.add({{"layer", "l2"}, {"type", type}}, seconds_of(seen.latency));
                     }
                   });
  registry_.gauges(op_node("refs_seqnr"), "Blocks since the first of their L1 origin", [this](Series& series) {
    const opstack::EngineController* const engine = engine_of(parts_);
    if (engine == nullptr) return;
    const auto add = [&series](const char* type, const std::optional<L2BlockRef>& block) {
      if (block) series.add({{"type", type}}, real(block->sequence_number));
    };
    add("l2_unsafe", engine->heads().head);
    add("l2_safe", engine->heads().safe);
    add("l2_finalized", engine->heads().finalized);
  });
}

void NodeMetrics::add_engine() {
  if (!parts_.engine) return;
  add_queue();
  registry_.gauge("opwire_engine_ready", "1: the engine answers and its heads are known", [this] {
    const opstack::EngineController* const engine = engine_of(parts_);
    return engine != nullptr && engine->ready() ? 1.0 : 0.0;
  });
  registry_.counter("opwire_head_reorgs_total", "Heads that left the chain", [this] { return real(reorgs_); });
  registry_.counter("opwire_engine_dropped_blocks_total", "Blocks that the engine refused for good",
                    [this] { return real(dropped_); });
}

void NodeMetrics::add_queue() {
  registry_.gauge(op_node("unsafe_payloads_buffer_len"), "Blocks that wait to become the head", [this] {
    const opstack::EngineController* const engine = engine_of(parts_);
    return engine != nullptr ? real(engine->queue().size()) : 0;
  });
  registry_.gauge(op_node("unsafe_payloads_buffer_mem_size"), "Bytes of them", [this] {
    const opstack::EngineController* const engine = engine_of(parts_);
    return engine != nullptr ? real(engine->queue().bytes()) : 0;
  });
}

void NodeMetrics::add_sync() {
  if (!parts_.sync_progress) return;
  using opstack::RangeProgress;
  const auto read = [this](double (*value)(const RangeProgress&)) {
    return [this, value] {
      const auto progress = parts_.sync_progress();
      return progress ? value(*progress) : 0;
    };
  };
  registry_.gauge("opwire_sync_blocks_wanted", "Of the range that is being fetched",
                  read([](const RangeProgress& of) { return real(of.wanted); }));
  registry_.gauge("opwire_sync_blocks_missing", "Of it, those that are not proved yet",
                  read([](const RangeProgress& of) { return real(of.wanted - std::min(of.wanted, of.proved)); }));
  registry_.gauge("opwire_sync_peers", "Peers that may be asked, while a range is being fetched",
                  read([](const RangeProgress& of) { return real(of.peers); }));
  registry_.gauge(op_node("p2p_payloads_quarantine_total"), "Fetched blocks that are not linked yet",
                  read([](const RangeProgress& of) { return real(of.quarantined); }));
  registry_.gauge("opwire_sync_quarantined_bytes", "Bytes of them",
                  read([](const RangeProgress& of) { return real(of.quarantined_bytes); }));
  registry_.gauge("opwire_backfill_blocks_missing", "Of --backfill",
                  [this] { return status_ && status_->chain ? real(status_->chain->backfill_left) : 0; });
}

std::vector<std::pair<const char*, RequestCounts>> NodeMetrics::requests() const {
  std::vector<std::pair<const char*, RequestCounts>> all;
  if (parts_.requested) all.emplace_back("client", parts_.requested());
  if (!parts_.served) return all;
  if (const auto served = parts_.served()) all.emplace_back("server", served->requests);
  return all;
}

void NodeMetrics::read_requests(Series& series, const ReadRequests& value) const {
  for (const auto& [role, counts] : requests()) {
    for (std::size_t code = 0; code < counts.codes.size(); ++code) {
      if (counts.codes[code].total > 0 || code == 0) series.add(request_labels(role, code), value(counts.codes[code]));
    }
  }
}

void NodeMetrics::read_request_times(Series& series) {
  for (const auto& [role, counts] : requests()) {
    for (std::size_t code = 0; code < counts.codes.size(); ++code) {
      const RequestCounts::OfCode& of = counts.codes[code];
      if (of.total == 0) continue;
      auto& histogram = request_times_.try_emplace(role + std::to_string(code), request_bounds()).first->second;
      histogram.set(of.by_time, of.seconds);
      series.add(request_labels(role, code), histogram);
    }
  }
}

void NodeMetrics::add_requests() {
  if (!parts_.served && !parts_.requested) return;
  registry_.counters(op_node("p2p_req_total"), "Requests for payloads by number", [this](Series& series) {
    read_requests(series, [](const RequestCounts::OfCode& of) { return real(of.total); });
  });
  registry_.histograms(op_node("p2p_req_duration_seconds"), "How long they took",
                       [this](Series& series) { read_request_times(series); });
  registry_.gauges(op_node("p2p_payload_by_number"), "The number that was asked for last", [this](Series& series) {
    for (const auto& [role, counts] : requests()) {
      if (counts.last) series.add({{"p2p_role", role}}, real(counts.last->value));
    }
  });
  if (!parts_.served) return;
  registry_.counter("opwire_served_payload_bytes_total", "Of payloads that were served", [this] {
    const auto served = parts_.served();
    return served ? real(served->bytes) : 0;
  });
  registry_.counter("opwire_served_broken_total", "Requests whose stream failed or was too slow", [this] {
    const auto served = parts_.served();
    return served ? real(served->broken) : 0;
  });
}

metrics::ReadSeries NodeMetrics::of_archive(std::optional<double> (*value)(const ArchiveStatus&)) const {
  return [this, value](Series& series) {
    const auto status = parts_.archived();
    const auto number = status ? value(*status) : std::nullopt;
    if (number) series.add({}, *number);
  };
}

void NodeMetrics::add_archive() {
  if (!parts_.archived) return;
  add_archiving();
  registry_.gauges("opwire_archive_blocks", "Blocks on the disk",
                   of_archive([](const ArchiveStatus& of) { return some(of.stored.count); }));
  registry_.gauges("opwire_archive_bytes", "Bytes of them",
                   of_archive([](const ArchiveStatus& of) { return some(of.stored.bytes); }));
  registry_.gauges("opwire_archive_lowest_number", "The lowest of them",
                   of_archive([](const ArchiveStatus& of) { return number_of(of.stored.lowest); }));
  registry_.gauges("opwire_archive_highest_number", "The highest",
                   of_archive([](const ArchiveStatus& of) { return number_of(of.stored.highest); }));
}

void NodeMetrics::add_archiving() {
  registry_.gauges("opwire_archive_waiting_blocks", "Blocks that wait to be written",
                   of_archive([](const ArchiveStatus& of) { return some(of.waiting); }));
  registry_.gauges("opwire_archive_waiting_bytes", "Bytes of them",
                   of_archive([](const ArchiveStatus& of) { return some(of.waiting_bytes); }));
  registry_.counters("opwire_archive_dropped_total", "Blocks that were not written, for want of room",
                     of_archive([](const ArchiveStatus& of) { return some(of.dropped); }));
  registry_.counters("opwire_archive_erased_total", "Blocks that went to keep the bounds",
                     of_archive([](const ArchiveStatus& of) { return some(of.erased); }));
  registry_.counters("opwire_archive_damaged_total", "Reads that met a damaged record",
                     of_archive([](const ArchiveStatus& of) { return some(of.damaged); }));
  if (!parts_.storing) return;
  registry_.gauge("opwire_archive_encoding_bytes", "Of blocks that are being encoded for the archive",
                  [this] { return real(parts_.storing().bytes); });
  registry_.counter("opwire_archive_left_out_total", "Blocks that were not encoded, for want of room",
                    [this] { return real(parts_.storing().left_out); });
}

}  // namespace opwire::node
