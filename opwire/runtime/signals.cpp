#include "opwire/runtime/signals.hpp"

#include <csignal>

#include <boost/asio/signal_set.hpp>

namespace opwire {

struct StopSignals::Impl {
  Impl(Loop& loop, std::function<void()> callback)
      : signals(loop.executor(), SIGINT, SIGTERM), on_stop(std::move(callback)) {
    signals.async_wait([this](const boost::system::error_code& error, int) {
      if (error) return;
      boost::system::error_code ignored;
      signals.clear(ignored);  // the next one finds the default action again
      on_stop();
    });
  }
  boost::asio::signal_set signals;
  std::function<void()> on_stop;
};

StopSignals::StopSignals(Loop& loop, std::function<void()> on_stop)
    : impl_(std::make_unique<Impl>(loop, std::move(on_stop))) {}
StopSignals::~StopSignals() = default;

struct HangupSignal::Impl {
  Impl(Loop& loop, std::function<void()> callback) : signals(loop.executor(), SIGHUP), on_hangup(std::move(callback)) {
    wait();
  }
  void wait() {
    signals.async_wait([this](const boost::system::error_code& error, int) {
      if (error) return;
      wait();
      on_hangup();
    });
  }
  boost::asio::signal_set signals;
  std::function<void()> on_hangup;
};

HangupSignal::HangupSignal(Loop& loop, std::function<void()> on_hangup)
    : impl_(std::make_unique<Impl>(loop, std::move(on_hangup))) {}
HangupSignal::~HangupSignal() = default;

}  // namespace opwire
