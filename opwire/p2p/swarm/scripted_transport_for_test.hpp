// Transports that misbehave on demand, around another one.
#pragma once

#include <functional>
#include <limits>
#include <map>
#include <memory>
#include <optional>
#include <set>

#include "opwire/p2p/core/upgrade.hpp"
#include "opwire/runtime/event.hpp"

namespace opwire::swarm {

/// Lets so many bytes out, then everything written stays stuck; nothing gets in either once it is frozen.
class Valve {
 public:
  explicit Valve(Loop& loop) : changed(loop) {}
  void freeze() {
    frozen = true;
    changed.notify_all();
  }
  std::size_t budget = std::numeric_limits<std::size_t>::max();
  std::size_t written = 0;
  bool frozen = false;
  std::optional<Multiaddr> comes_from;  ///< what listeners say of those who connect
  Event changed;
};

class ValveStream final : public Stream {
 public:
  ValveStream(std::unique_ptr<Stream> stream, std::shared_ptr<Valve> valve)
      : stream_(std::move(stream)), valve_(std::move(valve)), closed_(valve_->changed.loop()) {}

  Task<Result<void>> wait_readable() override {
    OPW_CO_TRYV(co_await stream_->wait_readable());
    co_return co_await hold(0);
  }
  Task<Result<std::size_t>> read_some(MutableByteView into) override {
    OPW_CO_TRYV(co_await wait_readable());
    co_return co_await stream_->read_some(into);
  }
  Task<Result<void>> write(ByteViews pieces) override {
    for (const ByteView piece : pieces) {
      const std::size_t passes = valve_->frozen ? 0 : std::min(piece.size(), valve_->budget);
      valve_->budget -= passes;
      valve_->written += passes;
      OPW_CO_TRYV(co_await opwire::write(*stream_, piece.first(passes)));
      OPW_CO_TRYV(co_await hold(piece.size() - passes));
    }
    co_return Result<void>();
  }
  Task<Result<void>> close_write() override {
    OPW_CO_TRYV(co_await hold(0));
    co_return co_await stream_->close_write();
  }
  void reset() noexcept override {
    reset_ = true;
    stream_->reset();
    closed_.notify_all();
  }

 private:
  // Forever, if it is frozen or something is stuck; looks every second whether the other side has gone.
  Task<Result<void>> hold(std::size_t stuck) {
    while (!reset_ && (valve_->frozen || stuck > 0)) {
      const Wake wake = co_await closed_.wait_until(closed_.loop().now() + std::chrono::seconds(1));
      if (wake == Wake::kCancelled && !reset_) co_return opwire::errors::kCancelled;
      OPW_CO_TRYV(co_await stream_->write({}));
    }
    if (reset_) co_return opwire::errors::kClosed;
    co_return Result<void>();
  }

  std::unique_ptr<Stream> stream_;
  std::shared_ptr<Valve> valve_;
  Event closed_;
  bool reset_ = false;
};

class ValveListener final : public Listener {
 public:
  ValveListener(std::unique_ptr<Listener> listener, std::shared_ptr<Valve> valve)
      : listener_(std::move(listener)), valve_(std::move(valve)) {}

  const Multiaddr& local() const override { return listener_->local(); }
  Task<Result<RawConnection>> accept() override {
    Result<RawConnection> raw = co_await listener_->accept();
    if (!raw) co_return raw;
    raw->stream = std::make_unique<ValveStream>(std::move(raw->stream), valve_);
    if (valve_->comes_from) raw->remote = *valve_->comes_from;
    co_return raw;
  }
  void close() override { listener_->close(); }

 private:
  std::unique_ptr<Listener> listener_;
  std::shared_ptr<Valve> valve_;
};

/// Everything passes through one valve; some addresses never answer when dialled, some lead elsewhere; counts dials.
class ScriptedTransport final : public Transport {
 public:
  ScriptedTransport(Loop& loop, std::unique_ptr<Transport> inner)
      : valve(std::make_shared<Valve>(loop)), loop_(loop), inner_(std::move(inner)) {}

  bool can_dial(const Multiaddr& address) const override { return inner_->can_dial(address); }
  Task<Result<RawConnection>> dial(Multiaddr address, TimePoint deadline) override {
    dialled.emplace_back(loop_.now(), address);
    if (const auto alias = aliases.find(address); alias != aliases.end()) address = alias->second;
    ++dialling;
    most_dialling = std::max(most_dialling, dialling);
    if (silent.contains(address)) {
      const bool waited = co_await sleep_until(loop_, deadline);
      --dialling;
      if (waited) co_return opwire::errors::kTimeout;
      co_return opwire::errors::kCancelled;
    }
    Result<RawConnection> raw = co_await inner_->dial(address, deadline);
    --dialling;
    if (raw) raw->stream = std::make_unique<ValveStream>(std::move(raw->stream), valve);
    co_return raw;
  }
  Result<std::unique_ptr<Listener>> listen(const Multiaddr& address) override {
    OPW_TRY(auto listener, inner_->listen(address));
    return std::unique_ptr<Listener>(std::make_unique<ValveListener>(std::move(listener), valve));
  }

  std::shared_ptr<Valve> valve;
  std::set<Multiaddr> silent;
  std::map<Multiaddr, Multiaddr> aliases;  ///< dialling the first leads to the second
  std::vector<std::pair<TimePoint, Multiaddr>> dialled;
  std::size_t dialling = 0;
  std::size_t most_dialling = 0;

 private:
  Loop& loop_;
  std::unique_ptr<Transport> inner_;
};

}  // namespace opwire::swarm
