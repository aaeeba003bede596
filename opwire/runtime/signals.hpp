// SIGINT and SIGTERM as an event of the loop.
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

}  // namespace opwire
