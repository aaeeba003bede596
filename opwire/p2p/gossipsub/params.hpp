// What can be set in gossipsub. Defaults are go-libp2p-pubsub's; the OP Stack's values are set by opstack/gossip.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "opwire/base/result.hpp"
#include "opwire/base/time.hpp"
#include "opwire/p2p/gossipsub/peer_gater.hpp"
#include "opwire/p2p/gossipsub/score.hpp"

namespace opwire::gossipsub {

/// How many entries of each kind one RPC may carry; what is beyond is passed over and counted.
struct RpcLimits {
  std::size_t subscriptions = 5000;
  std::size_t messages = 5000;
  std::size_t control = 5000;  ///< each of IHAVE, IWANT, GRAFT, PRUNE, IDONTWANT
};

/// How much may wait for one peer. When full, new messages and gossip are dropped and counted; subscriptions, GRAFT and
/// PRUNE always stay until they are sent (there is at most one of each for a topic).
struct OutboundLimits {
  std::size_t messages = 32;
  std::size_t bytes = std::size_t{16} << 20;  ///< of messages; a single one always fits
  std::size_t gossip_ids = 10'000;            ///< in IHAVE, IWANT and IDONTWANT together
};

/// Who wrote a message (libp2p specs, pubsub/README.md, "Message Signing").
enum class SignaturePolicy : std::uint8_t {
  kStrictNoSign,  ///< nobody says: a message with an author, sequence number, signature or key is refused
  kStrictSign,    ///< its author has signed it: anything else is refused
};

/// Scores and what they mean here.
struct Scoring {
  ScoreParams params;
  ScoreThresholds thresholds;
  AppScore app;  ///< may be null
};

struct Params {
  // Mesh: peers per topic that get every message at once.
  std::size_t d = 6;        ///< wanted
  std::size_t d_lo = 5;     ///< below it we GRAFT up to d
  std::size_t d_hi = 12;    ///< from it on we PRUNE down to d
  std::size_t d_score = 4;  ///< kept for their score when we PRUNE; the others by chance
  std::size_t d_out = 2;    ///< of connections that we made; under d_lo, at most d / 2
  Duration heartbeat = std::chrono::seconds(1);
  Duration prune_backoff = std::chrono::seconds(60);
  Duration unsubscribe_backoff = std::chrono::seconds(10);
  Duration max_backoff = std::chrono::hours(1);               ///< what a peer may ask for in PRUNE; more is cut
  unsigned backoff_slack = 2;                                 ///< heartbeats we wait longer than told
  Duration graft_flood_threshold = std::chrono::seconds(10);  ///< a GRAFT so soon after PRUNE counts twice
  std::size_t max_backoffs = 8192;  ///< peers remembered per topic; when full, the earliest to expire goes
  Duration fanout_ttl = std::chrono::seconds(60);
  unsigned opportunistic_graft_beats = 60;  ///< heartbeats between two looks for better mesh peers
  std::size_t opportunistic_graft_peers = 2;
  bool peer_exchange = false;  ///< PRUNE names other peers of the topic, with the records that they have signed
  std::size_t px_peers = 16;   ///< so many at most; and so many are taken from a peer per heartbeat
  /// They get every message of their topics and are heeded whatever their score; no mesh holds them.
  std::vector<PeerId> direct_peers;
  unsigned direct_connect_beats = 300;  ///< heartbeats between two tries to reach them

  // Gossip: ids to peers outside the mesh.
  std::size_t d_lazy = 6;               ///< at least so many peers at each heartbeat
  double gossip_factor = 0.25;          ///< or this share of them
  unsigned history_length = 5;          ///< heartbeats for which a message can be asked for
  unsigned history_gossip = 3;          ///< heartbeats for which its id is told
  unsigned gossip_retransmission = 3;   ///< answers to IWANT per message and peer
  std::size_t max_ihave_length = 5000;  ///< ids per IHAVE sent, and asked for per peer and heartbeat
  unsigned max_ihave_messages = 10;     ///< RPCs with IHAVE heeded per peer and heartbeat
  Duration iwant_followup = std::chrono::seconds(3);
  std::size_t idontwant_threshold = 1024;  ///< bytes of data from which we send IDONTWANT
  unsigned max_idontwant_messages = 1000;  ///< RPCs with IDONTWANT heeded per peer and heartbeat
  unsigned idontwant_ttl = 3;              ///< heartbeats

  // Messages.
  SignaturePolicy signing = SignaturePolicy::kStrictNoSign;
  bool flood_publish = false;  ///< own messages go to all peers of the topic
  Duration seen_ttl = std::chrono::seconds(120);
  std::size_t max_seen = std::size_t{1} << 17;             ///< ids; when full, the oldest goes
  std::size_t max_rpc_size = std::size_t{1} << 20;         ///< bytes, received and sent
  std::size_t max_arriving_bytes = std::size_t{64} << 20;  ///< of RPCs not yet whole; the slowest is given up
  std::size_t max_cache_bytes = std::size_t{128} << 20;    ///< of messages kept for IWANT; the oldest goes
  std::size_t max_recent_bytes = std::size_t{64} << 20;    ///< of messages kept to know duplicates; the oldest goes
  std::size_t max_pending = 8192;                          ///< messages under validation; more are dropped unseen
  std::size_t max_pending_per_topic = 1024;                ///< of these, in one topic
  /// Of these; a single one always fits. Those of more than a 128th take three quarters at most: a few that unpack to
  /// much must not keep the usual ones out.
  std::size_t max_pending_bytes = std::size_t{64} << 20;

  // Topics.
  std::vector<std::string> allowed_topics;  ///< empty: any
  std::size_t max_topics_per_peer = 512;    ///< subscriptions remembered; more are ignored
  std::size_t max_topic_length = 256;       ///< bytes

  std::optional<Scoring> scoring;        ///< none: all peers are worth 0
  std::optional<PeerGaterParams> gater;  ///< none: messages are heeded however many are invalid

  RpcLimits rpc;
  OutboundLimits outbound;

  /// Errors: kBadParameters, with the rule that is broken as its context.
  Result<void> validate() const;
  /// May we or a peer subscribe to it?
  bool allows(std::string_view topic) const noexcept;
};

}  // namespace opwire::gossipsub
