// The core of discv5.1: datagrams and times in, datagrams out. No socket, no clock, no coroutine.
//
// It answers others, keeps sessions, checks the table's nodes, refreshes the table, votes on our address, and makes the
// requests and lookups that it is asked for. Whoever owns it calls on_datagram() with what arrives and on_time() at
// next_wake().
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "opwire/discv5/address_vote.hpp"
#include "opwire/discv5/known_records.hpp"
#include "opwire/discv5/lookup.hpp"
#include "opwire/discv5/requests.hpp"
#include "opwire/discv5/responder.hpp"

namespace opwire::discv5 {

struct ProtocolOptions {
  explicit ProtocolOptions(Bytes private_key) : key(std::move(private_key)) {}

  Bytes key;                             ///< 32 bytes, secp256k1
  std::map<std::string, Bytes> entries;  ///< further ones of our record: byte strings, which are not RLP yet
  IpFamilies families;
  Announced announced;
  /// An address of these families that is not announced is found by vote, and with it the UDP port, unless that is
  /// given.
  IpFamilies votes{true, true};
  bool votes_on_port = true;
  std::vector<Contact> bootnodes;
  bool trust_bootnodes = true;  ///< in the vote: the operator knows whose they are
  /// Whether nodes there may be known and asked: --p2p.netrestrict. Null: all may. Whoever asks us is answered.
  std::function<bool(const net::Endpoint&)> admits;
  bool find_nodes = true;  ///< keep the table full by lookups; false: know only who comes
  TableOptions table;
  VoteOptions vote;
  Limits limits;
  Duration request_timeout = std::chrono::milliseconds(700);  ///< geth's
  Duration refresh_interval = std::chrono::minutes(30);       ///< geth's
};

/// Told as things happen. Not to call back into the protocol.
class ProtocolObserver {
 public:
  virtual ~ProtocolObserver() = default;
  /// A record that we had not seen lately, or a newer one of a node: from an answer, a handshake, a bootnode.
  virtual void on_record(const RecordPtr& record) { (void)record; }
  /// The node answered at its record's endpoint.
  virtual void on_live(const RecordPtr& record) { (void)record; }
  /// A node of the table was given up: it does not answer.
  virtual void on_gone(const NodeId& id) { (void)id; }
  /// Our own record was signed anew. why: "start", "vote", ...
  virtual void on_local_record(const NodeRecord& record, std::string_view why) { (void)record, (void)why; }
};

struct ProtocolStats {
  std::uint64_t received = 0;  ///< datagrams
  std::uint64_t sent = 0;
  std::uint64_t handshakes = 0;                       ///< of nodes that came to us, completed
  std::uint64_t challenges = 0;                       ///< WHOAREYOUs sent
  std::map<std::string_view, std::uint64_t> dropped;  ///< what was wrong with datagrams, records and answers: how often
};

/// What became of a lookup.
struct LookupResult {
  std::vector<RecordPtr> nearest;  ///< that answered, nearest first, at most 16
  std::size_t asked = 0;
  unsigned hops = 0;  ///< from the table to the nearest one
};

class Protocol final : private DatagramSink {
 public:
  template <class T>
  using Done = std::function<void(Result<T>, TimePoint now)>;

  /// first_seq: as LocalRecord's. rng, sink and observer outlive this. Errors: LocalRecord's.
  static Result<std::unique_ptr<Protocol>> make(ProtocolOptions options, std::uint64_t first_seq, Rng& rng,
                                                DatagramSink& sink, ProtocolObserver& observer);

  /// Announces itself to the bootnodes.
  void start(TimePoint now);
  void on_datagram(const net::Endpoint& from, ByteView datagram, TimePoint now);
  void on_time(TimePoint now);
  TimePoint next_wake(TimePoint now) const;
  /// What is under way ends with kClosed.
  void close(TimePoint now);

  // Questions. done is called later, or at once where it is clear that there will be no answer. Errors: those of
  // Requests; of talk kTalkTooLarge.
  void ping(const Contact& node, TimePoint now, Done<Pong> done);
  /// Records at these log distances (0: its own) from the node; those that do not hold are left out.
  void find_node(const Contact& node, std::vector<std::uint16_t> distances, TimePoint now,
                 Done<std::vector<RecordPtr>> done);
  void talk(const Contact& node, std::string_view protocol, ByteView message, TimePoint now, Done<Bytes> done);
  /// Errors: kLimit (too many at once), kClosed.
  void lookup(const NodeId& target, TimePoint now, Done<LookupResult> done);

