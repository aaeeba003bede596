// SIGINT, SIGTERM and SIGHUP as events of the loop.
#pragma once

#include <memory>

#include "opwire/runtime/loop.hpp"

namespace opwire {

/// While it lives, the first of these signals calls on_stop on the loop; a second one ends the process at once, as if
/// nobody had asked for it.
class StopSignals {
 public:
  StopSignals(Loop& loop, std::function<void()> on_stop);
  ~StopSignals();
  StopSignals(const StopSignals&) = delete;
  StopSignals& operator=(const StopSignals&) = delete;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

/// While it lives, each SIGHUP, which would end the process otherwise, calls on_hangup on the loop.
class HangupSignal {
 public:
  HangupSignal(Loop& loop, std::function<void()> on_hangup);
  ~HangupSignal();
  HangupSignal(const HangupSignal&) = delete;
  HangupSignal& operator=(const HangupSignal&) = delete;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace opwire
