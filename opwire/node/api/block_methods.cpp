#include "opwire/node/api/block_methods.hpp"

#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>

#include "opwire/codec/hex.hpp"
#include "opwire/codec/snappy.hpp"
#include "opwire/opstack/gossip/errors.hpp"
#include "opwire/opstack/payload/block_hash.hpp"
#include "opwire/opstack/payload/gossip_body.hpp"
#include "opwire/opstack/payload/payload_json.hpp"
#include "opwire/opstack/payload/ssz.hpp"
#include "opwire/rpc/params.hpp"

namespace opwire::node {
namespace {

namespace json = boost::json;
using opstack::Envelope;
using rpc::Failure;

constexpr log::Logger kLog{"rpc"};

Result<Envelope, Failure> read_envelope(const json::value& value) {
  auto envelope = opstack::parse_envelope_json(json::serialize(value));
  if (!envelope) return rpc::invalid_argument(0, envelope.error());
  return std::move(*envelope);
}

struct Publication {
  Envelope envelope;
  std::optional<crypto::RecoverableSignature> signature;
};

Result<Publication, Failure> read_publication(const json::array& params) {
  OPW_TRYV(rpc::check_count(params, 1, 1));
  const json::object* const fields = params[0].if_object();
  if (fields == nullptr) return rpc::invalid_argument(0, "expected an object");
  Publication publication;
  const json::value* const envelope = fields->if_contains("envelope");
  OPW_TRY(publication.envelope, read_envelope(envelope != nullptr ? *envelope : params[0]));
  const json::value* const signature = fields->if_contains("signature");
  if (signature == nullptr) {
    if (envelope != nullptr) return rpc::invalid_argument(0, "signature: missing");
    return publication;
  }
  const std::string_view text = signature->is_string() ? std::string_view(signature->get_string()) : "";
  const auto bytes = codec::from_hex_as<crypto::RecoverableSignature>(text);
  if (!text.starts_with("0x") || !bytes) return rpc::invalid_argument(0, "signature: expected 65 bytes in 0x-hex");
  publication.signature = *bytes;
  return publication;
}

/// What a block's JSON becomes, with all that takes long for a large one.
struct Posted {
  Envelope envelope;
  Hash256 actual;  // its hash
};
struct Published {
  Envelope envelope;
  std::optional<Bytes> frame;  // of a signed one
};

Result<Posted, Failure> read_posted(const json::array& params) {
  OPW_TRY(Envelope envelope, read_envelope(params[0]));
  const Hash256 actual = opstack::block_hash(envelope);
  return Posted{std::move(envelope), actual};
}

Bytes make_frame(const Envelope& envelope, const crypto::RecoverableSignature& signature) {
  return codec::snappy::compress(opstack::make_gossip_body(signature, opstack::encode_ssz(envelope)));
}

Result<Published, Failure> read_published(const json::array& params) {
  OPW_TRY(Publication publication, read_publication(params));
  Published published;
  if (publication.signature) published.frame = make_frame(publication.envelope, *publication.signature);
  published.envelope = std::move(publication.envelope);
  return published;
}

/// Blocks are megabytes of JSON: reads them on the pool, where there is one, and frees the JSON there.
template <class Read>
Task<std::invoke_result_t<Read, const json::array&>> convert(const ApiParts& parts, json::array params, Read read) {
  const auto job = [&params, read] {
    const json::array taken = std::move(params);
    return read(taken);
  };
  if (parts.pool == nullptr) co_return job();
  auto done = co_await parts.pool->run(parts.network.loop(), job);
  if (!done) co_return rpc::failed(done.error());
  co_return std::move(*done);
}

}  // namespace

Task<rpc::MethodAnswer> post_unsafe_payload(const ApiParts& parts, json::array params) {
  OPW_CO_TRYV(rpc::check_count(params, 1, 1));
  OPW_CO_TRY(const Posted posted, co_await convert(parts, std::move(params), read_posted));
  const Envelope& envelope = posted.envelope;
  const std::string stated_text = codec::to_hex0x(envelope.payload.block_hash.view());
  const std::string actual_text = codec::to_hex0x(posted.actual.view());
  if (posted.actual != envelope.payload.block_hash) {
    co_return rpc::failed("payload has bad block hash: " + stated_text + ", actual block hash is: " + actual_text);
  }
  const std::uint64_t timestamp = envelope.payload.timestamp;
  if (envelope.payload.version != parts.config.rollup.forks.payload_version(timestamp)) {
    co_return rpc::failed(opstack::errors::kWrongVersion);
  }
  if (!parts.post_block) co_return rpc::failed("this node does not follow the chain");
  const auto taken = parts.post_block(envelope);
  if (!taken) co_return rpc::failed(taken.error());
  kLog.info("block handed in by RPC", {{"number", envelope.payload.number.value}, {"hash", actual_text}});
  co_return std::string("null");
}

Task<rpc::MethodAnswer> publish_block(const ApiParts& parts, json::array params) {
  OPW_CO_TRY(Published block, co_await convert(parts, std::move(params), read_published));
  const opstack::ExecutionPayload& payload = block.envelope.payload;
  const opstack::PayloadVersion version = parts.config.rollup.forks.payload_version(payload.timestamp);
  if (payload.version != version) co_return rpc::failed(opstack::errors::kWrongVersion);
  if (!parts.publish || !parts.publish_frame) co_return rpc::failed("P2P not enabled");
  Result<void> published;
  if (block.frame) {
    published = co_await parts.publish_frame(version, std::move(*block.frame));
  } else {
    published = co_await parts.publish(std::move(block.envelope));
  }
  if (!published) co_return rpc::failed(published.error());
  co_return std::string("null");
}

}  // namespace opwire::node
