#include "cli/devnet_view.hpp"

#include <cstdio>

#include "cli/statistics.hpp"
#include "opwire/codec/hex.hpp"

namespace opwire::cli {
namespace {

constexpr std::size_t kTableFrame = 3;  // head, sequencer, and the line below the table

// "-" of nothing.
std::string share_of(const std::deque<Duration>& latencies, double share) {
  if (latencies.empty()) return "-";
  return in_milliseconds(quantile(std::vector<Duration>(latencies.begin(), latencies.end()), share));
}

std::string row(const std::string& name, const std::string& peer, const std::string& peers, const std::string& mesh,
                const std::string& block, const std::string& have, const std::string& latency) {
  char text[160];
  std::snprintf(text, sizeof(text), "%-12s %-10s %5s %5s %8s %11s %10s\n", name.c_str(), peer.c_str(), peers.c_str(),
                mesh.c_str(), block.c_str(), have.c_str(), latency.c_str());
  return text;
}

std::string node_row(const std::string& name, const node::Node& node, const std::string& topic, std::uint64_t block,
                     const std::string& have, const std::string& latency) {
  const node::Status status = node.status();
  return row(name, node.host().id().short_string(), std::to_string(status.peers), std::to_string(status.mesh.at(topic)),
             std::to_string(block), have, latency);
}

std::string shortened(const Hash256& hash) {
  const std::string hex = codec::to_hex0x(hash.view());
  return hex.substr(0, 10) + "…" + hex.substr(hex.size() - 4);
}

std::string follower_name(std::size_t index) {
  return "follower " + std::to_string(index + 1);
}

}  // namespace

std::string devnet_table(const DevnetNetwork& network, std::size_t max_lines) {
  const std::string topic = network.topic();
  const PublishedBlocks& published = network.published();
  const std::uint64_t newest = published.newest.empty() ? 0 : published.newest.back().number;
  std::string text = row("node", "peer", "peers", "mesh", "block", "has", "p50");
  text += node_row("sequencer", network.sequencer(), topic, newest, std::to_string(published.count), "");
  const std::size_t room = max_lines > kTableFrame ? max_lines - kTableFrame : 1;
  const std::size_t shown = network.follower_count() <= room ? network.follower_count() : room - 1;
  for (std::size_t i = 0; i < shown; ++i) {
    const FollowerRecord& record = network.record(i);
    const std::string have = std::to_string(record.count) + "/" + std::to_string(published.count);
    text += node_row(follower_name(i), network.follower(i), topic, record.last_block, have,
                     share_of(record.latencies, 0.5));
  }
  if (shown < network.follower_count()) {
    text += "and " + std::to_string(network.follower_count() - shown) + " more followers\n";
  }
  return text;
}

std::string devnet_line(const DevnetNetwork& network) {
  const PublishedBlocks::Block& block = network.published().newest.back();
  std::deque<Duration> times;
  for (std::size_t i = 0; i < network.follower_count(); ++i) {
    const FollowerRecord& record = network.record(i);
    if (record.last_block == block.number && !record.latencies.empty()) times.push_back(record.latencies.back());
  }
  return "block " + std::to_string(block.number) + " " + shortened(block.hash) + ": " + std::to_string(times.size()) +
         "/" + std::to_string(network.follower_count()) + " followers, median " + share_of(times, 0.5) + ", slowest " +
         share_of(times, 1);
}

std::string devnet_summary(const DevnetNetwork& network) {
  std::string text;
  for (std::size_t i = 0; i < network.follower_count(); ++i) {
    const FollowerRecord& record = network.record(i);
    text += follower_name(i) + ": accepted " + std::to_string(record.count) + " of " +
            std::to_string(network.published().count) + " blocks, " + std::to_string(record.wire_bytes) +
            " bytes, p50 " + share_of(record.latencies, 0.5) + ", p99 " + share_of(record.latencies, 0.99) + "\n";
  }
  return text;
}

void LiveTable::draw(const std::string& text) {
  std::string out = "\r";  // over what the keyboard echoed, such as ^C
  if (lines_ > 0) out += "\033[" + std::to_string(lines_) + "A";
  lines_ = 0;
  for (const char c : text) {
    if (c == '\n') {
      out += "\033[K";  // what is left of a longer line before
      ++lines_;
    }
    out += c;
  }
  std::fputs(out.c_str(), stdout);
  std::fflush(stdout);
}

}  // namespace opwire::cli
