// opwire peers: what a node knows of peers, in its file or by its RPC.
#pragma once

#include <filesystem>
#include <optional>
#include <string>

#include "cli/node_rpc.hpp"
#include "opwire/base/result.hpp"
#include "opwire/base/strong.hpp"

namespace opwire::cli {

struct PeersOptions {
  std::string file;
  std::string peerstore = "opnode_peerstore_db";
  NodeRpcOptions rpc{"", ""};  ///< without a URL: the file
  std::string peer;
  std::string duration = "1h";
  std::string reason;
  std::string input;
  std::string network;
  std::uint64_t chain_id = 0;
  bool json = false;
  bool kona = false;

  std::filesystem::path path() const;
  /// None: none was given. Errors: a line that names the flag.
  Result<std::optional<ChainId>, std::string> chain() const;
};

// Each is a command; the exit code.
int ban_peer(const PeersOptions& options);
int unban_peer(const PeersOptions& options);
int import_peers(const PeersOptions& options);

}  // namespace opwire::cli
