// A rate limit: `rate` tokens a second, at most `burst` saved up.
#pragma once

#include <algorithm>

#include "opwire/base/time.hpp"

namespace opwire {

class TokenBucket {
 public:
  /// Starts full.
  TokenBucket(double rate, double burst) noexcept : rate_(rate), burst_(burst), tokens_(burst) {}

  bool try_take(TimePoint now, double tokens = 1) noexcept {
    refill(now);
    if (tokens_ < tokens) return false;
    tokens_ -= tokens;
    return true;
  }

  /// How long until try_take() gets them, if nobody else takes any.
  Duration time_until(TimePoint now, double tokens = 1) noexcept {
    refill(now);
    if (tokens_ >= tokens) return Duration::zero();
    // Rounded up: when it has passed, they are there.
    return Duration(1) +
           std::chrono::duration_cast<Duration>(std::chrono::duration<double>((tokens - tokens_) / rate_));
  }

  /// Takes them now, on credit if need be. How long the caller has to wait before it acts.
  Duration reserve(TimePoint now, double tokens = 1) noexcept {
    const Duration wait = time_until(now, tokens);
    tokens_ -= tokens;
    return wait;
  }

 private:
  void refill(TimePoint now) noexcept {
    if (now > last_ && last_ != TimePoint{}) {
      tokens_ = std::min(burst_, tokens_ + rate_ * std::chrono::duration<double>(now - last_).count());
    }
    last_ = std::max(last_, now);
  }

  double rate_;
  double burst_;
  double tokens_;
  TimePoint last_{};
};

}  // namespace opwire
