// The peer gater under a program of events, beside a model that keeps all in plain maps: both must admit alike at every
// step. The table of gone addresses is small, and times come that are earlier than others before them.
#include <cmath>
#include <map>

#include "opwire/p2p/gossipsub/score_for_test.hpp"

using namespace opwire;
using namespace opwire::gossipsub;
using namespace std::chrono_literals;
using test::peer_id;

namespace {

constexpr unsigned kPeers = 6;
constexpr std::size_t kMaxRetained = 2;
constexpr const char* kAddresses[] = {"/ip4/1.2.3.4/tcp/1", "/ip6/::ffff:1.2.3.4/tcp/2", "/ip4/1.2.3.5/tcp/1",
                                      "/ip6/2001:db8::1/tcp/1", "/dns4/example.org/tcp/1"};
constexpr const char* kTopics[] = {"plain", "dear", "cheap"};
constexpr double kTolerance = 1e-9;

PeerGaterParams small_params() {
  PeerGaterParams params;
  params.threshold = 0.5;
  params.quiet = 3s;
  params.topic_weights = {{"dear", 4}, {"cheap", 0.25}};
  params.global_decay = 0.75;
  params.source_decay = 0.875;
  params.retain = 4s;
  params.max_retained = kMaxRetained;
  return params;
}

/// Says what it is told to, and whether it was asked.
class ToldRng final : public Rng {
 public:
  explicit ToldRng(double unit) { store_le(word_.data(), static_cast<std::uint64_t>(std::ldexp(unit, 53)) << 11); }
  void fill(MutableByteView out) override {
    OPW_CHECK(out.size() == word_.size());
    std::ranges::copy(word_, out.begin());
    asked_ = true;
  }
  bool asked() const { return asked_; }

 private:
  ByteArray<8> word_{};
  bool asked_ = false;
};

struct ModelSource {
  unsigned connected = 0;
  TimePoint expires{};
  double delivered = 0, duplicate = 0, ignored = 0, rejected = 0;

  double useless(const PeerGaterParams& p) const {
    return p.duplicate_weight * duplicate + p.ignore_weight * ignored + p.reject_weight * rejected;
  }
};

struct Model {
  ModelSource* of(unsigned peer) {
    const auto ip = peers.find(peer);
    return ip == peers.end() ? nullptr : &sources[ip->second];
  }
  std::size_t retained() const {
    return static_cast<std::size_t>(
        std::ranges::count_if(sources, [](const auto& s) { return s.second.connected == 0; }));
  }
  void forget_first() {
    auto first = sources.end();
    for (auto s = sources.begin(); s != sources.end(); ++s) {
      if (s->second.connected > 0) continue;
      if (first == sources.end() || s->second.expires < first->second.expires) first = s;
    }
    sources.erase(first);
  }
  void refresh(const PeerGaterParams& p, TimePoint now) {
    std::erase_if(sources, [&](const auto& s) { return s.second.connected == 0 && s.second.expires < now; });
    const auto shrink = [&](double& counter, double by) {
      counter = counter * by < p.decay_to_zero ? 0 : counter * by;
    };
    shrink(validated, p.global_decay), shrink(throttled, p.global_decay);
    for (auto& [ip, s] : sources) {
      if (s.connected == 0) continue;
      for (double* counter : {&s.delivered, &s.duplicate, &s.ignored, &s.rejected}) shrink(*counter, p.source_decay);
    }
  }

  std::map<unsigned, IpKey> peers;
  std::map<IpKey, ModelSource> sources;  // the gater breaks ties in this order too
  double validated = 0, throttled = 0;
  std::optional<TimePoint> last_throttled;
};

class Session {
 public:
  explicit Session(ByteView bytes) : in_(bytes) {}

  void run() {
    for (; in_.size() >= 3; in_ = in_.subspan(3)) {
      step(in_[0] % 11, in_[1] % kPeers, in_[2]);
      check(now_);
      check(now_ - 5s);
    }
  }

