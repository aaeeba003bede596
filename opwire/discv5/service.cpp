#include "opwire/discv5/service.hpp"

#include "opwire/base/log.hpp"
#include "opwire/runtime/scope.hpp"

namespace opwire::discv5 {
namespace {

constexpr log::Logger kLog{"discv5"};

std::uint64_t unix_milliseconds(WallTime time) {
  return static_cast<std::uint64_t>(
      std::chrono::duration_cast<std::chrono::milliseconds>(time.time_since_epoch()).count());
}

class Silent final : public ProtocolObserver {};

/// What a coroutine waits for that a callback will bring. Shared by the two, for the coroutine may be cancelled.
template <class T>
struct Awaited {
  explicit Awaited(Loop& loop) : came(loop) {}
  Event came;
  std::optional<Result<T>> result;
};

}  // namespace

struct Service::Impl final : public DatagramSink {
  Impl(Loop& on, std::unique_ptr<net::DatagramSocket> at)
      : loop(on), socket(std::move(at)), timer(on, [this] { on_timer(); }), scope(on) {}

  void send(const net::Endpoint& to, ByteView datagram) override { socket->send(to, datagram); }

  void on_timer() {
    armed_for = TimePoint::max();
    protocol->on_time(loop.now());
    arm();
  }

  /// After everything that may have changed when the core wants to be woken.
  void arm() {
    if (!started) return;  // nobody would receive the answers
    const TimePoint wake = protocol->next_wake(loop.now());
    if (wake >= armed_for) return;
    armed_for = wake;
    timer.arm(wake);
  }

  Task<void> receive() {
    while (true) {
      const auto datagrams = co_await socket->receive();
      if (!datagrams) {
        if (datagrams.error().is(opwire::errors::kClosed) || datagrams.error().is(opwire::errors::kCancelled))
          co_return;
        kLog.error("cannot receive any more", {{"error", datagrams.error()}});
        co_return;
      }
      const TimePoint now = loop.now();
      for (const net::Datagram& datagram : *datagrams) protocol->on_datagram(datagram.from, datagram.bytes, now);
      arm();
    }
  }

  template <class T>
  static Protocol::Done<T> telling(std::shared_ptr<Awaited<T>> awaited) {
    return [awaited = std::move(awaited)](Result<T> result, TimePoint) {
      awaited->result.emplace(std::move(result));
      awaited->came.notify_all();
    };
  }

  template <class T>
  Task<Result<T>> wait(std::shared_ptr<Awaited<T>> awaited) {
    arm();
    while (!awaited->result) {
      const bool notified = co_await awaited->came.wait();
      if (!notified && !awaited->result) co_return opwire::errors::kCancelled;
    }
    co_return std::move(*awaited->result);
  }

  Loop& loop;
  std::unique_ptr<net::DatagramSocket> socket;
  Silent silent;
  std::unique_ptr<Protocol> protocol;
  Timer timer;
  TimePoint armed_for = TimePoint::max();
  bool started = false;
  Scope scope;
};

Service::Service(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Service::~Service() = default;

Result<std::unique_ptr<Service>> Service::make(Loop& loop, Rng& rng, std::unique_ptr<net::DatagramSocket> socket,
                                               ProtocolOptions options, ProtocolObserver* observer) {
  auto impl = std::make_unique<Impl>(loop, std::move(socket));
  ProtocolObserver& told = observer != nullptr ? *observer : impl->silent;
  OPW_TRY(impl->protocol, Protocol::make(std::move(options), unix_milliseconds(loop.wall_now()), rng, *impl, told));
  return std::unique_ptr<Service>(new Service(std::move(impl)));
}

void Service::start() {
  impl_->started = true;
  impl_->scope.spawn(impl_->receive());
  impl_->protocol->start(impl_->loop.now());
  impl_->arm();
}

Task<Result<Pong>> Service::ping(Contact node) {
  const auto awaited = std::make_shared<Awaited<Pong>>(impl_->loop);
  impl_->protocol->ping(node, impl_->loop.now(), Impl::telling(awaited));
  co_return co_await impl_->wait(awaited);
}

Task<Result<std::vector<RecordPtr>>> Service::find_node(Contact node, std::vector<std::uint16_t> distances) {
  const auto awaited = std::make_shared<Awaited<std::vector<RecordPtr>>>(impl_->loop);
  impl_->protocol->find_node(node, std::move(distances), impl_->loop.now(), Impl::telling(awaited));
  co_return co_await impl_->wait(awaited);
}

Task<Result<Bytes>> Service::talk(Contact node, std::string protocol, Bytes message) {
  const auto awaited = std::make_shared<Awaited<Bytes>>(impl_->loop);
  impl_->protocol->talk(node, protocol, message, impl_->loop.now(), Impl::telling(awaited));
  co_return co_await impl_->wait(awaited);
}

Task<Result<LookupResult>> Service::lookup(NodeId target) {
  const auto awaited = std::make_shared<Awaited<LookupResult>>(impl_->loop);
  impl_->protocol->lookup(target, impl_->loop.now(), Impl::telling(awaited));
  co_return co_await impl_->wait(awaited);
}

void Service::set_talk_handler(std::string protocol, TalkHandler handler) {
  impl_->protocol->set_talk_handler(std::move(protocol), std::move(handler));
}

void Service::add(const std::vector<RecordPtr>& records) {
  impl_->protocol->add(records, impl_->loop.now());
  impl_->arm();
}

std::size_t Service::set_bootnodes(std::vector<Contact> bootnodes) {
  return impl_->protocol->set_bootnodes(std::move(bootnodes));
}

void Service::announce(const Announced& announced, std::string_view why) {
  impl_->protocol->announce(announced, why, impl_->loop.now());
  impl_->arm();
}

const Protocol& Service::protocol() const noexcept {
  return *impl_->protocol;
}
const net::Endpoint& Service::local_endpoint() const noexcept {
  return impl_->socket->local();
}

Task<void> Service::close() {
  impl_->timer.cancel();
  impl_->protocol->close(impl_->loop.now());
  impl_->socket->close();
  impl_->scope.cancel();
  co_await impl_->scope.join();
}

}  // namespace opwire::discv5
