#include "opwire/p2p/gossipsub/authorship.hpp"

#include "opwire/multiformats/key_protobuf.hpp"
#include "opwire/p2p/gossipsub/errors.hpp"
#include "opwire/p2p/gossipsub/frame.hpp"

namespace opwire::gossipsub {
namespace {

constexpr std::string_view kDomain = "libp2p-pubsub:";
constexpr std::size_t kSeqnoSize = 8;

Bytes signed_bytes(std::string_view topic, ByteView data, const Authorship& fields) {
  Bytes text = to_bytes(as_bytes(kDomain));
  append_message_fields(text, topic, data, fields);
  return text;
}

/// The key that made the signature: in the message, or in the author's id.
Result<crypto::PublicKey> signing_key(const PeerId& author, const MessageView& message) {
  if (!message.key || message.key->empty()) return author.public_key();
  OPW_TRY(crypto::PublicKey key, multiformats::parse_public_key(*message.key));
  if (PeerId::of(key) != author) return errors::kBadAuthor;
  return key;
}

}  // namespace

Author::Author(crypto::PrivateKey key, std::uint64_t first)
    : key_(std::move(key)), id_(PeerId::of(key_.public_key())), next_(first) {}

Authorship Author::sign(std::string_view topic, ByteView data) {
  Authorship fields;
  fields.from = to_bytes(id_.bytes());
  fields.seqno.resize(kSeqnoSize);
  store_be<std::uint64_t>(fields.seqno.data(), next_++);
  fields.signature = key_.sign(signed_bytes(topic, data, fields));
  if (!id_.public_key()) fields.key = multiformats::encode_public_key(key_.public_key());
  return fields;
}

Result<PeerId> verify_authorship(const MessageView& message) {
  if (!message.signature || message.signature->empty()) return errors::kUnsigned;
  if (!message.from) return errors::kBadAuthor;
  if (!message.seqno || message.seqno->size() != kSeqnoSize) return errors::kBadSeqno;
  const Result<PeerId> author = PeerId::parse(*message.from);
  if (!author) return errors::kBadAuthor;
  const Result<crypto::PublicKey> key = signing_key(*author, message);
  if (!key) return errors::kBadAuthor;
  Authorship fields;
  fields.from = to_bytes(*message.from);
  fields.seqno = to_bytes(*message.seqno);
  if (!key->verify(signed_bytes(message.topic, message.data, fields), *message.signature)) {
    return errors::kBadMessageSignature;
  }
  return *author;
}

Authorship take_authorship(const MessageView& message) {
  const auto copy = [](const std::optional<ByteView>& bytes) { return bytes ? to_bytes(*bytes) : Bytes(); };
  return {copy(message.from), copy(message.seqno), copy(message.signature), copy(message.key)};
}

Decoded AuthorDecoder::decode(const MessageView& message) {
  const ByteView from = message.from.value_or(ByteView());
  const ByteView seqno = message.seqno.value_or(ByteView());
  Bytes bytes = to_bytes(from);
  bytes.insert(bytes.end(), seqno.begin(), seqno.end());
  if (const std::optional<MessageId> id = MessageId::from(bytes)) return {*id, nullptr};
  // No valid message has such an author, yet every message has an id.
  return {MessageId::from(ByteArray<1>{}).value(), nullptr};
}

}  // namespace opwire::gossipsub