 private:
  void step(unsigned kind, unsigned peer, unsigned value) {
    // The highest bit: it is told late.
    const TimePoint when = now_ - (value >= 128 ? 2s : 0s);
    if (kind == 0) return connect(peer, Multiaddr::parse_text(kAddresses[value % std::size(kAddresses)]).value());
    if (kind == 1) return disconnect(peer, when);
    if (kind == 2) return deliver(peer, kTopics[value % std::size(kTopics)]);
    if (kind == 3) return count(peer, &PeerGater::on_duplicate, &ModelSource::duplicate);
    if (kind == 4) return count(peer, &PeerGater::on_ignored, &ModelSource::ignored);
    if (kind == 5) return count(peer, &PeerGater::on_rejected, &ModelSource::rejected);
    if (kind == 6) return gater_.on_validated(), void(model_.validated += 1);
    if (kind == 7) return throttle(when);
    if (kind == 8) return refresh(when);
    if (kind == 9) return refresh(now_ += 1s);
    now_ += value * 20ms;
  }

  void connect(unsigned peer, const Multiaddr& address) {
    gater_.on_connected(peer_id(peer), address);
    const IpKey ip = IpKey::of(address);
    if (model_.peers.try_emplace(peer, ip).second) ++model_.sources[ip].connected;
  }
  void disconnect(unsigned peer, TimePoint when) {
    gater_.on_disconnected(peer_id(peer), when);
    ModelSource* const source = model_.of(peer);
    if (source == nullptr) return;
    model_.peers.erase(peer);
    if (--source->connected > 0) return;
    source->expires = when + params_.retain;
    if (model_.retained() > kMaxRetained) model_.forget_first();
  }
  void deliver(unsigned peer, const char* topic) {
    gater_.on_delivered(peer_id(peer), topic);
    const auto weight = params_.topic_weights.find(topic);
    if (ModelSource* const source = model_.of(peer)) {
      source->delivered += weight == params_.topic_weights.end() ? 1 : weight->second;
    }
  }
  void count(unsigned peer, void (PeerGater::*tell)(const PeerId&), double ModelSource::* counter) {
    (gater_.*tell)(peer_id(peer));
    if (ModelSource* const source = model_.of(peer)) source->*counter += 1;
  }
  void throttle(TimePoint when) {
    gater_.on_throttled(when);
    model_.throttled += 1;
    model_.last_throttled = when;
  }
  void refresh(TimePoint when) {
    gater_.refresh(when);
    model_.refresh(params_, when);
  }

  bool admits(unsigned peer, TimePoint when, double unit) const {
    ToldRng rng(unit);
    const bool admitted = gater_.admits_messages(peer_id(peer), when, rng);
    OPW_CHECK(admitted || rng.asked());  // whom it drops, it drops by chance
    return admitted;
  }

  void check(TimePoint when) {
    OPW_CHECK(gater_.addresses() == model_.sources.size());
    OPW_CHECK(model_.retained() <= kMaxRetained);
    const bool quiet = !model_.last_throttled || when - *model_.last_throttled > params_.quiet;
    const double over = model_.throttled - params_.threshold * model_.validated;
    for (unsigned peer = 0; peer < kPeers; ++peer) {
      const ModelSource* const source = model_.of(peer);
      const double useless = source != nullptr ? source->useless(params_) : 0;
      OPW_CHECK(admits(peer, when, 0));  // everybody has a chance
      if (quiet || model_.throttled == 0 || over < -kTolerance || useless == 0) {
        OPW_CHECK(admits(peer, when, kHighest));
      } else if (over > kTolerance) {
        const double share = (1 + source->delivered) / (1 + source->delivered + useless);
        OPW_CHECK(share > 0 && share <= 1);
        OPW_CHECK(admits(peer, when, std::max(0.0, share - kTolerance)));
        OPW_CHECK(share + kTolerance > kHighest || !admits(peer, when, share + kTolerance));
      }
    }
  }

  static constexpr double kHighest = 1 - 0x1p-53;

  ByteView in_;
  TimePoint now_{std::chrono::hours(1)};
  const PeerGaterParams params_ = small_params();
  PeerGater gater_{small_params(), KeyedHash(1, 2)};
  Model model_;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  Session({data, size}).run();
  return 0;
}
