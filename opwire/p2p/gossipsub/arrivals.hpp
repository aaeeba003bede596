// RPCs that are arriving: what they take together, and how long each may take.
#pragma once

#include <boost/intrusive/list.hpp>
#include <boost/intrusive/list_hook.hpp>

#include "opwire/net/stream.hpp"
#include "opwire/runtime/loop.hpp"

namespace opwire::gossipsub {

/// A peer that announces much and sends it slowly, or not at all, holds memory. Each arrival has the same time; where
/// all together would take more than max_bytes, the one that has taken longest is given up for the newest.
class Arrivals {
 public:
  Arrivals(Loop& loop, std::size_t max_bytes, Duration timeout)
      : loop_(loop), max_bytes_(max_bytes), timeout_(timeout), slow_(loop, [this] { give_up_late_ones(); }) {}

  using Hook = boost::intrusive::list_base_hook<boost::intrusive::link_mode<boost::intrusive::auto_unlink>>;

  /// Stands while an RPC of `size` bytes is read from a stream; giving it up resets that stream.
  class Arrival : public Hook {
   public:
    Arrival(Arrivals& all, Stream& stream, std::size_t size);
    ~Arrival();
    Arrival(const Arrival&) = delete;
    Arrival& operator=(const Arrival&) = delete;

    bool given_up() const noexcept { return given_up_; }

   private:
    friend class Arrivals;
    void give_up();

    Arrivals& all_;
    Stream& stream_;
    std::size_t size_;
    TimePoint deadline_;
    bool given_up_ = false;
  };

 private:
  void give_up_late_ones();

  Loop& loop_;
  std::size_t max_bytes_;
  Duration timeout_;
  std::size_t bytes_ = 0;
  boost::intrusive::list<Arrival, boost::intrusive::constant_time_size<false>> standing_;  // oldest first
  Timer slow_;
};

}  // namespace opwire::gossipsub
