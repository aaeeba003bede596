// Our questions to other nodes: sent, sent again, matched with their answers, given up.
//
// A node without a session gets one question at a time, which carries the handshake; the others wait for it. A node
// that has lost its session asks who we are; then all that it has not answered is sent anew. Of two that begin at the
// same moment only one should shake hands: a node that we have just asked who it is, is asked when it has said so, or
// has not within the time of an attempt.
#pragma once

#include <deque>
#include <functional>
#include <unordered_map>
#include <variant>
#include <vector>

#include "opwire/discv5/local_record.hpp"
#include "opwire/discv5/message.hpp"
#include "opwire/discv5/sessions.hpp"

namespace opwire::discv5 {

/// Where datagrams go.
class DatagramSink {
 public:
  virtual ~DatagramSink() = default;
  virtual void send(const net::Endpoint& to, ByteView datagram) = 0;
};

/// What a PING, a FINDNODE (records, encoded and not looked at) or a TALKREQ brought.
using Answer = std::variant<Pong, std::vector<Bytes>, Bytes>;

class Requests {
 public:
  /// Errors: kTimeout, kClosed, kLimit (too many at once), crypto's kBadKey (a contact whose key is none).
  using Done = std::function<void(Result<Answer>, TimePoint now)>;

  /// All of them outlive this. timeout: of one attempt.
  Requests(Sessions& sessions, const LocalRecord& own, DatagramSink& sink, Rng& rng, const Limits& limits,
           Duration timeout);

  /// request's id is chosen here. done is called later, never inside; after close() at once, with kClosed.
  void ask(const Contact& to, Message request, unsigned attempts, TimePoint now, Done done);

  /// Errors: kUnexpectedChallenge.
  Result<void> on_challenge(const net::Endpoint& from, const Sessions::Challenge& challenge, TimePoint now);
  /// from has made a session with us.
  void on_session(const Peer& from, TimePoint now);
  /// A PONG, NODES or TALKRESP. Errors: kUnexpectedAnswer.
  Result<void> on_answer(const Peer& from, Message answer, TimePoint now);

  void on_time(TimePoint now);
  /// TimePoint::max() when nothing waits.
  TimePoint next_wake() const noexcept;
  std::size_t size() const noexcept { return calls_.size(); }
  /// All end with kClosed.
  void close(TimePoint now);

 private:
  using CallId = std::uint64_t;  // the request id on the wire
  struct Call {
    Contact to;
    Message request;
    Done done;
    unsigned attempts = 0;    // left
    unsigned challenges = 0;  // answered
    bool challenged = false;  // since it was last sent
    bool held = false;        // until the node's own handshake was due; not again
    bool sent = false;
    std::vector<std::uint64_t> nonces;  // of its packets: a few, by attempts and challenges
    TimePoint deadline{};
    std::vector<Bytes> records;
    unsigned expected = 0;  // NODES messages
    unsigned received = 0;
  };
  /// Of one node at one endpoint.
  struct Line {
    std::vector<CallId> calls;
    CallId handshaking = 0;  // 0: none is
  };
  struct Deadline {
    TimePoint at;
    CallId call;
  };

  CallId new_id();
  void send(CallId id, Call& call, TimePoint now);
  void wait(CallId id, Call& call, TimePoint now);
  void sent(CallId id, Call& call, const Sessions::Sealed& sealed, TimePoint now);
  void send_waiting(const Peer& peer, TimePoint now, CallId but = 0);
  void finish(CallId id, Result<Answer> answer, TimePoint now);
  void give_up(CallId id, const Error& why, TimePoint now);
  void on_nodes(CallId id, Call& call, Nodes nodes, TimePoint now);

  Sessions& sessions_;
  const LocalRecord& own_;
  DatagramSink& sink_;
  Rng& rng_;
  const std::size_t limit_;
  const Duration timeout_;
  std::unordered_map<CallId, Call> calls_;
  std::unordered_map<std::uint64_t, CallId> by_nonce_;
  std::unordered_map<Peer, Line, PeerHash> lines_;
  std::deque<Deadline> deadlines_;  // in order, for all wait equally long; those of ended calls too
  std::vector<Done> refused_;       // over the limit: told at the next on_time()
  bool closed_ = false;
};

}  // namespace opwire::discv5
