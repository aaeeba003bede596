// The score book under any updates, at any times, beside a list that is searched from end to end; and what a book knows
// that is loaded from what the journal wrote. Three bytes an operation.
#include <algorithm>
#include <vector>

#include "opwire/base/check.hpp"
#include "opwire/opstack/reputation/app_score.hpp"
#include "opwire/opstack/reputation/disk_for_test.hpp"
#include "opwire/opstack/reputation/peers_for_test.hpp"

namespace {

using namespace opwire;
using namespace opwire::opstack::reputation;

constexpr std::size_t kMaxPeers = 6;
constexpr std::uint32_t kPeers = 10;
constexpr auto kRetention = std::chrono::seconds(1200);

struct Known {
  PeerId peer;
  ScoreRecord record;
  // Of one second, the list has those first that were updated first.
  bool operator<(const Known& other) const { return record.last_update < other.record.last_update; }
};

class Model {
 public:
  std::optional<ScoreRecord> find(const PeerId& peer, WallTime now) const {
    for (const Known& known : known_) {
      if (known.peer == peer && now - known.record.last_update <= kRetention) return known.record;
    }
    return std::nullopt;
  }
  void put(const PeerId& peer, const PeerScores& scores, WallTime now) {
    std::erase_if(known_, [&](const Known& known) { return known.peer == peer; });
    known_.push_back({peer, {scores, to_record_time(now)}});
    if (known_.size() <= kMaxPeers) return;
    const auto newest = std::prev(std::max_element(known_.rbegin(), known_.rend()).base());
    known_.erase(newest->record.last_update > now ? newest : std::min_element(known_.begin(), known_.end()));
  }
  std::size_t gc(WallTime now, std::size_t max) {
    std::size_t gone = 0;
    for (; gone < max && !known_.empty(); ++gone) {
      const auto oldest = std::min_element(known_.begin(), known_.end());
      if (now - oldest->record.last_update <= kRetention) break;
      known_.erase(oldest);
    }
    return gone;
  }
  std::size_t size() const { return known_.size(); }

 private:
  std::vector<Known> known_;
};

class Run {
 public:
  void step(std::uint8_t what, std::uint8_t who, std::uint8_t much) {
    const PeerId id = peer(who % kPeers);
    PeerScores scores = model_.find(id, now_).value_or(ScoreRecord{}).scores;
    switch (what % 7) {
      case 0:
        now_ += std::chrono::milliseconds(much * (who % 2 == 0 ? 100 : 5000));
        break;
      case 1:
        now_ -= std::chrono::seconds(much);
        break;
      case 2:
        scores.gossip.total = much - 200.0;
        book_.set_gossip(id, scores.gossip, now_);
        model_.put(id, scores, now_);
        break;
      case 3:
        scores.req_resp.rejected_payloads = std::min(scores.req_resp.rejected_payloads + 1, 20.0);
        app_.on_rejected_payload(id, now_);
        model_.put(id, scores, now_);
        break;
      case 4:
        decay(id, scores);
        break;
      case 5:
        OPW_CHECK(book_.gc(now_, much % 4) == model_.gc(now_, much % 4));
        break;
      default:
        disk_.write(journal_, much % 4);
    }
    compare(book_, true);
  }

  void reload() {
    disk_.write_all(journal_);
    OPW_CHECK(disk_.entries(Table::kScores).size() == book_.size());
    ScoreBook loaded(ScoreBookOptions{kRetention, kMaxPeers});
    for (const auto& [key, value] : disk_.entries(Table::kScores)) OPW_CHECK(loaded.load(key, value, now_).has_value());
    compare(loaded, false);
  }

 private:
  void decay(const PeerId& id, PeerScores scores) {
    app_.decay(std::span(&id, 1), now_);
    double& rejected = scores.req_resp.rejected_payloads;
    if (rejected == 0) return;
    rejected *= kDecay;
    if (rejected < kDecayToZero) rejected = 0;
    model_.put(id, scores, now_);
  }

  void compare(const ScoreBook& book, bool live) const {
    OPW_CHECK(!live || book.size() == model_.size());
    for (std::uint32_t i = 0; i < kPeers; ++i) {
      auto expected = model_.find(peer(i), now_);
      if (expected && !live) expected->last_update = std::min(expected->last_update, to_record_time(now_));
      OPW_CHECK(book.find(peer(i), now_) == expected);
    }
  }

  WallTime now_ = at(0);
  Journal journal_;
  ScoreBook book_{ScoreBookOptions{kRetention, kMaxPeers}, &journal_};
  AppScore app_{AppScore::Mode::kLight, book_};
  Disk disk_;
  Model model_;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  Run run;
  for (std::size_t i = 0; i + 2 < std::min<std::size_t>(size, 900); i += 3) run.step(data[i], data[i + 1], data[i + 2]);
  run.reload();
  return 0;
}
