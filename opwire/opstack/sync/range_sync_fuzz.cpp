// A range under everything that peers can do: right and wrong blocks, none, errors, in any order; peers that come and
// go; time. What is proved is the chain, in order; memory stays bounded; nobody is blamed for another
// uppermost block before that is proved; and honest peers alone bring it to its end.
#include <cstdlib>
#include <deque>

#include "opwire/opstack/sync/chain_for_test.hpp"
#include "opwire/opstack/sync/peers_for_test.hpp"
#include "opwire/opstack/sync/range_sync.hpp"

namespace {

using namespace opwire;
using namespace opwire::opstack;

constexpr std::size_t kBlocks = 12;

void require(bool holds) {
  if (!holds) std::abort();
}

struct Chains {
  std::vector<Envelope> right = test::make_chain(kBlocks + 2, 2000);
  std::vector<Envelope> wrong = test::make_chain(kBlocks + 2, 5000, 2);
  std::vector<PeerId> peers{test::peer(1), test::peer(2), test::peer(3), test::peer(4)};
};

class Run {
 public:
  explicit Run(const Chains& chains)
      : chains_(chains),
        choice_(choice_options()),
        sync_(BlockRange{{0}, {kBlocks + 1}, chains.right[kBlocks + 1].payload.parent_hash}, choice_, range_options()) {
  }

  void step(std::uint8_t what, std::uint8_t which) {
    const PeerId& peer = chains_.peers[which % chains_.peers.size()];
    switch (what % 10) {
      case 0:
        return choice_.add(peer);
      case 1:
        return choice_.remove(peer);
      case 2:
        now_ += std::chrono::milliseconds(which * 50);
        return;
      case 3:
      case 4:
        return ask();
      default:
        if (!flights_.empty()) answer(what % 10, which);
    }
  }
  void ask() {
    for (const RangeSync::Ask& ask : sync_.asks(now_)) flights_.push_back(ask);
    require(flights_.size() <= range_options().max_in_flight);
    check();
  }
  void finish() {
    const PeerId honest = test::peer(5);
    choice_.add(honest);
    for (int round = 0; round < 1000 && !sync_.done(); ++round) {
      ask();
      while (!flights_.empty()) answer(5, 0);
      now_ += std::chrono::seconds(61);
    }
    require(sync_.done() && next_ == 0);
    while (!flights_.empty()) answer(5, 0);
  }

 private:
  static PeerChoiceOptions choice_options() {
    PeerChoiceOptions options;
    options.max_in_flight = 4;
    return options;
  }
  static RangeOptions range_options() {
    RangeOptions options;
    options.max_in_flight = 6;
    options.quarantine_bytes = 12'000;
    return options;
  }

  void answer(int how, std::uint8_t which) {
    const std::size_t at = which % flights_.size();
    const RangeSync::Ask ask = flights_[at];
    flights_.erase(flights_.begin() + static_cast<std::ptrdiff_t>(at));
    const std::size_t number = ask.number.value;
    const std::array<Result<Envelope>, 5> answers{chains_.right[number], chains_.wrong[number],
                                                  opstack::errors::kNotFound, opstack::errors::kUnknownVersion,
                                                  opwire::errors::kCancelled};
    sync_.on_answer(ask, answers.at(static_cast<std::size_t>(how - 5)), now_);
    check();
  }
  void check() {
    for (const auto& proved : sync_.take_proved()) {
      require(next_ > 0 && proved.envelope == chains_.right[next_]);
      --next_;
    }
    for (const auto& blame : sync_.take_blamed()) {
      require(blame.error.consequence() >= Consequence::kPenalise);
      require(next_ < kBlocks || !blame.error.is(opstack::errors::kNotLinked));
    }
    require(sync_.proved() == kBlocks - next_);
    require(sync_.quarantined_bytes() <= range_options().quarantine_bytes);
  }

  const Chains& chains_;
  TimePoint now_{std::chrono::hours(1)};
  PeerChoice choice_;
  RangeSync sync_;
  std::deque<RangeSync::Ask> flights_;
  std::size_t next_ = kBlocks;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  static const Chains kChains;
  Run run(kChains);
  for (std::size_t i = 0; i + 1 < std::min<std::size_t>(size, 400); i += 2) run.step(bytes[i], bytes[i + 1]);
  run.finish();
  return 0;
}
