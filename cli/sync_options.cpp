#include "cli/sync_options.hpp"

#include "cli/byte_size.hpp"

namespace opwire::cli {
namespace {

Result<opstack::SyncMode, std::string> sync_mode(const FlagValues& flags) {
  const std::string mode = flags.text("syncmode");
  if (mode == "consensus-layer") return opstack::SyncMode::kConsensus;
  if (mode == "execution-layer") return opstack::SyncMode::kExecution;
  return flags.source("syncmode") + ": '" + mode + "' is not consensus-layer or execution-layer";
}

}  // namespace

Result<std::optional<node::ArchiveConfig>, std::string> archive_config(const FlagValues& flags) {
  const std::string path = flags.text("archive.path");
  if (path.empty()) return flags.source("archive.path") + ": empty; give a file or memory";
  if (path == "memory") return std::optional<node::ArchiveConfig>();
  node::ArchiveConfig config;
  config.file = path;
  config.bounds.max_count = flags.number("archive.max-blocks");
  config.bounds.max_age = std::chrono::duration_cast<std::chrono::seconds>(flags.duration("archive.max-age"));
  const std::string size = flags.text("archive.max-size");
  const auto bytes = parse_byte_size(size);
  if (!bytes) return flags.source("archive.max-size") + ": '" + size + "' is not a size, such as 500MiB or 4GiB";
  config.bounds.max_bytes = *bytes;
  config.reset_damaged = flags.boolean("archive.reset-damaged");
  return std::optional(std::move(config));
}

Result<node::DriverConfig, std::string> driver_config(const FlagValues& flags) {
  node::DriverConfig config;
  OPW_TRY(config.mode, sync_mode(flags));
  // Who tells op-node not to ask peers need not tell it twice.
  const bool may_ask = flags.boolean("p2p.sync.req-resp");
  config.req_resp = flags.is_set("syncmode.req-resp") ? flags.boolean("syncmode.req-resp") : may_ask;
  config.offset_safe = flags.duration("syncmode.offset-el-safe");
  config.from_genesis = flags.boolean("from-genesis");
  config.backfill = flags.number("backfill");
  return config;
}

}  // namespace opwire::cli
