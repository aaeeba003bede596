#include "opwire/p2p/transport/memory_transport.hpp"

#include "opwire/p2p/transport/errors.hpp"

namespace opwire::transport {
namespace {

constexpr std::size_t kBacklog = 256;

std::optional<std::uint64_t> number_of(const Multiaddr& address) {
  const auto components = address.components();
  if (components.size() != 1 || components[0].protocol != Protocol::kMemory) return std::nullopt;
  return load_be<std::uint64_t>(components[0].value.data());
}

Multiaddr address_of(std::uint64_t number) {
  ByteArray<8> value;
  store_be(value.data(), number);
  return Multiaddr().with(Protocol::kMemory, value);
}

}  // namespace

class MemoryListener final : public Listener {
 public:
  MemoryListener(MemoryHub& hub, std::uint64_t number)
      : hub_(hub), number_(number), local_(address_of(number)), backlog_(hub.loop(), kBacklog) {
    hub_.listeners_.emplace(number, this);
  }
  ~MemoryListener() override { close(); }

  const Multiaddr& local() const override { return local_; }
  Task<Result<RawConnection>> accept() override {
    std::optional<RawConnection> connection = co_await backlog_.pop();
    if (connection) co_return std::move(*connection);
    if (closed_) co_return opwire::errors::kClosed;
    co_return opwire::errors::kCancelled;
  }
  void close() override {
    if (std::exchange(closed_, true)) return;
    hub_.listeners_.erase(number_);
    backlog_.close();
  }
  bool push(RawConnection connection) { return backlog_.push(std::move(connection)); }

 private:
  MemoryHub& hub_;
  std::uint64_t number_;
  Multiaddr local_;
  Mailbox<RawConnection> backlog_;
  bool closed_ = false;
};

std::uint64_t MemoryHub::free_number() {
  while (listeners_.contains(next_number_)) ++next_number_;
  return next_number_++;
}

bool MemoryTransport::can_dial(const Multiaddr& address) const {
  return number_of(address).has_value();
}

Task<Result<RawConnection>> MemoryTransport::dial(Multiaddr address, TimePoint deadline) {
  (void)deadline;
  const auto number = number_of(address);
  if (!number) co_return errors::kUnsupported;
  const auto listener = hub_.listeners_.find(*number);
  if (listener == hub_.listeners_.end()) co_return errors::kNoListener;
  auto [ours, theirs] = net::make_stream_pair(hub_.loop(), capacity_);
  const Multiaddr from = address_of(hub_.free_number());
  RawConnection incoming{std::move(theirs), address, from};
  if (!listener->second->push(std::move(incoming))) co_return Error(errors::kNoListener, "backlog is full");
  co_return RawConnection{std::move(ours), from, address};
}

Result<std::unique_ptr<Listener>> MemoryTransport::listen(const Multiaddr& address) {
  const auto number = number_of(address);
  if (!number) return errors::kUnsupported;
  if (hub_.listeners_.contains(*number)) return errors::kAddressInUse;
  return std::unique_ptr<Listener>(std::make_unique<MemoryListener>(hub_, *number == 0 ? hub_.free_number() : *number));
}

}  // namespace opwire::transport
