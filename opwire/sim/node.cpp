#include "opwire/sim/node.hpp"

#include <algorithm>

namespace opwire::sim {
namespace {

constexpr auto kRedialPause = std::chrono::milliseconds(1000);
constexpr std::uint64_t kRedialJitter = 1'000'000'000;  // ns

std::uint64_t duplicates_of(const gossipsub::Stats& stats) {
  return stats.duplicate_bytes + stats.duplicate_ids;
}

}  // namespace

Node::Node(World& world, const NodeOptions& options, gossipsub::MessageDecoder& decoder,
           std::function<void(gossipsub::Service&)> on_start)
    : station_(world, options.station), options_(options), decoder_(decoder), on_start_(std::move(on_start)) {}

void Node::start() {
  OPW_CHECK(!running());
  station_.start();
  Host& host = station_.host();
  lives_.push_back({station_.world().now()});
  gossip_.emplace(host.network(), options_.gossip,
                  gossipsub::ServiceParts(decoder_, station_.rng(), options_.station.events));
  on_start_(*gossip_);
  tasks_.emplace(host.loop());
  tasks_->spawn(keep_contacts());
}

Task<void> Node::end(std::optional<Loss> how) {
  OPW_CHECK(running());
  lives_.back().to = station_.world().now();
  if (how) station_.unplug(*how);
  tasks_->cancel();
  co_await tasks_->join();
  tasks_.reset();
  co_await gossip_->close();
  co_await station_.shut_down();
  former_duplicates_ = duplicates();
  gossip_.reset();
}

bool Node::ran(TimePoint from, TimePoint to) const {
  return std::any_of(lives_.begin(), lives_.end(),
                     [=](const Uptime& life) { return life.from <= from && to <= life.to; });
}

std::uint64_t Node::duplicates() const {
  return former_duplicates_ + (gossip_ ? duplicates_of(gossip_->router().stats()) : 0);
}

Task<void> Node::keep_contacts() {
  Host& host = station_.host();
  Scope dials(host.loop());
  bool alive = true;
  while (alive) {
    for (const Multiaddr& contact : contacts_) {
      const PeerId peer = *contact.peer_id();
      if (!host.network().is_connected(peer) && dialling_.insert(peer).second) dials.spawn(dial(contact));
    }
    const auto jitter = static_cast<Duration::rep>(station_.rng().below(kRedialJitter));
    alive = co_await sleep_for(host.loop(), kRedialPause + Duration(jitter));
  }
  dials.cancel();
  co_await dials.join();
}

Task<void> Node::dial(Multiaddr contact) {
  const PeerId peer = *contact.peer_id();
  static_cast<void>(co_await station_.host().connect(std::move(contact)));
  dialling_.erase(peer);
}

}  // namespace opwire::sim
