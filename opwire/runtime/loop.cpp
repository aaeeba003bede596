#include "opwire/runtime/loop.hpp"

#include "opwire/runtime/event.hpp"

namespace opwire {

void Timer::arm(TimePoint when) {
  cancel();
  id_ = loop_.call_at(when, [this] {
    id_ = {};
    on_expiry_();
  });
}

void Timer::cancel() {
  if (armed()) loop_.cancel_timer(std::exchange(id_, {}));
}

Task<bool> sleep_until(Loop& loop, TimePoint when) {
  Event never(loop);
  co_return co_await never.wait_until(when) == Wake::kTimeout;
}

Task<bool> sleep_for(Loop& loop, Duration delay) {
  return sleep_until(loop, loop.now() + delay);
}

}  // namespace opwire
