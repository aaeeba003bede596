#include "cli/discover_view.hpp"

#include <algorithm>
#include <cstdio>
#include <map>

#include <boost/json.hpp>

#include "cli/discovery_options.hpp"
#include "cli/printable.hpp"
#include "opwire/codec/hex.hpp"
#include "opwire/codec/rlp_reader.hpp"
#include "opwire/opstack/discovery/chain_entry.hpp"

namespace opwire::cli {
namespace {

using discv5::CrawledNode;

constexpr std::size_t kBar = 30;
constexpr std::size_t kChainsShown = 20;

double milliseconds(Duration duration) {
  return std::chrono::duration<double, std::milli>(duration).count();
}

constexpr std::size_t kProgram = 40;

/// The `client` entry (EIP-7636): name, version, build.
std::string client_entry(const discv5::NodeRecord& record) {
  const auto value = record.find("client");
  if (!value) return "";
  auto items = codec::rlp::read_list(*value);
  std::string text;
  while (items && !items->empty()) {
    const auto part = items->bytes();
    if (!part) break;
    text += (text.empty() ? "" : "/") + std::string(as_text(*part));
  }
  return text;
}

std::string program_of(const CrawledNode& node, const Agents& agents) {
  const auto agent = agents.find(node.record->id());
  if (agent != agents.end() && !agent->second.empty()) return printable(agent->second, kProgram);
  return printable(client_entry(*node.record), kProgram);
}

std::string answer_text(const CrawledNode& node) {
  if (!node.asked) return "not asked";
  if (!node.answered) return "silent";
  if (!node.answer_time) return "lost";
  char text[32];
  std::snprintf(text, sizeof text, "%.1f ms", milliseconds(*node.answer_time));
  return text;
}

}  // namespace

void CrawlProgress::draw(const discv5::Crawler& crawler, TimePoint now) {
  const std::size_t known = crawler.asked() + crawler.waiting();
  const double done = known == 0 ? 0 : static_cast<double>(crawler.asked()) / static_cast<double>(known);
  const auto filled = static_cast<std::size_t>(done * kBar);
  const std::string bar = std::string(filled, '#') + std::string(kBar - filled, '.');
  const double seconds = milliseconds(now - begun_) / 1000;
  std::fprintf(stderr, "\r\x1b[K[%s] %zu of %zu nodes asked, %zu answered, %.0f of %.0f s at most", bar.c_str(),
               crawler.asked(), known, crawler.answered(), seconds, milliseconds(limit_) / 1000);
  std::fflush(stderr);
}

void CrawlProgress::erase() {
  std::fprintf(stderr, "\r\x1b[K");
}

void print_table(const std::vector<const CrawledNode*>& nodes, const Agents& agents, bool with_agents) {
  if (nodes.empty()) return;
  std::printf("%-22s %-24s %10s %6s  %-24s %s\n", "CHAIN", "ADDRESS", "ANSWER", "NAMED",
              with_agents ? "PROGRAM" : "CLIENT", "NODE");
  for (const CrawledNode* node : nodes) {
    const std::string address = node->endpoint ? node->endpoint->to_string() : "-";
    std::printf("%-22s %-24s %10s %6zu  %-24s %s\n", chain_label(*node->record).c_str(), address.c_str(),
                answer_text(*node).c_str(), node->named, program_of(*node, agents).c_str(),
                codec::to_hex(node->record->id().bytes).substr(0, 16).c_str());
  }
}

void print_json(const std::vector<const CrawledNode*>& nodes, const Agents& agents) {
  for (const CrawledNode* node : nodes) {
    boost::json::object line{{"node_id", codec::to_hex(node->record->id().bytes)},
                             {"enr", node->record->to_text()},
                             {"chain", chain_label(*node->record)},
                             {"address", node->endpoint ? node->endpoint->to_string() : ""},
                             {"answered", node->answered},
                             {"named", node->named},
                             {"program", program_of(*node, agents)}};
    if (const auto entry = opstack::chain_entry(*node->record)) line["chain_id"] = entry->chain.value;
    if (node->answer_time) line["answer_ms"] = milliseconds(*node->answer_time);
    std::printf("%s\n", boost::json::serialize(line).c_str());
  }
}

std::string crawl_summary(const discv5::Crawler& crawler) {
  std::map<std::string, std::pair<std::size_t, std::size_t>> chains;  // heard of, answered
  for (const auto& [id, node] : crawler.nodes()) {
    auto& [heard, answered] = chains[chain_label(*node.record)];
    ++heard;
    answered += node.answered ? 1 : 0;
  }
  std::vector<std::pair<std::string, std::pair<std::size_t, std::size_t>>> sorted(chains.begin(), chains.end());
  std::ranges::sort(sorted, [](const auto& a, const auto& b) { return a.second.first > b.second.first; });
  std::string text = std::to_string(crawler.nodes().size()) + " nodes heard of, " + std::to_string(crawler.asked()) +
                     " asked, " + std::to_string(crawler.answered()) + " answered\n";
  for (std::size_t i = 0; i < std::min(sorted.size(), kChainsShown); ++i) {
    const auto& [name, counts] = sorted[i];
    text += "  " + (name == "-" ? std::string("no OP Stack chain") : name) + ": " + std::to_string(counts.first) +
            ", answered " + std::to_string(counts.second) + "\n";
  }
  return text;
}

}  // namespace opwire::cli
