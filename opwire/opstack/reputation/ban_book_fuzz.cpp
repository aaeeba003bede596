// The bans of addresses under any calls, at any times, beside a list that is searched from end to end; and what a book
// knows that is loaded from what the journal wrote. Three bytes an operation.
#include <algorithm>
#include <vector>

#include "opwire/base/check.hpp"
#include "opwire/opstack/reputation/ban_book.hpp"
#include "opwire/opstack/reputation/disk_for_test.hpp"
#include "opwire/opstack/reputation/peers_for_test.hpp"

namespace {

using namespace opwire;
using namespace opwire::opstack::reputation;

constexpr std::size_t kMaxIps = 5;
constexpr std::uint8_t kIps = 8;
constexpr auto kWeek = std::chrono::days(7);

Ip ip(std::uint8_t number) {
  return number % 2 == 0 ? Ip::from(Bytes{10, 0, 0, number}).value() : Ip::from(Bytes(16, number)).value();
}

struct Known {
  Ip key;
  Ban ban;
  WallTime end() const { return std::min(ban.expiry, ban.last_update + kWeek); }
  bool is_over(WallTime now) const { return now >= ban.expiry || now > ban.last_update + kWeek; }
  bool operator<(const Known& other) const { return std::pair(end(), key) < std::pair(other.end(), other.key); }
};

class Run {
 public:
  void step(std::uint8_t what, std::uint8_t who, std::uint8_t much) {
    const Ip key = ip(who % kIps);
    switch (what % 8) {
      case 0:
        now_ += std::chrono::milliseconds(much * (who % 2 == 0 ? 100 : 10'000));
        break;
      case 1:
        now_ += std::chrono::hours(much);
        break;
      case 2:
        now_ -= std::chrono::hours(much);
        break;
      case 3:
        ban(key, now_ + std::chrono::seconds(much));
        break;
      case 4:
        ban(key, now_ + std::chrono::hours(4 * much));
        break;
      case 5:
        lookup(key);
        break;
      case 6:
        gc(much % 4);
        break;
      default:
        much % 2 == 0 ? lift(key) : disk_.write(journal_, much % 4);
    }
    compare(book_);
    OPW_CHECK(book_.ips.size() == known_.size() && book_.ips.ended() == ended_);
  }

  void reload() {
    disk_.write_all(journal_);
    OPW_CHECK(disk_.entries(Table::kIpBans).size() == known_.size());
    BanBook loaded({.max_peers = 1, .max_ips = kMaxIps});
    for (const auto& [key, value] : disk_.entries(Table::kIpBans)) OPW_CHECK(loaded.ips.load(key, value, now_));
    for (Known& known : known_) known.ban.last_update = std::min(known.ban.last_update, to_record_time(now_));
    compare(loaded);
  }

 private:
  void ban(const Ip& key, WallTime until) {
    std::optional<PeerScores> scores;
    if (unix_seconds(now_) % 2 == 0) scores.emplace().gossip.total = -101;
    book_.ips.ban(key, until, "because \"", scores, now_);
    std::erase_if(known_, [&](const Known& known) { return known.key == key; });
    known_.push_back({key, {to_record_time(until), to_record_time(now_), "because \"", scores}});
    if (known_.size() > kMaxIps) known_.erase(std::min_element(known_.begin(), known_.end()));
  }
  void lookup(const Ip& key) {
    const auto found = std::ranges::find(known_, key, &Known::key);
    const BanLookup answer = book_.ips.lookup(key, now_);
    if (found == known_.end()) {
      OPW_CHECK(answer.standing == Standing::kFree);
    } else if (found->is_over(now_)) {
      OPW_CHECK(answer.standing == Standing::kEnded);
      known_.erase(found);
      ++ended_;
    } else {
      OPW_CHECK(answer.standing == Standing::kBanned && answer.until == found->end());
    }
  }
  void lift(const Ip& key) {
    const bool was = std::erase_if(known_, [&](const Known& known) { return known.key == key; }) > 0;
    OPW_CHECK(book_.ips.lift(key) == was);
  }
  void gc(std::size_t max) {
    std::size_t gone = 0;
    for (; gone < max && !known_.empty(); ++gone) {
      const auto first = std::min_element(known_.begin(), known_.end());
      if (!first->is_over(now_)) break;
      known_.erase(first);
    }
    ended_ += gone;
    OPW_CHECK(book_.ips.gc(now_, max) == gone);
  }

  void compare(const BanBook& book) const {
    std::vector<Known> in_force;
    std::ranges::copy_if(known_, std::back_inserter(in_force),
                         [&](const Known& known) { return !known.is_over(now_); });
    std::sort(in_force.begin(), in_force.end());
    const auto listed = book.ips.list(now_);
    OPW_CHECK(listed.size() == in_force.size());
    for (std::size_t i = 0; i < listed.size(); ++i) {
      OPW_CHECK(listed[i].key == in_force[i].key && listed[i].ban == in_force[i].ban);
      OPW_CHECK(book.ips.find(listed[i].key, now_) == listed[i].ban);
    }
  }

  WallTime now_ = at(0);
  Journal journal_;
  BanBook book_{{.max_peers = 1, .max_ips = kMaxIps}, &journal_};
  Disk disk_;
  std::vector<Known> known_;
  std::uint64_t ended_ = 0;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  Run run;
  for (std::size_t i = 0; i + 2 < std::min<std::size_t>(size, 900); i += 3) run.step(data[i], data[i + 1], data[i + 2]);
  run.reload();
  return 0;
}
