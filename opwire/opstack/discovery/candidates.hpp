// Peers of our chain that could be dialled, and which of them to dial next. No socket, no clock, no coroutine.
//
// Those go first that we were connected to and that stayed, then those that answered a PING lately, then those that
// ever did, then the rest; within these, those that failed less often, and then chance, so that not all nodes of a
// chain dial the same ones. Who fails waits, longer each time.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <unordered_map>
#include <utility>
#include <vector>

#include "opwire/base/rng.hpp"
#include "opwire/base/time.hpp"
#include "opwire/opstack/discovery/chain_entry.hpp"

namespace opwire::opstack {

struct CandidateOptions {
  explicit CandidateOptions(ChainId of) : chain(of) {}

  ChainId chain;
  discv5::IpFamilies families;
  /// Whether we may dial there: --p2p.netrestrict. Null: everywhere.
  std::function<bool(const net::Endpoint&)> admits;
  std::size_t max = 1000;  ///< the worst goes, never one that is connected or being dialled
  // Of one public /24 (IPv6: /48):
  std::size_t known_in_subnet = 50;                ///< in all; further ones are refused
  std::size_t taken_in_subnet = 4;                 ///< connected or being dialled, while there are others
  Duration first_pause = std::chrono::seconds(5);  ///< after a failure; doubles, and each is up to a quarter shorter
  Duration longest_pause = std::chrono::minutes(10);
  Duration stayed = std::chrono::minutes(1);   ///< connected for that long: a peer worth going back to
  Duration lately = std::chrono::minutes(10);  ///< a PING was answered
};

struct Candidate {
  Candidate(const PeerId& who, Multiaddr where, discv5::RecordPtr of)
      : peer(who), address(std::move(where)), record(std::move(of)) {}

  PeerId peer;
  Multiaddr address;
  discv5::RecordPtr record;
};

class Candidates {
 public:
  enum class Added : std::uint8_t {
    kNew,
    kUpdated,  ///< a newer record of one that is known
    kKnown,
    kForeign,  ///< of another chain, or version; one that was known is forgotten
    kRefused,  ///< no address that we may dial, so it is forgotten; or nobody worse to make room
  };

  /// rng outlives it.
  Candidates(CandidateOptions options, Rng& rng) : options_(std::move(options)), rng_(rng) {}

  Added add(const discv5::RecordPtr& record, TimePoint now);
  /// It answered a PING then, which may be long ago.
  void on_answer(const discv5::NodeId& id, TimePoint when);
  /// It answers no more. True when that was its last chance, for dialling it had failed too: it is forgotten.
  bool on_gone(const discv5::NodeId& id);

  /// The best one that is due and neither connected nor being dialled. From now on it is being dialled, until one of
  /// the next three tells what came of it.
  std::optional<Candidate> next(TimePoint now);
  void on_connected(const PeerId& peer, TimePoint now);
  /// Whether it stayed is seen from the time since on_connected().
  void on_disconnected(const PeerId& peer, TimePoint now);
  /// The dial failed. True when it was its last chance: see on_gone().
  bool on_failed(const PeerId& peer, TimePoint now);
  void remove(const discv5::NodeId& id);

  /// When next() will have something; TimePoint::max() when everybody is connected or being dialled.
  TimePoint next_due() const noexcept;
  bool knows(const PeerId& peer) const { return ids_.contains(peer); }
  bool knows(const discv5::NodeId& id) const { return entries_.contains(id); }
  std::size_t size() const noexcept { return entries_.size(); }

 private:
  enum class State : std::uint8_t { kIdle, kDialling, kConnected };
  struct Entry {
    explicit Entry(Candidate of) : candidate(std::move(of)) {}

    Candidate candidate;
    net::Endpoint endpoint;
    State state = State::kIdle;
    TimePoint due{};
    TimePoint connected{};
    TimePoint answered = TimePoint::min();  // never
    unsigned failures = 0;                  // since it last stayed
    bool stayed = false;
    bool gone = false;
    std::uint64_t lot = 0;  // chance, drawn once
  };
  struct Rank;
  using Entries = std::map<discv5::NodeId, Entry>;

  Rank rank(const Entry& entry, TimePoint now) const noexcept;
  Added update(Entry& known, const discv5::RecordPtr& record, const Multiaddr& address, const net::Endpoint& endpoint,
               TimePoint now);
  bool make_room(TimePoint now);
  bool subnet_is_full(const net::Endpoint& endpoint) const noexcept;
  bool subnet_has_share(const Entry& entry, const std::vector<const Entry*>& taken) const noexcept;
  Entry* find(const PeerId& peer);
  Duration pause_after(unsigned failures);
  void push_back(Entry& entry, TimePoint now);

  CandidateOptions options_;
  Rng& rng_;
  Entries entries_;
  std::unordered_map<PeerId, discv5::NodeId> ids_;
};

}  // namespace opwire::opstack
