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
                const std::string& head, const std::string& latency, const std::string& state) {
  char text[200];
  std::snprintf(text, sizeof(text), "%-12s %-10s %5s %5s %8s %10s  %s", name.c_str(), peer.c_str(), peers.c_str(),
                mesh.c_str(), head.c_str(), latency.c_str(), state.c_str());
  std::string line = text;
  line.erase(line.find_last_not_of(' ') + 1);
  return line + "\n";
}

std::string node_row(const std::string& name, const node::Node& node, const std::string& topic, std::uint64_t head,
                     const std::string& latency, const std::string& state) {
  const node::Status status = node.status();
  return row(name, node.host().id().short_string(), std::to_string(status.peers), std::to_string(status.mesh.at(topic)),
             std::to_string(head), latency, state);
}

std::string shortened(const Hash256& hash) {
  const std::string hex = codec::to_hex0x(hash.view());
  return hex.substr(0, 10) + "…" + hex.substr(hex.size() - 4);
}

/// What is out of the ordinary with it; empty: nothing.
std::string state_of(const DevnetNetwork& network, const DevnetFollower& follower) {
  if (!follower.node) return "joins after block " + std::to_string(network.options().late);
  const std::string behind = std::to_string(network.published().count - follower.head()) + " behind";
  if (follower.cable.is_cut()) return "no cable, " + behind;
  const auto progress = follower.node->chain().progress();
  if (!progress) return follower.head() + 1 < network.published().count ? behind : "";
  return "fetching " + std::to_string(progress->proved) + "/" + std::to_string(progress->wanted);
}

std::string follower_row(const DevnetNetwork& network, const DevnetFollower& follower) {
  const std::string state = state_of(network, follower);
  if (!follower.node) return row(follower.name, "-", "-", "-", "-", "-", state);
  return node_row(follower.name, *follower.node, network.topic(), follower.head(),
                  share_of(follower.record.latencies, 0.5), state);
}

}  // namespace

std::string devnet_table(const DevnetNetwork& network, std::size_t max_lines) {
  std::string text = row("node", "peer", "peers", "mesh", "head", "p50", "");
  text += node_row("sequencer", network.sequencer(), network.topic(), network.published().count, "", "");
  const auto& followers = network.followers();
  const std::size_t room = max_lines > kTableFrame ? max_lines - kTableFrame : 1;
  const std::size_t shown = followers.size() <= room ? followers.size() : room - 1;
  // The last ones are those to which something happens.
  for (std::size_t i = followers.size() - shown; i < followers.size(); ++i) text += follower_row(network, followers[i]);
  if (shown < followers.size()) {
    text += "and " + std::to_string(followers.size() - shown) + " more followers\n";
  }
  return text;
}

std::string devnet_line(const DevnetNetwork& network) {
  const PublishedBlocks::Block& block = network.published().newest.back();
  std::deque<Duration> times;
  std::string states;
  for (const DevnetFollower& follower : network.followers()) {
    const FollowerRecord& record = follower.record;
    if (record.last_block == block.number && !record.latencies.empty()) times.push_back(record.latencies.back());
    const std::string state = state_of(network, follower);
    if (!state.empty()) states.append("; ").append(follower.name).append(": ").append(state);
  }
  return "block " + std::to_string(block.number) + " " + shortened(block.hash) + ": " + std::to_string(times.size()) +
         "/" + std::to_string(network.followers().size()) + " followers, median " + share_of(times, 0.5) +
         ", slowest " + share_of(times, 1) + states;
}

std::string devnet_summary(const DevnetNetwork& network) {
  std::string text;
  const std::string all = std::to_string(network.published().count);
  for (const DevnetFollower& follower : network.followers()) {
    const FollowerRecord& record = follower.record;
    text += follower.name + ": head " + std::to_string(follower.head()) + " of " + all + ", " +
            std::to_string(record.count) + " blocks from gossip, " + std::to_string(record.wire_bytes) +
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
