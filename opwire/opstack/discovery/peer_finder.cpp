#include "opwire/opstack/discovery/peer_finder.hpp"

#include "opwire/base/log.hpp"
#include "opwire/opstack/discovery/chain_entry.hpp"
#include "opwire/p2p/core/peer_store.hpp"
#include "opwire/p2p/core/peer_tags.hpp"

namespace opwire::opstack {
namespace {

constexpr log::Logger kLog{"discovery"};

// op-node's: how long addresses are kept, and what a peer of the chain is worth to the connection manager.
constexpr Duration kAddressTtl = std::chrono::hours(24);
constexpr int kTagWeight = 42;

// Between two searches; it doubles while they bring nothing new.
constexpr Duration kFirstPause = std::chrono::milliseconds(500), kLongestPause = std::chrono::seconds(20);
// Once the goal is reached, candidates are kept fresh for the day they are needed.
constexpr Duration kIdlePause = std::chrono::minutes(5);
constexpr Duration kSourcePause = std::chrono::seconds(10);

constexpr std::size_t kMaxForeignChains = 64;
// Nodes of other chains help to find ours again after a restart; a few are enough.
constexpr std::size_t kMaxStored = 1000, kMaxStoredForeign = 200;

std::string tag_of(ChainId chain) {
  return "opstack-" + std::to_string(chain.value) + "-0";
}

}  // namespace

PeerFinder::PeerFinder(Network& network, Rng& rng, discv5::NodeStore* store, const FinderOptions& options)
    : network_(network),
      rng_(rng),
      store_(store),
      options_(options),
      candidates_(options.candidates, rng),
      changed_(network.loop()),
      scope_(network.loop()) {
  network_.add_observer(*this);
}

PeerFinder::~PeerFinder() {
  network_.remove_observer(*this);
}

Task<Result<PeerFinder::Records>> PeerFinder::recall() {
  Records records;
  if (store_ == nullptr) co_return records;
  OPW_CO_TRY(const std::vector<discv5::KnownNode> known, co_await store_->load());
  for (const discv5::KnownNode& node : known) {
    if (stored_.size() >= kMaxStored) break;
    if (!is_of_chain(*node.record, options_.chain)) ++stored_foreign_;
    stored_[node.record->id()] = node;
    records.push_back(node.record);
    take(node.record);
  }
  co_return records;
}

void PeerFinder::start(Search search, Source source) {
  scope_.spawn(search_loop(std::move(search), std::move(source)));
  for (std::size_t i = 0; i < options_.workers; ++i) scope_.spawn(dial_loop());
}

Task<void> PeerFinder::close() {
  scope_.cancel();
  co_await scope_.join();
}

FinderStatus PeerFinder::status() const {
  FinderStatus status = status_;
  status.candidates = candidates_.size();
  return status;
}

bool PeerFinder::is_reached() const {
  return network_.connected_peers().size() >= options_.goal;
}

bool PeerFinder::take(const discv5::RecordPtr& record) {
  const PeerId peer = peer_id(*record);
  if (peer == network_.local_peer()) return false;
  const auto address = tcp_address(*record, options_.families);
  if (!is_of_chain(*record, options_.chain) || !address || (options_.admits && !options_.admits(*address->ip()))) {
    candidates_.forget(peer);
    return false;
  }
  if (!candidates_.hear(record, peer, *address, network_.loop().now())) return false;
  network_.peerstore().add_addresses(peer, {*address}, kAddressTtl);
  network_.peerstore().set_key(peer, peer.public_key().value());
  if (network_.is_connected(peer)) {
    candidates_.on_connected(peer, network_.loop().now());
    network_.tags().set_tag(peer, tag_of(options_.chain), kTagWeight);
  }
  return true;
}

void PeerFinder::on_record(const discv5::RecordPtr& record) {
  ++status_.records;
  if (take(record)) {
    ++news_;
    kLog.debug("found a peer of our chain", {{"peer", peer_id(*record).to_string()}, {"record", record->to_text()}});
    return changed_.notify_all();
  }
  const auto entry = chain_entry(*record);
  const std::uint64_t chain = entry ? entry->chain.value : 0;
  if (entry && entry->chain == options_.chain) return;
  if (status_.foreign.contains(chain) || status_.foreign.size() < kMaxForeignChains) ++status_.foreign[chain];
}

void PeerFinder::on_live(const discv5::RecordPtr& record) {
  const bool ours = is_of_chain(*record, options_.chain);
  if (ours) candidates_.on_answer(peer_id(*record), network_.loop().now());
  if (store_ == nullptr) return;
  const auto known = stored_.find(record->id());
  if (known == stored_.end()) {
    if (stored_.size() >= kMaxStored || (!ours && stored_foreign_ >= kMaxStoredForeign)) return;
    if (!ours) ++stored_foreign_;
  }
  discv5::KnownNode& node = known == stored_.end() ? stored_[record->id()] : known->second;
  node.record = record;
  node.last_answer = network_.loop().wall_now();
  ++node.answers;
  store_->put(node);
}

void PeerFinder::on_local_record(const discv5::NodeRecord& record, std::string_view why) {
  kLog.info("our node record", {{"why", why}, {"seq", record.seq()}, {"record", record.to_text()}});
}

void PeerFinder::on_peer_connected(const PeerId& peer, const ConnectionInfo&) {
  candidates_.on_connected(peer, network_.loop().now());
  if (candidates_.knows(peer)) network_.tags().set_tag(peer, tag_of(options_.chain), kTagWeight);
}

void PeerFinder::on_peer_disconnected(const PeerId& peer) {
  candidates_.on_disconnected(peer, network_.loop().now());
  changed_.notify_all();
}

Task<bool> PeerFinder::wait(TimePoint until) {
  if (until == TimePoint::max()) co_return co_await changed_.wait();
  const Wake wake = co_await changed_.wait_until(until);
  co_return wake != Wake::kCancelled;
}

Task<void> PeerFinder::search_loop(Search search, Source source) {
  Loop& loop = network_.loop();
  Duration pause = kFirstPause;
  TimePoint source_due{};
  bool reached = false;
  while (!scope_.cancelled()) {
    news_ = 0;
    discv5::NodeId target;
    rng_.fill(target.bytes);
    co_await search(target);
    ++status_.lookups;
    if (source && !is_reached() && loop.now() >= source_due) {
      for (const discv5::RecordPtr& record : co_await source()) on_record(record);
      source_due = loop.now() + kSourcePause;
    }
    const bool lost = std::exchange(reached, is_reached()) && !reached;
    pause = news_ > 0 || lost ? kFirstPause : std::min(pause * 2, kLongestPause);
    const TimePoint next = loop.now() + (reached ? kIdlePause : pause);
    while (loop.now() < next && is_reached() == reached) {
      const bool waited = co_await wait(next);
      if (!waited) co_return;
    }
  }
}

Task<void> PeerFinder::dial_loop() {
  while (!scope_.cancelled()) {
    const TimePoint now = network_.loop().now();
    const bool enough = network_.connected_peers().size() + candidates_.dialling() >= options_.goal;
    const auto candidate = enough ? std::nullopt : candidates_.next(now);
    if (candidate) {
      co_await dial(*candidate);
      changed_.notify_all();
      continue;
    }
    const bool waited = co_await wait(enough ? TimePoint::max() : candidates_.next_due(now));
    if (!waited) co_return;
  }
}

Task<void> PeerFinder::dial(Candidate candidate) {
  ++status_.dials;
  const std::vector<Multiaddr> addresses{candidate.address};
  const Result<void> connected = co_await network_.connect(candidate.peer, addresses);
  if (connected) {
    ++status_.connected;
    candidates_.on_connected(candidate.peer, network_.loop().now());
    // It may have gone again while this task was waiting for its turn.
    if (!network_.is_connected(candidate.peer)) candidates_.on_disconnected(candidate.peer, network_.loop().now());
    kLog.info("connected to a peer that discovery found", {{"peer", candidate.peer.to_string()}});
    co_return;
  }
  candidates_.on_failed(candidate.peer, network_.loop().now());
  status_.last_failure = connected.error().message();
  kLog.debug("cannot reach a peer that discovery found",
             {{"peer", candidate.peer.to_string()}, {"error", connected.error()}});
}

}  // namespace opwire::opstack
