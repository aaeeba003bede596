#include "opwire/sim/discovery/dials.hpp"

namespace opwire::sim {

bool dial_answers(ByteView id, double unreachable) {
  const auto drawn = load_be<std::uint32_t>(id.last(sizeof(std::uint32_t)).data());
  return static_cast<double>(drawn) / 4294967296.0 >= unreachable;
}

Duration dial_time(bool answers, const DialOptions& options, Rng& rng) {
  if (!answers) return options.silence;
  const auto span = static_cast<std::uint64_t>((options.most - options.least).count());
  return options.least + Duration(static_cast<Duration::rep>(rng.below(span + 1)));
}

Dials::Dials(Loop& loop, Rng& rng, const DialOptions& options)
    : loop_(loop), rng_(rng), options_(options), queue_(loop, options.queue), scope_(loop) {
  for (std::size_t i = 0; i < options_.workers; ++i) scope_.spawn(work());
}

Task<void> Dials::close() {
  queue_.close();
  scope_.cancel();
  co_await scope_.join();
}

Task<void> Dials::work() {
  while (true) {
    const std::optional<discv5::NodeId> peer = co_await queue_.pop();
    if (!peer) co_return;
    co_await dial(*peer);
  }
}

Task<void> Dials::dial(discv5::NodeId peer) {
  if (connected_.contains(peer)) co_return;
  if (const auto other = under_way_.find(peer); other != under_way_.end()) {
    co_await sleep_until(loop_, other->second);  // libp2p dials a peer once at a time
    co_return;
  }
  if (const auto failure = failed_.find(peer); failure != failed_.end() && loop_.now() < failure->second.until) {
    co_return;
  }
  const bool there = dial_answers(peer.view(), options_.unreachable);
  const Duration takes = dial_time(there, options_, rng_);
  under_way_[peer] = loop_.now() + takes;
  co_await sleep_for(loop_, takes);
  under_way_.erase(peer);
  if (there) {
    connected_.insert(peer);
    co_return;
  }
  // libp2p's back-off: five seconds, and the square of the failures.
  Failure& failure = failed_[peer];
  ++failure.times;
  failure.until = loop_.now() + std::chrono::seconds(5 + failure.times * failure.times);
}

}  // namespace opwire::sim
