#include "opwire/sim/discovery/datagrams.hpp"

#include "opwire/base/check.hpp"
#include "opwire/net/errors.hpp"
#include "opwire/runtime/event.hpp"

namespace opwire::sim {
namespace {

// What is derived from the seed.
enum Stream : std::uint64_t { kLinks, kChance };
constexpr std::size_t kMaxBatch = 32;  // datagrams of one receive()

/// The machine of an address: whatever its port.
MachineId machine_of(const net::Endpoint& endpoint) {
  const std::uint64_t high = load_be<std::uint64_t>(endpoint.address.data());
  const std::uint64_t low = load_be<std::uint64_t>(endpoint.address.data() + 8);
  return static_cast<MachineId>(derive_seed(high, low));
}

}  // namespace

struct DatagramNet::Flight {
  net::Endpoint from;
  net::Endpoint to;
  Bytes bytes;
};

/// A queue that a coroutine empties.
class SimulatedSocket final : public net::DatagramSocket, public DatagramReceiver {
 public:
  SimulatedSocket(DatagramNet& network, const net::Endpoint& at)
      : network_(network), local_(at), arrived_(network.loop()) {
    network_.attach(local_, *this);
  }
  ~SimulatedSocket() override { SimulatedSocket::close(); }

  const net::Endpoint& local() const noexcept override { return local_; }

  void send(const net::Endpoint& to, ByteView datagram) override {
    if (!closed_) network_.send(local_, to, datagram);
  }

  Task<Result<std::span<const net::Datagram>>> receive() override {
    if (co_await is_cancelled()) co_return opwire::errors::kCancelled;
    while (queue_.empty() && !closed_) {
      const bool notified = co_await arrived_.wait();
      if (!notified && !closed_) co_return opwire::errors::kCancelled;
    }
    if (closed_) co_return opwire::errors::kClosed;
    co_return take();
  }

  void close() override {
    if (closed_) return;
    closed_ = true;
    network_.detach(local_);
    arrived_.notify_all();
  }

  void on_datagram(const net::Endpoint& from, ByteView datagram, TimePoint) override {
    if (queue_.size() >= network_.options_.socket_queue) {
      ++network_.counts_.overflown;
      return;
    }
    queue_.push_back({from, to_bytes(datagram)});
    arrived_.notify_one();
  }

 private:
  struct Waiting {
    net::Endpoint from;
    Bytes bytes;
  };

  std::span<const net::Datagram> take() {
    taken_.clear();
    views_.clear();
    for (; !queue_.empty() && taken_.size() < kMaxBatch; queue_.pop_front()) {
      taken_.push_back(std::move(queue_.front()));
    }
    for (const Waiting& one : taken_) views_.push_back({one.from, one.bytes});
    return views_;
  }

  DatagramNet& network_;
  net::Endpoint local_;
  Event arrived_;
  std::deque<Waiting> queue_;
  std::vector<Waiting> taken_;
  std::vector<net::Datagram> views_;
  bool closed_ = false;
};

DatagramNet::DatagramNet(SimulatedLoop& loop, std::uint64_t seed, const DatagramOptions& options)
    : loop_(loop),
      options_(options),
      links_(derive_seed(seed, kLinks), options.links),
      chance_(derive_seed(seed, kChance)) {}

Result<std::unique_ptr<net::DatagramSocket>> DatagramNet::bind(const net::Endpoint& at) {
  net::Endpoint free = at;
  if (at.port == 0) {
    free.port = 49152;
    while (free.port != 0 && receivers_.contains(free)) ++free.port;
  }
  if (free.port == 0 || receivers_.contains(free)) return net::errors::kListen;
  return std::unique_ptr<net::DatagramSocket>(std::make_unique<SimulatedSocket>(*this, free));
}

void DatagramNet::attach(const net::Endpoint& at, DatagramReceiver& receiver) {
  OPW_CHECK(receivers_.emplace(at, &receiver).second);
}

void DatagramNet::send(const net::Endpoint& from, const net::Endpoint& to, ByteView datagram) {
  ++counts_.sent;
  if (watcher_) watcher_(from, to, datagram);
  if (datagram.size() > options_.max_datagram || in_flight_ >= options_.max_in_flight) {
    ++counts_.overflown;
    return;
  }
  const bool lost = options_.loss > 0 && chance_.unit() < options_.loss;
  const Duration delay = links_.packet_delay(machine_of(from), machine_of(to));
  if (lost) {
    ++counts_.lost;
    return;
  }
  ++in_flight_;
  auto flight = std::make_shared<Flight>(Flight{from, to, to_bytes(datagram)});
  loop_.call_at(loop_.now() + delay, [this, flight = std::move(flight)] { arrive(*flight); });
}

void DatagramNet::arrive(const Flight& flight) {
  --in_flight_;
  const auto receiver = receivers_.find(flight.to);
  if (receiver == receivers_.end() || !reachable(flight.from, flight.to)) {
    ++counts_.unreachable;
    return;
  }
  ++counts_.arrived;
  note(Note::kArrived, flight.from);
  fingerprint_.add(flight.to.ip());
  fingerprint_.add(flight.bytes);
  receiver->second->on_datagram(flight.from, flight.bytes, loop_.now());
}

bool DatagramNet::reachable(const net::Endpoint& from, const net::Endpoint& to) const {
  if (silent_.contains(from) || silent_.contains(to)) return false;
  return groups_.empty() || group_of(from) == group_of(to);
}

unsigned DatagramNet::group_of(const net::Endpoint& at) const {
  const auto found = groups_.find(at);
  return found == groups_.end() ? 0 : found->second;
}

void DatagramNet::silence(const net::Endpoint& at) {
  note(Note::kSilenced, at);
  silent_.insert(at);
}

void DatagramNet::restore(const net::Endpoint& at) {
  note(Note::kRestored, at);
  silent_.erase(at);
}

void DatagramNet::partition(std::unordered_map<net::Endpoint, unsigned> groups) {
  fingerprint_.add(static_cast<std::uint64_t>(Note::kPartition));
  fingerprint_.add(loop_.now());
  fingerprint_.add(groups.size());
  groups_ = std::move(groups);
}

void DatagramNet::note(Note what, const net::Endpoint& where) {
  fingerprint_.add(static_cast<std::uint64_t>(what));
  fingerprint_.add(loop_.now());
  fingerprint_.add(where.ip());
  fingerprint_.add(where.port);
}

}  // namespace opwire::sim
