// Peers of our chain that could be dialled, and which of them is worth it first.
//
// Those that stayed connected before come first, then those that answered discovery lately, then the rest; among equals
// the one that was heard of last. Who could not be reached waits, longer each time. Sans-I/O; linear in the peers that
// are known, of which there are a thousand at the most.
#pragma once

#include <map>
#include <optional>

#include "opwire/base/rng.hpp"
#include "opwire/base/time.hpp"
#include "opwire/discv5/contact.hpp"
#include "opwire/multiformats/multiaddr.hpp"

namespace opwire::opstack {

struct CandidateOptions {
  CandidateOptions() = default;
  std::size_t max = 1000;  ///< the worst makes room
  Duration first_pause = std::chrono::seconds(5);
  Duration longest_pause = std::chrono::minutes(10);
  /// Dialled or connected at once of one /24 (IPv6: /48), as long as there are others. Private networks are free.
  std::size_t of_subnet = 4;
};

struct Candidate {
  PeerId peer;
  Multiaddr address;
};

class Candidates {
 public:
  /// rng outlives this.
  Candidates(const CandidateOptions& options, Rng& rng) : options_(options), rng_(rng) {}

  /// A record of our chain. True when the peer is new, or says something new.
  bool hear(const discv5::RecordPtr& record, const PeerId& peer, const Multiaddr& address, TimePoint now);
  /// It answered in discovery.
  void on_answer(const PeerId& peer, TimePoint now);
  /// It is of our chain no more, or its address is not allowed.
  void forget(const PeerId& peer) { entries_.erase(peer); }

  /// The best one that is due and neither being dialled nor connected; it is being dialled from now on.
  std::optional<Candidate> next(TimePoint now);
  /// When next() will have one; TimePoint::max() when only news will help.
  TimePoint next_due(TimePoint now) const;

  void on_connected(const PeerId& peer, TimePoint now);
  void on_failed(const PeerId& peer, TimePoint now);
  void on_disconnected(const PeerId& peer, TimePoint now);

  bool knows(const PeerId& peer) const { return entries_.contains(peer); }
  std::size_t size() const noexcept { return entries_.size(); }
  std::size_t dialling() const noexcept { return dialling_; }

 private:
  enum class State : std::uint8_t { kIdle, kDialling, kConnected };
  struct Entry {
    discv5::RecordPtr record;
    Multiaddr address;
    State state = State::kIdle;
    bool stayed = false;  // it was connected for a while, and that is the last that was seen of it
    TimePoint heard{};
    TimePoint answered{};
    TimePoint connected{};
    TimePoint due{};
    unsigned failures = 0;  // in a row
  };
  using Entries = std::map<PeerId, Entry>;

  bool is_better(const Entry& a, const Entry& b, TimePoint now) const;
  std::size_t busy_in_subnet(const Entry& entry) const;
  void push_back(Entry& entry, TimePoint now);
  void set_state(Entry& entry, State state);
  void make_room(TimePoint now);

  const CandidateOptions options_;
  Rng& rng_;
  Entries entries_;
  std::size_t dialling_ = 0;
};

}  // namespace opwire::opstack
