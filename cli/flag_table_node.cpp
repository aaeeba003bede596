// Everything but P2P: what opwire adds, and what an op-node command line carries beside its P2P flags.
#include <array>

#include "cli/flag_table.hpp"

namespace opwire::cli {
namespace {

using enum FlagType;
using enum FlagEffect;
using enum FlagOrigin;

constexpr auto kFlags = std::to_array<FlagSpec>({
    {"network", "NETWORK", kText, "", kUsed, kShown, "",
     "A chain of the registry: op-mainnet, base-mainnet, op-sepolia ..."},
    {"rollup.config", "ROLLUP_CONFIG", kPath, "", kUsed, kShown, "", "rollup.json of any other chain"},
    {"override.canyon", "OVERRIDE_CANYON", kUint, "", kUsed, kShown, "",
     "Time of the fork in Unix seconds, in place of the chain's"},
    {"override.delta", "OVERRIDE_DELTA", kUint, "", kUsed, kShown, "", "The same for Delta"},
    {"override.ecotone", "OVERRIDE_ECOTONE", kUint, "", kUsed, kShown, "", "Ecotone"},
    {"override.fjord", "OVERRIDE_FJORD", kUint, "", kUsed, kShown, "", "Fjord"},
    {"override.granite", "OVERRIDE_GRANITE", kUint, "", kUsed, kShown, "", "Granite"},
    {"override.holocene", "OVERRIDE_HOLOCENE", kUint, "", kUsed, kShown, "", "Holocene"},
    {"override.pectrablobschedule", "OVERRIDE_PECTRABLOBSCHEDULE", kUint, "", kUsed, kShown, "",
     "Pectra blob schedule"},
    {"override.isthmus", "OVERRIDE_ISTHMUS", kUint, "", kUsed, kShown, "", "Isthmus"},
    {"override.jovian", "OVERRIDE_JOVIAN", kUint, "", kUsed, kShown, "", "Jovian"},
    {"override.karst", "OVERRIDE_KARST", kUint, "", kUsed, kShown, "", "Karst"},
    {"override.interop", "OVERRIDE_INTEROP", kUint, "", kUsed, kShown, "", "Interop"},
    {"override.lagoon", "OVERRIDE_LAGOON", kUint, "", kLater, kHidden, "", "Lagoon"},

    {"config", "CONFIG", kPath, "", kUsed, kOwn, "", "TOML or INI file: flags without the dashes, name = value"},
    {"feed", "FEED", kPath, "", kUsed, kOwn, "",
     "Append a JSON line for each accepted block to this file; -: standard output"},

    {"log.level", "LOG_LEVEL", kText, "INFO", kUsed, kShown, "",
     "trace, debug, info, warn, error or off; by module too: info,gossipsub=debug"},
    {"log.format", "LOG_FORMAT", kText, "text", kUsed, kShown, "", "text, terminal, logfmt, logfmtms, json or jsonms"},
    {"log.color", "LOG_COLOR", kBool, "", kUsed, kShown, "", "Colours; default: on a terminal"},
    {"log.pid", "LOG_PID", kBool, "false", kLater, kShown, "false", "Process id in the log"},

    {"l1", "L1_ETH_RPC", kText, "http://127.0.0.1:8545", kLater, kShown, "", "L1 RPC"},
    {"l1.beacon", "L1_BEACON", kText, "", kLater, kShown, "", "Beacon API"},
    {"l1.beacon-header", "L1_BEACON_HEADER", kText, "", kLater, kShown, "", "Header for the beacon API"},
    {"l1.beacon-fallbacks", "L1_BEACON_FALLBACKS|L1_BEACON_ARCHIVER", kList, "", kLater, kShown, "",
     "Further beacon APIs"},
    {"l1.beacon.ignore", "L1_BEACON_IGNORE", kBool, "false", kLater, kShown, "false", "Start without the beacon API"},
    {"l1.beacon.fetch-all-sidecars", "L1_BEACON_FETCH_ALL_SIDECARS", kBool, "false", kLater, kShown, "false",
     "All blobs"},
    {"l1.beacon.slot-duration-override", "L1_BEACON_SLOT_DURATION_OVERRIDE", kUint, "0", kLater, kShown, "0",
     "Slot time"},
    {"l1.trustrpc", "L1_TRUST_RPC", kBool, "false", kLater, kShown, "false", "Do not verify what L1 answers"},
    {"l1.rpckind", "L1_RPC_KIND", kText, "standard", kLater, kShown, "", "Kind of L1 provider"},
    {"l1.max-concurrency", "L1_MAX_CONCURRENCY", kInt, "10", kLater, kShown, "", "L1 requests at once"},
    {"l1.rpc-rate-limit", "L1_RPC_RATE_LIMIT", kFloat, "0", kLater, kShown, "", "L1 requests a second"},
    {"l1.rpc-max-batch-size", "L1_RPC_MAX_BATCH_SIZE", kInt, "20", kLater, kShown, "", "L1 requests in a batch"},
    {"l1.http-poll-interval", "L1_HTTP_POLL_INTERVAL", kDuration, "12s", kLater, kShown, "",
     "Polling of an HTTP L1 RPC"},
    {"l1.cache-size", "L1_CACHE_SIZE", kUint, "900", kLater, kShown, "", "L1 blocks kept"},
    {"l1.epoch-poll-interval", "L1_EPOCH_POLL_INTERVAL", kDuration, "6m24s", kLater, kShown, "",
     "Polling of L1 epochs"},
    {"l1.runtime-config-reload-interval", "L1_RUNTIME_CONFIG_RELOAD_INTERVAL", kDuration, "10m", kLater, kShown, "",
     "How often the block signer is read from L1"},
    {"rollup.l1-chain-config", "ROLLUP_L1_CHAIN_CONFIG", kPath, "", kLater, kShown, "", "L1 chain configuration"},

    {"l2", "L2_ENGINE_RPC", kText, "", kLater, kShown, "", "Engine API"},
    {"l2.jwt-secret", "L2_ENGINE_AUTH", kPath, "", kLater, kShown, "", "Secret of the Engine API"},
    {"l2.enginekind", "L2_ENGINE_KIND", kText, "geth", kLater, kShown, "", "Kind of engine"},
    {"l2.engine-rpc-timeout", "L2_ENGINE_RPC_TIMEOUT", kDuration, "10s", kLater, kShown, "", "Limit of an engine call"},
    {"l2.follow.source", "L2_FOLLOW_SOURCE", kText, "", kLater, kShown, "", "RPC of a node to follow"},
    {"l2.follow.source.rpc-timeout", "L2_FOLLOW_SOURCE_RPC_TIMEOUT", kDuration, "10s", kLater, kHidden, "",
     "Its limit"},
    {"syncmode", "SYNCMODE", kText, "consensus-layer", kUsed, kShown, "",
     "Who syncs: consensus-layer or execution-layer"},
    {"syncmode.req-resp", "SYNCMODE_REQ_RESP", kBool, "true", kUsed, kShown, "",
     "Fill gaps from peers; false: the execution engine does (op-node's default)"},
    {"from-genesis", "FROM_GENESIS", kBool, "false", kUsed, kOwn, "",
     "Without --l2, begin at the chain's genesis instead of at the first block that arrives"},
    {"backfill", "BACKFILL", kUint, "0", kUsed, kOwn, "", "Fetch so many blocks below the head into the archive"},
    {"archive.path", "ARCHIVE_PATH", kPath, "opwire_payloads.mdb", kUsed, kOwn, "",
     "File of the payloads that were seen or fetched, or memory: the newest 64 MiB"},
    {"archive.max-blocks", "ARCHIVE_MAX_BLOCKS", kUint, "100000", kUsed, kOwn, "",
     "Blocks that it keeps; the oldest go first"},
    {"archive.max-age", "ARCHIVE_MAX_AGE", kDuration, "720h", kUsed, kOwn, "", "Age of the blocks that it keeps"},
    {"archive.max-size", "ARCHIVE_MAX_SIZE", kText, "4GiB", kUsed, kOwn, "", "Size up to which it keeps them"},
    {"archive.reset-damaged", "ARCHIVE_RESET_DAMAGED", kBool, "false", kUsed, kOwn, "",
     "Set a damaged archive aside and begin anew"},
    {"syncmode.offset-el-safe", "SYNCMODE_OFFSET_EL_SAFE", kDuration, "12h", kLater, kShown, "",
     "Safe head after EL sync"},
    {"fetch-withdrawal-root-from-state", "FETCH_WITHDRAWAL_ROOT_FROM_STATE", kBool, "false", kLater, kShown, "false",
     "Withdrawals root from the state"},

    {"verifier.l1-confs", "VERIFIER_L1_CONFS", kUint, "0", kLater, kShown, "0",
     "Distance to the L1 head when verifying"},
    {"sequencer.enabled", "SEQUENCER_ENABLED", kBool, "false", kLater, kShown, "false", "Build blocks"},
    {"sequencer.stopped", "SEQUENCER_STOPPED", kBool, "false", kLater, kShown, "false",
     "Start with sequencing stopped"},
    {"sequencer.max-safe-lag", "SEQUENCER_MAX_SAFE_LAG", kUint, "0", kLater, kShown, "0",
     "Largest distance to the safe head"},
    {"sequencer.l1-confs", "SEQUENCER_L1_CONFS", kUint, "4", kLater, kShown, "",
     "Distance to the L1 head when sequencing"},
    {"sequencer.recover", "SEQUENCER_RECOVER", kBool, "false", kLater, kShown, "false", "Empty blocks only"},
    {"sequencer.sealing-duration", "SEQUENCER_SEALING_DURATION", kDuration, "50ms", kLater, kShown, "", "Time to seal"},
    {"finality.lookback", "FINALITY_LOOKBACK", kUint, "", kLater, kShown, "", "L1 blocks of finality data"},
    {"finality.delay", "FINALITY_DELAY", kUint, "", kLater, kShown, "", "L1 blocks between finality checks"},
    {"safedb.path", "SAFEDB_PATH", kPath, "", kLater, kShown, "", "Database of safe heads"},
    {"conductor.enabled", "CONDUCTOR_ENABLED", kBool, "false", kLater, kShown, "false", "Conductor"},
    {"conductor.rpc", "CONDUCTOR_RPC", kText, "http://127.0.0.1:8547", kLater, kShown, "", "Its RPC"},
    {"conductor.rpc-timeout", "CONDUCTOR_RPC_TIMEOUT", kDuration, "1s", kLater, kShown, "", "Limit of its calls"},
    {"interop.dependency-set", "INTEROP_DEPENDENCY_SET", kPath, "", kLater, kShown, "", "Dependency set"},
    {"experimental.sequencer-api", "EXPERIMENTAL_SEQUENCER_API", kBool, "false", kLater, kShown, "false",
     "Test sequencer RPC"},
    {"altda.enabled", "ALTDA_ENABLED", kBool, "false", kLater, kShown, "false", "Data availability outside L1"},
    {"altda.da-server", "ALTDA_DA_SERVER", kText, "", kLater, kShown, "", "Its server"},
    {"altda.verify-on-read", "ALTDA_VERIFY_ON_READ", kBool, "true", kLater, kShown, "", "Verify what it answers"},
    {"altda.da-service", "ALTDA_DA_SERVICE", kBool, "false", kLater, kShown, "false", "Generic commitments"},
    {"altda.put-timeout", "ALTDA_PUT_TIMEOUT", kDuration, "0s", kLater, kShown, "", "Limit of storing"},
    {"altda.get-timeout", "ALTDA_GET_TIMEOUT", kDuration, "0s", kLater, kShown, "", "Limit of reading"},
    {"altda.max-concurrent-da-requests", "ALTDA_MAX_CONCURRENT_DA_REQUESTS", kUint, "1", kLater, kShown, "",
     "Requests at once"},

    {"rpc.addr", "RPC_ADDR", kText, "0.0.0.0", kLater, kShown, "", "RPC address"},
    {"rpc.port", "RPC_PORT", kUint, "9545", kLater, kShown, "", "RPC port"},
    {"rpc.enable-admin", "RPC_ENABLE_ADMIN", kBool, "false", kLater, kShown, "false", "Admin RPC"},
    {"rpc.admin-state", "RPC_ADMIN_STATE", kPath, "", kLater, kShown, "", "File of what the admin RPC changed"},
    {"metrics.enabled", "METRICS_ENABLED", kBool, "false", kLater, kShown, "false", "Metrics"},
    {"metrics.addr", "METRICS_ADDR", kText, "0.0.0.0", kLater, kShown, "", "Their address"},
    {"metrics.port", "METRICS_PORT", kUint, "7300", kLater, kShown, "", "Their port"},
    {"pprof.enabled", "PPROF_ENABLED", kBool, "false", kLater, kShown, "false", "Profiling endpoint"},
    {"pprof.addr", "PPROF_ADDR", kText, "0.0.0.0", kLater, kShown, "", "Its address"},
    {"pprof.port", "PPROF_PORT", kUint, "6060", kLater, kShown, "", "Its port"},
    {"pprof.path", "PPROF_PATH", kPath, "", kLater, kShown, "", "File or folder of profiles"},
    {"pprof.type", "PPROF_TYPE", kText, "", kLater, kShown, "", "Kind of profile"},

    // Without effect in op-node too; it hides them.
    {"snapshotlog.file", "SNAPSHOT_LOG", kPath, "", kNothing, kHidden, "", "Without effect"},
    {"heartbeat.enabled", "HEARTBEAT_ENABLED", kBool, "false", kNothing, kHidden, "", "Without effect"},
    {"heartbeat.moniker", "HEARTBEAT_MONIKER", kText, "", kNothing, kHidden, "", "Without effect"},
    {"heartbeat.url", "HEARTBEAT_URL", kText, "", kNothing, kHidden, "", "Without effect"},
    {"l2.engine-sync", "L2_ENGINE_SYNC_ENABLED", kBool, "false", kNothing, kHidden, "", "Without effect"},
    {"l2.skip-sync-start-check", "L2_SKIP_SYNC_START_CHECK", kBool, "false", kNothing, kHidden, "", "Without effect"},
    {"beta.extra-networks", "BETA_EXTRA_NETWORKS", kBool, "false", kNothing, kHidden, "", "Without effect"},
    {"l2.backup-unsafe-sync-rpc", "L2_BACKUP_UNSAFE_SYNC_RPC", kText, "", kNothing, kHidden, "", "Without effect"},
    {"l2.backup-unsafe-sync-rpc.trustrpc", "L2_BACKUP_UNSAFE_SYNC_RPC_TRUST_RPC", kText, "", kNothing, kHidden, "",
     "Without effect"},
    {"ignore-missing-pectra-blob-schedule", "IGNORE_MISSING_PECTRA_BLOB_SCHEDULE", kBool, "false", kNothing, kHidden,
     "", "Skips a check that is not made here"},

    // Gone from op-node, still on old command lines.
    {"supervisor", "SUPERVISOR", kText, "", kNothing, kHidden, "", "Without effect"},
    {"rollup.halt", "ROLLUP_HALT", kText, "", kLater, kHidden, "", "Stop at an incompatible protocol version"},
    {"rollup.load-protocol-versions", "ROLLUP_LOAD_PROTOCOL_VERSIONS", kBool, "false", kLater, kHidden, "false",
     "Read protocol versions from L1"},
});

}  // namespace

std::span<const FlagSpec> node_flags() {
  return kFlags;
}

}  // namespace opwire::cli
