#include "opwire/opstack/discovery/known_nodes.hpp"

#include <algorithm>
#include <iterator>

#include "opwire/base/log.hpp"

namespace opwire::opstack {
namespace {

constexpr log::Logger kLog{"discovery"};

}  // namespace

Task<std::vector<discv5::KnownNode>> KnownNodes::load() {
  std::vector<discv5::KnownNode> kept, foreign;
  if (store_ == nullptr) co_return kept;
  auto loaded = co_await store_->load();
  if (!loaded) {
    kLog.warn("cannot read the known nodes; starting without them", {{"error", loaded.error()}});
    co_return kept;
  }
  for (discv5::KnownNode& node : *loaded) {
    const bool own = is_of_chain(*node.record, chain_);
    Nodes& nodes = own ? own_ : foreign_;
    if (nodes.size() >= (own ? kMaxOwn : kMaxForeign)) {
      store_->forget(node.record->id());
      continue;
    }
    nodes.emplace(node.record->id(), Node{node.answers, node.last_answer, node.last_answer, node.record->seq()});
    (own ? kept : foreign).push_back(std::move(node));
  }
  std::ranges::move(foreign, std::back_inserter(kept));
  co_return kept;
}

void KnownNodes::on_answer(const discv5::RecordPtr& record, WallTime now) {
  if (store_ == nullptr) return;
  const bool own = is_of_chain(*record, chain_);
  (own ? foreign_ : own_).erase(record->id());  // it may have changed its chain
  Nodes& nodes = own ? own_ : foreign_;
  const bool full = nodes.size() >= (own ? kMaxOwn : kMaxForeign);
  if (full && !nodes.contains(record->id()) && !make_room(nodes, now)) return;
  Node& node = nodes[record->id()];
  if (node.answers < UINT32_MAX) ++node.answers;
  node.last = now;
  // The disk need not hear of every answer: it knows well enough who answers.
  if (node.stored_seq == record->seq() && now - node.stored < kStoreAgain) return;
  node.stored_seq = record->seq();
  node.stored = now;
  store_->put({record, now, node.answers});
}

bool KnownNodes::make_room(const Nodes& nodes, WallTime now) {
  const auto last = [](const auto& node) { return node.second.last; };
  const auto oldest = std::ranges::min_element(nodes, {}, last);
  if (now - oldest->second.last < kLongAgo) return false;
  forget(discv5::NodeId(oldest->first));
  return true;
}

void KnownNodes::on_gone(const discv5::NodeId& id, bool hopeless) {
  if (hopeless || foreign_.contains(id)) forget(id);
}

void KnownNodes::forget(const discv5::NodeId& id) {
  own_.erase(id);
  foreign_.erase(id);
  if (store_ != nullptr) store_->forget(id);
}

}  // namespace opwire::opstack
