// What the protocol does unasked, and lookups.
#include <algorithm>

#include "opwire/discv5/distance.hpp"
#include "opwire/discv5/protocol.hpp"

namespace opwire::discv5 {
namespace {

constexpr std::size_t kRandomLookups = 3;  // of a refresh, as in geth
constexpr unsigned kCheckAttempts = 2;
// While we have no address, whoever answers is asked what it sees, until so many have been.
constexpr std::size_t kVotersSought = 16;

/// A bootnode's own record, and the farthest of its buckets, which hold most of what it knows.
std::vector<std::uint16_t> first_distances() {
  return {0, 256, 255, 254, 253};
}

}  // namespace

void Protocol::start(TimePoint now) {
  observer_.on_local_record(own_.record(), "start");
  next_refresh_ = now;
  on_time(now);
}

void Protocol::close(TimePoint now) {
  closed_ = true;
  requests_.close(now);
  for (auto& [id, running] : std::exchange(lookups_, {})) running.done(Error(opwire::errors::kClosed), now);
}

void Protocol::on_time(TimePoint now) {
  if (closed_) return;
  requests_.on_time(now);
  std::vector<std::uint64_t> waiting;
  for (const auto& [id, running] : lookups_) waiting.push_back(id);
  for (const std::uint64_t id : waiting) go_on(id, now);
  while (const auto node = table_.next_check(now)) check(*node, now);
  if (now >= next_refresh_) refresh(now);
}

TimePoint Protocol::next_wake(TimePoint now) const {
  if (closed_) return TimePoint::max();
  TimePoint wake = std::min({requests_.next_wake(), table_.next_check_time(), next_refresh_});
  for (const auto& [id, running] : lookups_) wake = std::min(wake, running.lookup.next_wake(now));
  return wake;
}

void Protocol::seek_vote(const Contact& node, TimePoint now) {
  const bool v6 = node.endpoint.is_v6;
  const Announced& own = own_.announced();
  const bool lacks_address = v6 ? options_.votes.v6 && !own.ip6 : options_.votes.v4 && !own.ip4;
  if (!lacks_address) return;
  if (vote_.voters(v6) < kVotersSought && !vote_.has_voted(node.id, v6)) check(node, now);
}

void Protocol::check(const Contact& node, TimePoint now) {
  requests_.ask(node, Ping{{}, own_.record().seq()}, kCheckAttempts, now,
                [this, node](Result<Answer> answer, TimePoint later) {
                  if (answer) return on_pong(node, std::get<Pong>(*answer), later);
                  if (answer.error().is(opwire::errors::kTimeout)) on_silent(node, later);
                });
}

void Protocol::on_pong(const Contact& node, const Pong& pong, TimePoint now) {
  on_live(node, now);
  on_record_seq({node.id, node.endpoint}, pong.record_seq, now);
  const auto is_it = [&](const Contact& one) { return one.id == node.id; };
  const bool trusted = options_.trust_bootnodes && std::ranges::any_of(options_.bootnodes, is_it);
  if (!vote_.cast(node.id, node.endpoint, net::Endpoint(pong.ip, pong.port), now, trusted)) return;
  Announced announced = own_.announced();
  const auto seen4 = vote_.winner(false);
  const auto seen6 = vote_.winner(true);
  const bool finds4 = options_.votes.v4 && options_.families.v4 && !options_.announced.ip4;
  const bool finds6 = options_.votes.v6 && options_.families.v6 && !options_.announced.ip6;
  if (finds4 && seen4) {
    announced.set_ip(seen4->ip());
    if (options_.votes_on_port) announced.udp = seen4->port;
  }
  if (finds6 && seen6) {
    announced.set_ip(seen6->ip());
    if (options_.votes_on_port) announced.udp6 = seen6->port;
    if (announced.udp == 0) announced.udp = seen6->port;
  }
  announce(announced, "vote", now);
}

void Protocol::announce(const Announced& announced, std::string_view why, TimePoint now) {
  if (!own_.announce(announced)) return;
  observer_.on_local_record(own_.record(), why);
  // They are the first to be asked for us; a PING tells that there is a newer record.
  for (const Contact& bootnode : options_.bootnodes) check(bootnode, now);
}

void Protocol::on_record_seq(const Peer& from, std::uint64_t seq, TimePoint now) {
  const RecordPtr known = table_.find(from.id);
  Heard& heard = heard_[from.id];
  heard.seq = std::max(heard.seq, known ? known->seq() : 0);
  // One at a time of a node, and what others make us ask never takes more than a part of what we may ask at once.
  if (seq <= heard.seq || heard.fetching || requests_.size() > options_.limits.requests / 4) return;
  heard = {seq, true};
  Contact node{from.id, {}, from.at, known};
  if (known) std::ranges::copy(known->public_key(), node.public_key.begin());
  ask_nodes(node, {0}, 1, now,
            [this, id = from.id](const Result<std::vector<RecordPtr>>&, TimePoint) { heard_[id].fetching = false; });
}

void Protocol::add(const std::vector<RecordPtr>& records, TimePoint now) {
  for (const RecordPtr& record : records) learn(record, now);
}

void Protocol::vouch(const std::vector<RecordPtr>& records, TimePoint now) {
  for (const RecordPtr& record : records) {
    const auto contact = usable(record);
    if (!contact) continue;
    table_.add(*contact, now);
    table_.on_answer(contact->id, contact->endpoint, now);
  }
}

void Protocol::refresh(TimePoint now) {
  // Who has just come is not known to the others yet, nor they to it: the first refreshes follow each other soon.
  next_refresh_ = now + refresh_pause_;
  refresh_pause_ = table_.size() == 0 ? kFirstPause : std::min(refresh_pause_ * 2, options_.refresh_interval);
  if (!options_.find_nodes && table_.size() > 0) return;
  refilling_ = true;
  for (const Contact& bootnode : options_.bootnodes) {
    ask_nodes(bootnode, first_distances(), kCheckAttempts, now,
              [this, bootnode](const Result<std::vector<RecordPtr>>& answer, TimePoint later) {
                if (!answer) return;
                seek_vote(bootnode, later);
                refill(later);
              });
  }
  if (table_.size() > 0) refill(now);
}

void Protocol::refill(TimePoint now) {
  if (!std::exchange(refilling_, false) || !options_.find_nodes) return;
  const auto ignore = [](const Result<LookupResult>&, TimePoint) {};
  lookup(own_.record().id(), now, ignore);
  for (std::size_t i = 0; i < kRandomLookups; ++i) {
    NodeId target;
    rng_.fill(target.bytes);
    lookup(target, now, ignore);
  }
}

void Protocol::lookup(const NodeId& target, TimePoint now, Done<LookupResult> done) {
  if (closed_) return done(Error(opwire::errors::kClosed), now);
  if (lookups_.size() >= options_.limits.lookups) return done(Error(opwire::errors::kLimit, "lookups at once"), now);
  const std::uint64_t id = next_lookup_++;
  Running& running = lookups_.emplace(id, Running{Lookup(target, own_.record().id()), std::move(done)}).first->second;
  for (const Contact& node : table_.closest(target, Lookup::kResults, false)) running.lookup.add(node);
  go_on(id, now);
}

void Protocol::go_on(std::uint64_t id, TimePoint now) {
  const auto found = lookups_.find(id);
  if (found == lookups_.end() || closed_) return;
  Lookup& lookup = found->second.lookup;
  while (const auto node = lookup.next(now)) {
    ask_nodes(*node, Lookup::distances(lookup.target(), node->id), 1, now,
              [this, id, node = *node](const Result<std::vector<RecordPtr>>& records, TimePoint later) {
                on_lookup_answer(id, node, records, later);
              });
  }
  if (!lookup.done()) return;
  const auto ended = lookups_.extract(found);
  const Lookup& result = ended.mapped().lookup;
  ended.mapped().done(LookupResult{result.results(), result.asked(), result.hops()}, now);
}

void Protocol::on_lookup_answer(std::uint64_t id, const Contact& node, const Result<std::vector<RecordPtr>>& records,
                                TimePoint now) {
  // One lost datagram says little; a check asks twice.
  const bool silent = !records && records.error().is(opwire::errors::kTimeout);
  if (silent && table_.find(node.id)) check(node, now);
  const auto found = lookups_.find(id);
  if (found == lookups_.end()) return;
  Lookup& lookup = found->second.lookup;
  if (records) {
    std::vector<Contact> named;
    for (const RecordPtr& record : *records) {
      if (auto contact = usable(record)) named.push_back(std::move(*contact));
    }
    lookup.on_answer(node.id, named);
    seek_vote(node, now);
  } else {
    lookup.on_silence(node.id);
  }
  go_on(id, now);
}

}  // namespace opwire::discv5
