// How `opwire discover` shows what it does and what it found.
#pragma once

#include <string>
#include <vector>

#include "cli/agents.hpp"
#include "opwire/discv5/crawler.hpp"

namespace opwire::cli {

/// One line on stderr that is drawn over itself.
class CrawlProgress {
 public:
  CrawlProgress(TimePoint begun, Duration limit) : begun_(begun), limit_(limit) {}
  void draw(const discv5::Crawler& crawler, TimePoint now);
  void erase();

 private:
  const TimePoint begun_;
  const Duration limit_;
};

/// A row a node: chain, address, answer time, what it named, program, node id.
void print_table(const std::vector<const discv5::CrawledNode*>& nodes, const Agents& agents, bool with_agents);
/// One object a line.
void print_json(const std::vector<const discv5::CrawledNode*>& nodes, const Agents& agents);
/// "1,204 nodes heard of, 803 asked, 611 answered", and how many by chain.
std::string crawl_summary(const discv5::Crawler& crawler);

}  // namespace opwire::cli
