// rollup.json, op-node's file format for a RollupConfig.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "opwire/opstack/chain/rollup_config.hpp"

namespace opwire::opstack {

struct ParsedRollupConfig {
  RollupConfig config;
  std::vector<std::string> warnings;  ///< a line each, for the log
};

/// Reads the file's text. Missing fields stay zero, as in op-node: call validate() once overrides are applied. Fields
/// without a meaning here are ignored, except that an unknown "*_time" is kept and gives a warning. The error names the
/// field: "genesis.l1.hash: expected 32 bytes in 0x-hex".
Result<ParsedRollupConfig, std::string> parse_rollup_config(std::string_view json);

/// The same bytes that op-node writes: its order of fields, two spaces of indentation, no newline at the end.
std::string to_json(const RollupConfig& config);

}  // namespace opwire::opstack
