// What a node's file says of peers, read at one moment by another process; the node may be running.
#pragma once

#include <filesystem>
#include <memory>
#include <vector>

#include "opwire/node/peer_entry.hpp"
#include "opwire/opstack/reputation/ban_table.hpp"
#include "opwire/opstack/reputation/block_list.hpp"

namespace opwire::node {

struct PeerFile {
  std::vector<PeerEntry> peers;  ///< by their ids
  opstack::reputation::BanTable<opstack::reputation::Ip> banned_ips;
  opstack::reputation::BlockList blocks;  ///< peers too
  std::size_t unreadable = 0;             ///< records

  PeerFile();
};

/// Nothing is written. Bans that are over and addresses whose time has come are left out; scores are not, however old.
/// Blocks. Errors: a line for the user.
Result<std::unique_ptr<PeerFile>, std::string> read_peer_file(const std::filesystem::path& file, WallTime now);

}  // namespace opwire::node
