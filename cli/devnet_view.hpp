// What a local network looks like: a table that is drawn over itself on a terminal, a line a block elsewhere.
#pragma once

#include <string>

#include "cli/devnet_network.hpp"

namespace opwire::cli {

/// A row for each node, as far as max_lines goes: peers, mesh, head, median time from publishing to acceptance, and
/// what happens to it.
std::string devnet_table(const DevnetNetwork& network, std::size_t max_lines);
/// "block 7 0x1234…abcd: 3/3 followers, median 1.4 ms, slowest 2.0 ms", of the newest block.
std::string devnet_line(const DevnetNetwork& network);
/// At the end: totals, and p50 and p99 for each follower.
std::string devnet_summary(const DevnetNetwork& network);

/// Draws the table in place; knows how many lines to go back.
class LiveTable {
 public:
  void draw(const std::string& text);

 private:
  std::size_t lines_ = 0;
};

}  // namespace opwire::cli
