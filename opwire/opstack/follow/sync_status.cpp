#include "opwire/opstack/follow/sync_status.hpp"

#include <boost/json/parse.hpp>

#include "opwire/codec/hex.hpp"
#include "opwire/opstack/follow/errors.hpp"

namespace opwire::opstack {
namespace {

namespace json = boost::json;
constexpr std::size_t kMaxDepth = 16;

const json::value* find(const json::value& object, std::string_view key) {
  const auto* const fields = object.if_object();
  return fields == nullptr ? nullptr : fields->if_contains(key);
}

Result<std::uint64_t> number_of(const json::value& object, std::string_view key) {
  const json::value* const value = find(object, key);
  if (value == nullptr) return Error(errors::kFollowAnswer, "a number is missing");
  if (value->is_uint64()) return value->get_uint64();
  if (value->is_int64() && value->get_int64() >= 0) return static_cast<std::uint64_t>(value->get_int64());
  return Error(errors::kFollowAnswer, "a number is none");
}

Result<Hash256> hash_of(const json::value& object, std::string_view key) {
  const json::value* const value = find(object, key);
  const auto* const text = value == nullptr ? nullptr : value->if_string();
  if (text == nullptr || !text->starts_with("0x")) return Error(errors::kFollowAnswer, "a hash is missing");
  const auto hash = codec::from_hex_as<Hash256>(std::string_view(*text));
  if (!hash) return Error(errors::kFollowAnswer, "a hash is none");
  return *hash;
}

Result<L2BlockRef> ref_of(const json::value& object, std::string_view key) {
  const json::value* const block = find(object, key);
  if (block == nullptr) return Error(errors::kFollowAnswer, "a block is missing");
  L2BlockRef ref;
  OPW_TRY(ref.hash, hash_of(*block, "hash"));
  OPW_TRY(ref.number.value, number_of(*block, "number"));
  OPW_TRY(ref.parent_hash, hash_of(*block, "parentHash"));
  OPW_TRY(ref.timestamp, number_of(*block, "timestamp"));
  const json::value* const origin = find(*block, "l1origin");
  if (origin == nullptr) return Error(errors::kFollowAnswer, "an L1 origin is missing");
  OPW_TRY(ref.l1_origin.hash, hash_of(*origin, "hash"));
  OPW_TRY(ref.l1_origin.number.value, number_of(*origin, "number"));
  OPW_TRY(ref.sequence_number, number_of(*block, "sequenceNumber"));
  return ref;
}

}  // namespace

Result<FollowedStatus> parse_sync_status(const json::value& status) {
  FollowedStatus followed;
  OPW_TRY(followed.safe, ref_of(status, "safe_l2"));
  OPW_TRY(followed.finalized, ref_of(status, "finalized_l2"));
  return followed;
}

Result<FollowedStatus> parse_sync_status(std::string_view text) {
  json::error_code failed;
  json::parse_options options;
  options.max_depth = kMaxDepth;
  const json::value status = json::parse({text.data(), text.size()}, failed, {}, options);
  if (failed) return Error(errors::kFollowAnswer, "no JSON");
  return parse_sync_status(status);
}

}  // namespace opwire::opstack
