#include "opwire/p2p/noise/payload.hpp"

#include <algorithm>

#include "opwire/multiformats/key_protobuf.hpp"
#include "opwire/multiformats/protobuf.hpp"
#include "opwire/p2p/noise/errors.hpp"

namespace opwire::noise {

namespace {
using protobuf::WireType;
constexpr std::size_t kMaxMuxers = 100;
constexpr std::string_view kSignatureDomain = "noise-libp2p-static-key:";

/// Further occurrences of the message add to it, as protobuf merges them.
Result<void> parse_extensions(ByteView message, std::vector<std::string>& muxers) {
  protobuf::Reader reader(message);
  while (!reader.done()) {
    const Result<protobuf::Field> field = reader.next();
    if (!field) return Error(errors::kBadPayload, "extensions");
    if (field->is(2, WireType::kBytes) && muxers.size() <= kMaxMuxers) muxers.emplace_back(as_text(field->bytes));
  }
  return {};
}
}  // namespace

Bytes encode_payload(const Payload& payload) {
  Bytes out;
  protobuf::Writer writer(out);
  writer.bytes(1, payload.identity_key).bytes(2, payload.identity_sig);
  if (!payload.muxers.empty()) {
    Bytes extensions;
    protobuf::Writer inner(extensions);
    for (const std::string& muxer : payload.muxers) inner.bytes(2, as_bytes(muxer));
    writer.bytes(4, extensions);
  }
  return out;
}

Result<Payload> parse_payload(ByteView message) {
  Payload payload;
  protobuf::Reader reader(message);
  while (!reader.done()) {
    const Result<protobuf::Field> field = reader.next();
    if (!field) return Error(errors::kBadPayload, "protobuf");
    if (field->is(1, WireType::kBytes)) payload.identity_key = to_bytes(field->bytes);
    if (field->is(2, WireType::kBytes)) payload.identity_sig = to_bytes(field->bytes);
    if (field->is(4, WireType::kBytes)) OPW_TRYV(parse_extensions(field->bytes, payload.muxers));
  }
  if (payload.identity_key.empty()) return Error(errors::kBadPayload, "no key");
  if (payload.identity_sig.empty()) return Error(errors::kBadPayload, "no signature");
  if (payload.muxers.size() > kMaxMuxers) payload.muxers.clear();
  return payload;
}

Bytes signed_text(const crypto::X25519Public& static_key) {
  Bytes text = to_bytes(as_bytes(kSignatureDomain));
  text.insert(text.end(), static_key.begin(), static_key.end());
  return text;
}

Result<crypto::PublicKey> verify_identity(const Payload& payload, const crypto::X25519Public& static_key) {
  OPW_TRY(crypto::PublicKey key, multiformats::parse_public_key(payload.identity_key));
  OPW_TRYV(key.verify(signed_text(static_key), payload.identity_sig));
  return key;
}

std::string choose_muxer(const std::vector<std::string>& dialer, const std::vector<std::string>& listener) {
  for (const std::string& muxer : dialer) {
    if (std::find(listener.begin(), listener.end(), muxer) != listener.end()) return muxer;
  }
  return {};
}

}  // namespace opwire::noise
