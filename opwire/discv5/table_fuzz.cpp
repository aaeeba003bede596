// A small table under a program of events, time among them. At every step sizes and shares are within their limits,
// nobody is in it twice or waits beside a free place, and those are live who answered where their record says.
#include <algorithm>
#include <map>
#include <set>
#include <unordered_map>

#include "opwire/base/check.hpp"
#include "opwire/discv5/distance.hpp"
#include "opwire/discv5/records_for_test.hpp"
#include "opwire/discv5/subnet.hpp"
#include "opwire/discv5/table.hpp"

using namespace opwire;
using namespace opwire::discv5;
using namespace std::chrono_literals;

namespace {

constexpr unsigned kNodes = 40, kVersions = 3;
constexpr const char* kAddresses[] = {"52.1.1.1", "52.1.1.2", "52.1.2.1",  "2600:1:2::1", "2600:1:2:3::1",
                                      "10.0.0.1", "10.0.0.2", "127.0.0.1", "52.1.3.1",    "52.1.4.1"};

/// Each node as its successive records tell of it: some move, some do not.
const std::vector<std::vector<Contact>>& nodes() {
  static const auto made = [] {
    std::vector<std::vector<Contact>> all(kNodes);
    for (unsigned n = 0; n < kNodes; ++n) {
      for (unsigned v = 0; v < kVersions; ++v) {
        const unsigned address = (n + (n % 2) * v * 3) % std::size(kAddresses);
        all[n].push_back(test::contact_at(kAddresses[address], static_cast<std::uint16_t>(9 + n % 3), n, v));
      }
    }
    return all;
  }();
  return made;
}

/// Of one of these records; reading it takes longer than all else here.
const net::Endpoint& endpoint_of(const RecordPtr& record) {
  static const auto endpoints = [] {
    std::unordered_map<const NodeRecord*, net::Endpoint> of;
    for (const auto& versions : nodes()) {
      for (const Contact& contact : versions) of.emplace(contact.record.get(), contact.endpoint);
    }
    return of;
  }();
  return endpoints.at(record.get());
}

TableOptions small_options() {
  TableOptions options;
  options.bucket_size = 4;
  options.replacements = 3;
  options.subnet_in_table = 5;
  return options;
}

class Session {
 public:
  explicit Session(ByteView bytes) : in_(bytes) {}

  void run() {
    for (; in_.size() >= 3; in_ = in_.subspan(3)) {
      const Contact& contact = nodes()[in_[1] % kNodes][in_[2] % kVersions];
      step(in_[0] % 8, contact, in_[2]);
      check();
    }
  }

 private:
  void step(unsigned kind, const Contact& contact, unsigned value) {
    if (kind <= 1) return add(contact);
    if (kind <= 3) return answer(contact);
    if (kind == 4) return silence(contact.id);
    if (kind == 5) return remove(contact.id);
    if (kind == 6) return check_next();
    now_ += value * 100ms;
  }

  void add(const Contact& contact) {
    const RecordPtr before = table_.find(contact.id);
    const Table::Added added = table_.add(contact, now_);
    const RecordPtr after = table_.find(contact.id);
    const bool newer = before && contact.record->seq() > before->seq();
    OPW_CHECK((added == Table::Added::kKnown) == (before && !newer));
    OPW_CHECK(added != Table::Added::kUpdated || newer);
    OPW_CHECK(added == Table::Added::kRefused || added == Table::Added::kKnown || after == contact.record);
    if (added == Table::Added::kKnown || added == Table::Added::kRefused) OPW_CHECK(after == before);
    if (added != Table::Added::kUpdated || endpoint_of(before) == contact.endpoint) return;
    live_.erase(contact.id), waited_for_.erase(contact.id);
  }
  void answer(const Contact& contact) {
    table_.on_answer(contact.id, contact.endpoint, now_);
    const auto all = table_.all();
    const bool counts = std::ranges::any_of(
        all, [&](const Contact& in) { return in.id == contact.id && in.endpoint == contact.endpoint; });
    if (counts) live_.insert(contact.id), waited_for_.erase(contact.id);
  }
  void silence(const NodeId& id) {
    const bool was_live = live_.contains(id);
    table_.on_silence(id, now_);
    OPW_CHECK(was_live || !table_.find(id));
    waited_for_.erase(id);
  }
  void remove(const NodeId& id) {
    table_.remove(id);
    OPW_CHECK(!table_.find(id));
  }
  void check_next() {
    const bool due = table_.next_check_time() <= now_;
    const auto contact = table_.next_check(now_);
    OPW_CHECK(contact.has_value() == due);
    if (!contact) return;
    const auto until = waited_for_.find(contact->id);
    OPW_CHECK(until == waited_for_.end() || until->second <= now_);
    OPW_CHECK(table_.find(contact->id) == contact->record);
    OPW_CHECK(endpoint_of(contact->record) == contact->endpoint);
    waited_for_[contact->id] = now_ + 30s;
  }

