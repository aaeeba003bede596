// Sessions (devp2p, discv5-theory.md): keys by node and endpoint, and the handshakes that make them.
//
// A session belongs to a node id at one endpoint: the handshake proves both. Sessions with nodes that we went to are
// kept apart from those with nodes that came to us, so that a flood of newcomers pushes out newcomers only. A node may
// have one of each: two that shake hands at the same moment both send under either.
#pragma once

#include <optional>
#include <variant>

#include "opwire/base/lru_cache.hpp"
#include "opwire/base/rng.hpp"
#include "opwire/base/time.hpp"
#include "opwire/base/token_bucket.hpp"
#include "opwire/discv5/contact.hpp"
#include "opwire/discv5/limits.hpp"
#include "opwire/discv5/session_keys.hpp"

namespace opwire::discv5 {

/// A node at an endpoint.
struct Peer {
  NodeId id;
  net::Endpoint at;
  bool operator==(const Peer&) const = default;
};
struct PeerHash {
  std::size_t operator()(const Peer& peer) const noexcept {
    return std::hash<NodeId>{}(peer.id) ^ std::hash<net::Endpoint>{}(peer.at);
  }
};

class Sessions {
 public:
  /// private_key: 32 bytes. rng outlives this.
  Sessions(const NodeId& local, Bytes private_key, const Limits& limits, Rng& rng);

  struct Sealed {
    PacketNonce nonce{};
    Bytes datagram;
  };
  /// Under the session's keys. Nothing where there is no session.
  std::optional<Sealed> seal(const Peer& to, ByteView message);
  /// What is sent to a node without a session: it cannot be read, so that the node asks who we are.
  Sealed opening(const NodeId& to);

  /// Somebody asks who we are; about our packet with that nonce.
  struct Challenge {
    PacketNonce nonce{};
    Whoareyou header;
    Bytes data;
  };
  /// The answer to it, with our record where the asker knows none or an older one. The session stands from then on.
  /// Errors: crypto's kBadKey.
  Result<Sealed> answer(const Contact& to, const Challenge& challenge, const NodeRecord& own, ByteView message);

  /// A WHOAREYOU for a packet that could not be read; while one waits for its answer, the same again. known: the node's
  /// record, or null.
  ByteView challenge(const Peer& to, const PacketNonce& nonce, RecordPtr known, TimePoint now);
  /// Whether one waits for its answer.
  bool is_challenging(const Peer& peer, TimePoint now);

  struct Opened {
    Peer from;
    Bytes message;
    RecordPtr record;  ///< of a handshake: whom the session is with; else null
  };
  struct Unreadable {
    Peer from;
    PacketNonce nonce{};
  };
  using Incoming = std::variant<Opened, Unreadable, Challenge>;
  /// Errors: those of parse_packet; kUnexpectedHandshake, kTooManyHandshakes, kNoRecord, kForeignRecord, kReplayed;
  /// those of NodeRecord::parse; crypto's kBadKey, kBadSignature, kDecryptFailed.
  Result<Incoming> open(const net::Endpoint& from, ByteView datagram, TimePoint now);

  std::size_t size() const noexcept { return sought_.size() + accepted_.size(); }

 private:
  /// The newest nonces of a peer: a datagram that is sent again by somebody who overheard it is not answered again.
  class RecentNonces {
   public:
    bool add(const PacketNonce& nonce);
    bool empty() const noexcept { return count_ == 0; }

   private:
    static constexpr std::size_t kRemembered = 16;
    ByteArray<8 * kRemembered> seen_{};
    std::uint32_t count_ = 0;
  };
  struct Session {
    crypto::Aes128Key to_peer{};
    crypto::Aes128Key from_peer{};
    std::uint64_t number = 0;  ///< the newest is the highest
    std::uint32_t sent = 0;
    RecentNonces received;
    TimePoint made_at{};
  };
  struct Pending {
    Bytes datagram;
    Bytes data;  ///< what both sides derive the keys from
    RecordPtr known;
    TimePoint expires{};
    unsigned attempts = 0;
  };
  using Cache = LruCache<Peer, Session, PeerHash>;

  Session* newest(const Peer& peer);
  PacketNonce next_nonce(Session& session);
  template <class ByteContainer>
  ByteContainer random() {
    ByteContainer bytes;
    draw(bytes);
    return bytes;
  }
  void draw(MutableByteView out);
  Result<Incoming> open_ordinary(const Peer& from, const Packet& packet);
  Result<Incoming> open_handshake(const Peer& from, const Packet& packet, const HandshakeHeader& header, TimePoint now);
  Result<RecordPtr> identify(const HandshakeHeader& header, const RecordPtr& known) const;

  const NodeId local_;
  const Bytes key_;
  std::uint64_t made_ = 0;
  TimePoint opened_at_{};  // when open() was called last; answer() is to what that has just brought
  /// Chance for what is sent in the open, drawn in one piece: the kernel takes as long for 16 bytes as for 512.
  ByteArray<512> pool_{};
  std::size_t pool_used_ = pool_.size();
  Rng& rng_;
  Cache sought_;
  Cache accepted_;
  LruCache<Peer, Pending, PeerHash> challenges_;
  TokenBucket handshakes_;
};

}  // namespace opwire::discv5
