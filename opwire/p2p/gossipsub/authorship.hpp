// Who wrote a message, and the signature that proves it (libp2p specs, pubsub/README.md, "Message Signing").
#pragma once

#include "opwire/crypto/keys.hpp"
#include "opwire/multiformats/peer_id.hpp"
#include "opwire/p2p/gossipsub/decoder.hpp"
#include "opwire/p2p/gossipsub/rpc.hpp"

namespace opwire::gossipsub {

/// The fields of a signed message beside topic and data, as they are on the wire.
struct Authorship {
  Bytes from;   ///< the author's peer id
  Bytes seqno;  ///< 8 bytes
  Bytes signature;
  Bytes key;  ///< protobuf of the author's public key; empty where `from` holds it
};

/// Signs messages with consecutive sequence numbers.
class Author {
 public:
  /// first: go-libp2p-pubsub begins with the time in nanoseconds, so that a restart does not repeat itself.
  Author(crypto::PrivateKey key, std::uint64_t first);

  const PeerId& id() const noexcept { return id_; }
  Authorship sign(std::string_view topic, ByteView data);

 private:
  crypto::PrivateKey key_;
  PeerId id_;
  std::uint64_t next_;
};

/// The author of a message that carries all it must and whose signature holds. Errors: kUnsigned, kBadAuthor,
/// kBadSeqno, kBadMessageSignature.
Result<PeerId> verify_authorship(const MessageView& message);
/// What a verified message says of its author.
Authorship take_authorship(const MessageView& message);

/// The default id under StrictSign: author, then sequence number.
class AuthorDecoder final : public MessageDecoder {
 public:
  Decoded decode(const MessageView& message) override;
};

}  // namespace opwire::gossipsub