  void check() {
    const auto all = table_.all();
    std::set<NodeId> ids;
    for (const Contact& contact : all) ids.insert(contact.id);
    OPW_CHECK(ids.size() == all.size() && table_.size() == all.size());
    std::erase_if(live_, [&](const NodeId& id) { return !ids.contains(id); });
    std::erase_if(waited_for_, [&](const auto& waited) { return !ids.contains(waited.first); });
    OPW_CHECK((table_.next_check_time() == TimePoint::max()) == all.empty());
    check_limits(ids);
    check_closest();
    check_distances();
  }

  void check_limits(const std::set<NodeId>& ids) {
    std::map<unsigned, std::size_t> in, waiting;  // by bucket
    std::map<unsigned, std::vector<net::Endpoint>> endpoints;
    std::vector<net::Endpoint> all;
    std::size_t replacements = 0;
    for (const auto& versions : nodes()) {
      const RecordPtr record = table_.find(versions[0].id);
      if (!record) continue;
      const unsigned bucket = std::max(log_distance(local_, record->id()), 240U);
      const bool waits = !ids.contains(record->id());
      ++(waits ? waiting : in)[bucket];
      replacements += waits ? 1 : 0;
      endpoints[bucket].push_back(endpoint_of(record));
      all.push_back(endpoint_of(record));
    }
    OPW_CHECK(replacements == table_.replacements());
    for (const auto& [bucket, count] : in) OPW_CHECK(count <= options_.bucket_size);
    for (const auto& [bucket, count] : waiting)
      OPW_CHECK(count <= options_.replacements && in[bucket] == options_.bucket_size);
    for (const auto& [bucket, inside] : endpoints) OPW_CHECK(largest_share(inside) <= options_.subnet_in_bucket);
    OPW_CHECK(largest_share(all) <= options_.subnet_in_table);
  }

  static std::size_t largest_share(const std::vector<net::Endpoint>& endpoints) {
    std::size_t largest = 0;
    for (const net::Endpoint& one : endpoints) {
      if (!share_subnet(one, one)) continue;
      const auto shares = [&](const net::Endpoint& other) { return share_subnet(one, other); };
      largest = std::max(largest, static_cast<std::size_t>(std::ranges::count_if(endpoints, shares)));
    }
    return largest;
  }

  void check_closest() {
    const NodeId& target = nodes()[in_[1] % kNodes][0].id;
    const auto live = table_.closest(target, 1000, true);
    OPW_CHECK(live.size() == live_.size() && table_.live() == live_.size());
    for (const Contact& contact : live) OPW_CHECK(live_.contains(contact.id));
    const auto some = table_.closest(target, in_[2] % 8, false);
    OPW_CHECK(some.size() == std::min<std::size_t>(in_[2] % 8, table_.size()));
    for (std::size_t i = 1; i < some.size(); ++i) OPW_CHECK(is_closer(target, some[i - 1].id, some[i].id));
  }

  void check_distances() {
    const std::vector<std::uint16_t> wanted{256, static_cast<std::uint16_t>(225 + in_[2] % 32), in_[1], 256};
    const net::Endpoint asker = test::endpoint_at(kAddresses[in_[2] % std::size(kAddresses)], 9);
    std::set<NodeId> told;
    const auto records = table_.at_distances(wanted, 5, asker.ip());
    OPW_CHECK(records.size() <= 5);
    for (const RecordPtr& record : records) {
      OPW_CHECK(told.insert(record->id()).second && live_.contains(record->id()));
      OPW_CHECK(std::ranges::count(wanted, log_distance(local_, record->id())) > 0);
      OPW_CHECK(may_relay(asker.ip(), endpoint_of(record).ip()));
    }
  }

  ByteView in_;
  TimePoint now_{1h};
  SeededRng rng_{1};
  const TableOptions options_ = small_options();
  /// Near enough to one node that it is in the first bucket.
  const NodeId local_ = id_at_distance(nodes()[0][0].id, 230, NodeId());
  Table table_{local_, options_, rng_};
  std::set<NodeId> live_;
  std::map<NodeId, TimePoint> waited_for_;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  Session({data, size}).run();
  return 0;
}
