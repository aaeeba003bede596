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
