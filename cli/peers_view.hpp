// How `opwire peers` shows what is known: from a file's contents to lines of text.
#pragma once

#include <string>
#include <vector>

#include "opwire/node/peer_file.hpp"

namespace opwire::cli {

/// A heading and a line for each peer, those seen last first; then banned and blocked addresses. Printable ASCII,
/// whatever peers call themselves. columns: no line is longer, and ids are their ends; 0: whole ids, any length.
std::vector<std::string> peer_table(const node::PeerFile& file, WallTime now, std::size_t columns);
std::vector<std::string> peer_lines(const node::PeerEntry& entry, WallTime now);
/// Banned and blocked addresses and subnets, a JSON object each.
std::vector<std::string> address_json_lines(const node::PeerFile& file, WallTime now);

/// "now", "5m", "3h", "2d"; of what lies ahead too.
std::string rough_span(Duration span);

}  // namespace opwire::cli