  void set_talk_handler(std::string protocol, TalkHandler handler) {
    responder_.set_talk_handler(std::move(protocol), std::move(handler));
  }
  /// Nodes that were known before: they enter the table unverified, and lookups begin with them.
  void add(const std::vector<RecordPtr>& records, TimePoint now);
  /// Nodes whose owner knows that they answer: they enter the table live, where it has room. For networks that are made
  /// in the middle of their life.
  void vouch(const std::vector<RecordPtr>& records, TimePoint now);
  /// Tells another address from now on.
  void announce(const Announced& announced, std::string_view why, TimePoint now);
  /// Of lookups and pings that begin later. Those that are not admitted, and ourselves, are left out; returns how many
  /// were taken.
  std::size_t set_bootnodes(std::vector<Contact> bootnodes);

  const NodeRecord& local_record() const noexcept { return own_.record(); }
  const Announced& announced() const noexcept { return own_.announced(); }
  const Table& table() const noexcept { return table_; }
  std::size_t sessions() const noexcept { return sessions_.size(); }
  const ProtocolStats& stats() const noexcept { return stats_; }

 private:
  static constexpr Duration kFirstPause = std::chrono::seconds(5);

  struct Running {
    Lookup lookup;
    Done<LookupResult> done;
  };

  Protocol(ProtocolOptions options, LocalRecord own, Rng& rng, DatagramSink& sink, ProtocolObserver& observer);

  void send(const net::Endpoint& to, ByteView datagram) override;
  void count(const Error& error) { ++stats_.dropped[error.kind().name]; }
  void count(const Result<void>& result) {
    if (!result) count(result.error());
  }

  void on_opened(Sessions::Opened opened, TimePoint now);
  void on_unreadable(const Sessions::Unreadable& packet, TimePoint now);
  void answer(const Peer& from, const Message& request, TimePoint now);

  /// Where it is asked; nothing when it may not be, or cannot.
  std::optional<Contact> usable(const RecordPtr& record) const;
  /// A record that its own node sent.
  void learn(const RecordPtr& record, TimePoint now);
  std::vector<RecordPtr> take_records(const Contact& from, const std::vector<std::uint16_t>& distances,
                                      const std::vector<Bytes>& encoded, TimePoint now);
  Result<RecordPtr> take_record(const Contact& from, const std::vector<std::uint16_t>& distances, ByteView encoded);
  void on_live(const Contact& node, TimePoint now);
  void on_silent(const Contact& node, TimePoint now);

  void ask_nodes(const Contact& node, std::vector<std::uint16_t> distances, unsigned attempts, TimePoint now,
                 Done<std::vector<RecordPtr>> done);
  /// Asks who has just answered what it sees of us, while we do not know our address.
  void seek_vote(const Contact& node, TimePoint now);
  void check(const Contact& node, TimePoint now);
  void on_pong(const Contact& node, const Pong& pong, TimePoint now);
  /// It told of a record of its own, which is fetched where it is newer than what was heard of.
  void on_record_seq(const Peer& from, std::uint64_t seq, TimePoint now);
  void refresh(TimePoint now);
  void refill(TimePoint now);
  void go_on(std::uint64_t lookup, TimePoint now);
  void on_lookup_answer(std::uint64_t lookup, const Contact& node, const Result<std::vector<RecordPtr>>& records,
                        TimePoint now);

  ProtocolOptions options_;
  LocalRecord own_;
  Rng& rng_;
  DatagramSink& sink_;
  ProtocolObserver& observer_;
  ProtocolStats stats_;
  Table table_;
  Sessions sessions_;
  Requests requests_;
  Responder responder_;
  AddressVote vote_;
  KnownRecords known_;
  /// The newest record of a node that was heard of, fetched or not.
  struct Heard {
    std::uint64_t seq = 0;
    bool fetching = false;
  };
  LruCache<NodeId, Heard> heard_;  // of those who came to us, in the table or not
  std::unordered_map<std::uint64_t, Running> lookups_;
  std::uint64_t next_lookup_ = 1;
  TimePoint next_refresh_ = TimePoint::max();
  Duration refresh_pause_ = kFirstPause;  // doubles up to the interval; the first one again while nobody is known
  bool refilling_ = false;                // bootnodes are asked; the first answer starts lookups
  bool closed_ = false;
};

}  // namespace opwire::discv5
