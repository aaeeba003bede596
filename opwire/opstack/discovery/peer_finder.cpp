#include "opwire/opstack/discovery/peer_finder.hpp"

#include <algorithm>

#include "opwire/base/log.hpp"
#include "opwire/p2p/core/peer_store.hpp"
#include "opwire/p2p/core/peer_tags.hpp"

namespace opwire::opstack {
namespace {

constexpr log::Logger kLog{"discovery"};
constexpr int kTagValue = 42;  // op-node's

Task<void> connect_to(Network& network, const Candidate& candidate, std::optional<Result<void>>& result) {
  std::vector<Multiaddr> addresses(1, candidate.address);
  auto connected = co_await network.connect(candidate.peer, std::move(addresses));
  if (!result) result.emplace(std::move(connected));  // else it was too late
}

}  // namespace

void ForeignRecords::count(const discv5::NodeRecord& record) {
  const auto entry = chain_entry(record);
  if (!entry) {
    ++no_chain;
  } else if (by_chain.contains(entry->chain) || by_chain.size() < kMaxChains) {
    ++by_chain[entry->chain];
  } else {
    ++other_chains;
  }
}

PeerFinder::PeerFinder(Network& network, Rng& rng, PeerFinderOptions options, discv5::NodeStore* store,
                       RecordSource* source)
    : network_(network),
      rng_(rng),
      options_(std::move(options)),
      tag_("opstack-" + std::to_string(options_.candidates.chain.value) + "-0"),
      candidates_(options_.candidates, rng),
      known_(store, options_.candidates.chain),
      source_(source),
      pause_(options_.first_pause),
      changed_(network.loop()),
      scope_(network.loop()) {}

Task<std::vector<discv5::RecordPtr>> PeerFinder::restore() {
  const std::vector<discv5::KnownNode> nodes = co_await known_.load();
  const WallTime wall = network_.loop().wall_now();
  std::vector<discv5::RecordPtr> records;
  for (const discv5::KnownNode& node : nodes) {
    records.push_back(node.record);
    take(node.record);
    candidates_.on_answer(node.record->id(), now() - std::max(wall - node.last_answer, WallTime::duration{}));
  }
  if (!records.empty()) {
    kLog.info("nodes known from before", {{"nodes", records.size()}, {"of_our_chain", candidates_.size()}});
  }
  co_return records;
}

void PeerFinder::start(NodeFinder& nodes) {
  nodes_ = &nodes;
  network_.add_observer(*this);
  for (std::size_t i = 0; i < options_.workers; ++i) scope_.spawn(dial_on());
  scope_.spawn(look_up_on());
  if (source_ != nullptr) scope_.spawn(ask_source_on());
}

void PeerFinder::start(discv5::Service& service) {
  owned_nodes_ = std::make_unique<ServiceNodeFinder>(service);
  start(*owned_nodes_);
}

Task<void> PeerFinder::close() {
  if (nodes_ != nullptr) network_.remove_observer(*this);
  scope_.cancel();
  for (Scope* dial : dials_) dial->cancel();
  co_await scope_.join();
  nodes_ = nullptr;
}

PeerFinderStatus PeerFinder::status() const {
  PeerFinderStatus status = status_;
  status.connected = network_.connected_peers().size();
  status.goal = options_.goal;
  status.candidates = candidates_.size();
  if (nodes_ != nullptr) {
    status.table_size = nodes_->table_size();
    status.table_live = nodes_->table_live();
  }
  return status;
}

void PeerFinder::on_record(const discv5::RecordPtr& record) {
  if (!is_of_chain(*record, options_.candidates.chain)) status_.foreign.count(*record);
  take(record);
}

void PeerFinder::on_live(const discv5::RecordPtr& record) {
  take(record);
  candidates_.on_answer(record->id(), now());
  known_.on_answer(record, network_.loop().wall_now());
}

void PeerFinder::on_gone(const discv5::NodeId& id) {
  const bool hopeless = candidates_.on_gone(id);
  known_.on_gone(id, hopeless);
}

void PeerFinder::on_local_record(const discv5::NodeRecord& record, std::string_view why) {
  kLog.info("our node record", {{"why", why}, {"seq", record.seq()}, {"record", record.to_text()}});
}

void PeerFinder::on_peer_connected(const PeerId& peer, const ConnectionInfo&) {
  if (candidates_.knows(peer)) tag(peer);
  candidates_.on_connected(peer, now());
  changed_.notify_all();
}

void PeerFinder::on_peer_disconnected(const PeerId& peer) {
  candidates_.on_disconnected(peer, now());
  pause_ = options_.first_pause;
  changed_.notify_all();
}

/// Ourselves, and those whom the operator named: they are dialled by who cares for them.
void PeerFinder::set_goal(std::size_t goal) {
  options_.goal = goal;
  changed_.notify_all();
}

bool PeerFinder::is_static(const PeerId& peer) const {
  return network_.tags().is_protected_by(peer, kStaticTag);
}

void PeerFinder::take(const discv5::RecordPtr& record) {
  if (!is_of_chain(*record, options_.candidates.chain)) {
    candidates_.add(record, now());  // one that was known is so no more
    return;
  }
  const PeerId peer = peer_id_of(*record);
  if (peer == network_.local_peer()) return;
  if (options_.on_own_record) options_.on_own_record(peer, *record);
  if (is_static(peer)) return remember(*record, peer);  // dialled by others, who want to know where it is now
  if (candidates_.add(record, now()) != Candidates::Added::kNew) return;
  remember(*record, peer);
  if (network_.is_connected(peer)) candidates_.on_connected(peer, now());
  ++own_records_;
  pause_ = options_.first_pause;
  changed_.notify_all();
}

/// Its first address alone: who signs one record after another does not choose many addresses that we dial.
void PeerFinder::remember(const discv5::NodeRecord& record, const PeerId& peer) {
  const auto address = tcp_address(record, options_.candidates.families);
  if (!address) return;
  std::vector<Multiaddr> addresses(1, *address);
  network_.peerstore().add_addresses(peer, addresses, options_.address_ttl);
  if (const auto key = peer.public_key()) network_.peerstore().set_key(peer, *key);
  tag(peer);
}

/// Tags of those who are not connected are soon forgotten, so they are set anew when they are.
void PeerFinder::tag(const PeerId& peer) {
  network_.tags().set_tag(peer, tag_, kTagValue);
}

Task<void> PeerFinder::dial_on() {
  while (!scope_.cancelled()) {
    std::optional<Candidate> candidate = next_to_dial();
    if (candidate) {
      co_await dial(std::move(*candidate));
      continue;
    }
    const TimePoint until = below_goal() ? candidates_.next_due() : TimePoint::max();
    const Wake wake = co_await changed_.wait_until(until);
    if (wake == Wake::kCancelled) co_return;
  }
}

std::optional<Candidate> PeerFinder::next_to_dial() {
  while (below_goal()) {
    std::optional<Candidate> candidate = candidates_.next(now());
    if (!candidate) break;
    if (is_static(candidate->peer)) {
      candidates_.remove(candidate->record->id());
    } else if (network_.is_connected(candidate->peer)) {
      candidates_.on_connected(candidate->peer, now());
    } else {
      return candidate;
    }
  }
  return std::nullopt;
}

Task<void> PeerFinder::dial(Candidate candidate) {
  ++status_.dials_tried;
  std::optional<Result<void>> result;
  Scope one(network_.loop());
  Timer limit(network_.loop(), [&] {
    if (!result) result.emplace(opwire::errors::kTimeout);
    one.cancel();
  });
  limit.arm_in(options_.dial_limit);
  dials_.push_back(&one);
  one.spawn(connect_to(network_, candidate, result));
  co_await one.join();
  std::erase(dials_, &one);
  if (scope_.cancelled()) co_return;

  if (*result && network_.is_connected(candidate.peer)) {
    ++status_.dials_succeeded;
    candidates_.on_connected(candidate.peer, now());
    kLog.info("connected to a peer that discovery found",
              {{"peer", candidate.peer.to_string()}, {"address", candidate.address.to_string()}});
    co_return;
  }
  if (*result) {  // it came and went
    candidates_.on_failed(candidate.peer, now());
    co_return;
  }
  ++status_.dials_failed;
  status_.last_dial_error = result->error();
  kLog.debug(
      "cannot reach a node of our chain",
      {{"peer", candidate.peer.to_string()}, {"address", candidate.address.to_string()}, {"error", result->error()}});
  const bool hopeless = candidates_.on_failed(candidate.peer, now());
  if (hopeless) known_.forget(candidate.record->id());
}

Task<void> PeerFinder::look_up_on() {
  TimePoint last = TimePoint::min();
  while (!scope_.cancelled()) {
    const Duration pause = below_goal() ? pause_ : options_.pause_at_goal;
    if (last != TimePoint::min() && now() < last + pause) {
      const Wake wake = co_await changed_.wait_until(last + pause);
      if (wake == Wake::kCancelled) co_return;
      continue;
    }
    const std::uint64_t before = own_records_;
    discv5::NodeId target;
    rng_.fill(target.bytes);
    const std::vector<discv5::RecordPtr> found = co_await nodes_->lookup(target);
    ++status_.lookups;
    for (const discv5::RecordPtr& record : found) take(record);
    pause_ = own_records_ != before ? options_.first_pause : std::min(pause_ * 2, options_.longest_pause);
    last = now();
  }
}

Task<void> PeerFinder::ask_source_on() {
  TimePoint due = now();
  while (!scope_.cancelled()) {
    const bool starving = below_goal() && candidates_.next_due() > now();
    if (starving && now() >= due) {
      const std::vector<discv5::RecordPtr> found = co_await source_->more();
      for (const discv5::RecordPtr& record : found) take(record);
      due = now() + options_.source_pause;
      continue;
    }
    const TimePoint until = below_goal() ? std::max(due, now() + options_.source_pause) : TimePoint::max();
    const Wake wake = co_await changed_.wait_until(starving ? due : until);
    if (wake == Wake::kCancelled) co_return;
  }
}

}  // namespace opwire::opstack
