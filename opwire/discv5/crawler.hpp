// Walks the whole network: asks every node that it hears of for all that it knows.
#pragma once

#include <deque>
#include <functional>
#include <optional>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "opwire/discv5/service.hpp"
#include "opwire/runtime/scope.hpp"

namespace opwire::discv5 {

struct CrawlOptions {
  CrawlOptions() = default;
  std::size_t workers = 32;       ///< nodes that are asked at once
  std::size_t max_nodes = 20000;  ///< more are not taken
  TimePoint deadline = TimePoint::max();
};

/// What was found of a node.
struct CrawledNode {
  RecordPtr record;                       ///< the newest that was seen
  std::optional<net::Endpoint> endpoint;  ///< none of our families: it could not be asked
  bool asked = false;
  bool answered = false;
  std::optional<Duration> answer_time;  ///< of a PING once the session stood
  std::size_t named = 0;                ///< records that it told
};

class Crawler {
 public:
  /// service has been started and outlives this. families: those of its socket.
  Crawler(Loop& loop, Service& service, IpFamilies families, const CrawlOptions& options);

  /// Until everybody has been asked, or the deadline. seeds: nodes to begin with, beside those of the service's table.
  Task<void> run(std::vector<Contact> seeds);
  /// Ends it early: those that are being asked are waited for.
  void stop();

  const std::unordered_map<NodeId, CrawledNode>& nodes() const noexcept { return nodes_; }
  std::size_t asked() const noexcept { return asked_; }
  std::size_t answered() const noexcept { return answered_; }
  std::size_t waiting() const noexcept { return queue_.size(); }

 private:
  void hear(const RecordPtr& record);
  Task<void> work();
  Task<void> visit(Contact node);
  Task<void> ask_for_all(Contact node);

  Loop& loop_;
  Service& service_;
  const IpFamilies families_;
  const CrawlOptions options_;
  std::unordered_map<NodeId, CrawledNode> nodes_;
  std::deque<Contact> queue_;
  std::unordered_set<NodeId> visited_;
  std::size_t busy_ = 0;
  std::size_t asked_ = 0;
  std::size_t answered_ = 0;
  bool stopped_ = false;
  Event changed_;
  Scope scope_;
};

}  // namespace opwire::discv5
