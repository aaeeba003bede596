#include "cli/devnet_view.hpp"

#include <algorithm>
#include <cstdio>

#include "opwire/codec/hex.hpp"

namespace opwire::cli {
namespace {

std::string milliseconds(Duration duration) {
  char text[32];
  std::snprintf(text, sizeof(text), "%.1f ms", std::chrono::duration<double, std::milli>(duration).count());
  return text;
}

/// share: 0 the least, 1 the greatest. "-" of nothing.
std::string quantile(std::vector<Duration> times, double share) {
  if (times.empty()) return "-";
  std::sort(times.begin(), times.end());
  const auto last = static_cast<double>(times.size() - 1);
  return milliseconds(times[static_cast<std::size_t>(share * last + 0.5)]);
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

std::string devnet_table(const DevnetNetwork& network) {
  const std::string topic = network.topic();
  const std::size_t total = network.published().size();
  const std::uint64_t newest = total == 0 ? 0 : network.published().back().number;
  std::string text = row("node", "peer", "peers", "mesh", "block", "has", "p50");
  text += node_row("sequencer", network.sequencer(), topic, newest, std::to_string(total), "");
  for (std::size_t i = 0; i < network.follower_count(); ++i) {
    const FollowerRecord& record = network.record(i);
    const std::string have = std::to_string(record.accepted.size()) + "/" + std::to_string(total);
    text += node_row(follower_name(i), network.follower(i), topic, record.last_block, have,
                     quantile(network.latencies(i), 0.5));
  }
  return text;
}

std::string devnet_line(const DevnetNetwork& network) {
  const PublishedBlock& block = network.published().back();
  std::vector<Duration> times;
  for (std::size_t i = 0; i < network.follower_count(); ++i) {
    const auto found = network.record(i).accepted.find(block.hash);
    if (found != network.record(i).accepted.end()) times.push_back(found->second - block.at);
  }
  return "block " + std::to_string(block.number) + " " + shortened(block.hash) + ": " + std::to_string(times.size()) +
         "/" + std::to_string(network.follower_count()) + " followers, median " + quantile(times, 0.5) + ", slowest " +
         quantile(times, 1);
}

std::string devnet_summary(const DevnetNetwork& network) {
  std::string text;
  for (std::size_t i = 0; i < network.follower_count(); ++i) {
    const std::vector<Duration> times = network.latencies(i);
    text += follower_name(i) + ": accepted " + std::to_string(times.size()) + " of " +
            std::to_string(network.published().size()) + " blocks, " + std::to_string(network.record(i).wire_bytes) +
            " bytes, p50 " + quantile(times, 0.5) + ", p99 " + quantile(times, 0.99) + "\n";
  }
  return text;
}

void LiveTable::draw(const std::string& text) {
  if (lines_ > 0) std::printf("\033[%zuA", lines_);
  std::string out;
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
