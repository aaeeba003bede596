#include "cli/perf_measure.hpp"

#include <sys/resource.h>

#include "cli/statistics.hpp"
#include "opwire/p2p/perf/perf.hpp"
#include "opwire/runtime/scope.hpp"

namespace opwire::cli {
namespace {

constexpr auto kIdentifyLimit = std::chrono::seconds(10);

double cpu_seconds() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

Task<Result<void>> transfer_on_new_stream(Host& host, PeerId peer, std::uint64_t upload, std::uint64_t download) {
  std::vector<std::string> protocols{perf::kProtocol};
  OPW_CO_TRY(PeerStream stream, co_await host.new_stream(peer, std::move(protocols)));
  co_return co_await perf::transfer(*stream, upload, download);
}

Task<void> keep_first_error(Task<Result<void>> task, Result<void>& outcome) {
  const Result<void> result = co_await std::move(task);
  if (!result && outcome) outcome = result.error();
}

/// Wakes whoever waits for a peer to have identified itself.
class Identified final : public NetworkObserver {
 public:
  explicit Identified(Network& network) : network_(network), changed_(network.loop()) { network_.add_observer(*this); }
  ~Identified() override { network_.remove_observer(*this); }
  void on_peer_protocols(const PeerId& peer, const std::vector<std::string>& protocols) override {
    (void)peer, (void)protocols;
    known_ = true;
    changed_.notify_all();
  }
  void reset() { known_ = false; }
  Task<bool> wait() {
    const TimePoint limit = network_.loop().now() + kIdentifyLimit;
    Wake wake = Wake::kNotified;
    while (!known_ && wake == Wake::kNotified) wake = co_await changed_.wait_until(limit);
    co_return known_;
  }

 private:
  Network& network_;
  Event changed_;
  bool known_ = false;
};

/// The set-ups that are still to be made, and those that were.
struct SetupWork {
  explicit SetupWork(Multiaddr to, std::size_t count) : address(std::move(to)), left(count) {}
  const Multiaddr address;
  std::size_t left;
  std::vector<Duration> times;
};

Task<Result<void>> set_up_repeatedly(Host& host, SetupWork& work) {
  Identified identified(host.network());
  const PeerId peer = work.address.peer_id().value();
  while (work.left > 0) {
    --work.left;
    identified.reset();
    const TimePoint start = host.loop().now();
    OPW_CO_TRYV(co_await host.connect(work.address));
    const bool answered = co_await identified.wait();
    if (!answered) co_return Error(opwire::errors::kTimeout, "identify");
    work.times.push_back(host.loop().now() - start);
    host.network().disconnect(peer);
  }
  co_return Result<void>();
}

}  // namespace

Stopwatch::Stopwatch(const Clock& clock) : clock_(clock), start_(clock.now()), cpu_start_(cpu_seconds()) {}

Spent Stopwatch::spent() const {
  return {to_seconds(clock_.now() - start_), cpu_seconds() - cpu_start_};
}

Task<Result<Spent>> measure_transfer(Host& host, PeerId peer, std::uint64_t upload, std::uint64_t download,
                                     std::size_t streams) {
  const Stopwatch watch(host.loop());
  Result<void> outcome;
  Scope scope(host.loop());
  for (std::size_t i = 0; i < streams; ++i) {
    const std::uint64_t first = i == 0 ? 1 : 0;  // takes what cannot be shared out evenly
    scope.spawn(keep_first_error(transfer_on_new_stream(host, peer, upload / streams + first * (upload % streams),
                                                        download / streams + first * (download % streams)),
                                 outcome));
  }
  co_await scope.join();
  if (!outcome) co_return outcome.error();
  co_return watch.spent();
}

Task<Result<SetupTimes>> measure_setups(Loop& loop, Multiaddr address, std::size_t count, std::size_t in_flight) {
  SetupWork work(std::move(address), count);
  std::vector<std::unique_ptr<Host>> hosts;
  for (std::size_t i = 0; i < in_flight; ++i) hosts.push_back(make_dialer(loop));
  const Stopwatch watch(loop);
  Result<void> outcome;
  Scope scope(loop);
  for (const auto& host : hosts) scope.spawn(keep_first_error(set_up_repeatedly(*host, work), outcome));
  co_await scope.join();
  const Spent spent = watch.spent();
  for (const auto& host : hosts) co_await host->close();
  if (!outcome) co_return outcome.error();
  co_return SetupTimes{spent, std::move(work.times)};
}

}  // namespace opwire::cli
