// Dials of found peers, as a model: a second or less where somebody is, ten where nobody answers.
#pragma once

#include <map>
#include <set>

#include "opwire/base/rng.hpp"
#include "opwire/discv5/contact.hpp"
#include "opwire/runtime/mailbox.hpp"
#include "opwire/runtime/scope.hpp"

namespace opwire::sim {

struct DialOptions {
  DialOptions() = default;

  std::size_t workers = 4;
  std::size_t queue = 10;
  double unreachable = 0.2;  ///< of the peers, by their ids
  Duration least = std::chrono::milliseconds(200);
  Duration most = std::chrono::seconds(1);
  Duration silence = std::chrono::seconds(10);
};

/// Whether anybody is there, always the same for one peer. id: bytes of which the last are chance.
bool dial_answers(ByteView id, double unreachable);
Duration dial_time(bool answers, const DialOptions& options, Rng& rng);

/// As op-node's: a queue, and workers that dial one after another.
class Dials {
 public:
  /// rng outlives it. To be closed and joined before it goes.
  Dials(Loop& loop, Rng& rng, const DialOptions& options);

  /// False when the queue is full.
  bool push(const discv5::NodeId& peer) { return queue_.push(peer); }
  bool is_connected(const discv5::NodeId& peer) const { return connected_.contains(peer); }
  std::size_t connected() const noexcept { return connected_.size(); }
  Task<void> close();

 private:
  struct Failure {
    unsigned times = 0;
    TimePoint until{};
  };
  Task<void> work();
  Task<void> dial(discv5::NodeId peer);

  Loop& loop_;
  Rng& rng_;
  const DialOptions options_;
  Mailbox<discv5::NodeId> queue_;
  std::set<discv5::NodeId> connected_;
  std::map<discv5::NodeId, TimePoint> under_way_;
  std::map<discv5::NodeId, Failure> failed_;
  Scope scope_;
};

}  // namespace opwire::sim
