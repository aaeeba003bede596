#include "opwire/node/api/watch_json.hpp"

#include <ranges>

#include "opwire/codec/hex.hpp"
#include "opwire/node/api/go_json.hpp"
#include "opwire/node/feed.hpp"

namespace opwire::node {
namespace {

void write(GoJson& out, const opstack::Sighting& seen) {
  const opstack::SignedBlock& block = seen.block;
  out.open('{').key("hash").text(codec::to_hex0x(block.hash.view()));
  out.key("payloadHash").text(codec::to_hex0x(block.payload_hash.view()));
  out.key("signature").text(codec::to_hex0x(block.signature.view()));
  out.key("signer").text(codec::to_checksum_hex(block.signer));
  out.key("version").number(static_cast<std::uint64_t>(block.version)).key("timestamp").number(block.timestamp);
  out.key("from");
  if (seen.from) {
    out.text(seen.from->to_string());
  } else {
    out.null();
  }
  out.key("receivedAt").text(to_rfc3339(seen.at)).close('}');
}

}  // namespace

std::string clock_json(const ApiParts& parts) {
  if (parts.clock == nullptr) return "null";
  GoJson out;
  out.open('{').key("state").text(opstack::to_string(parts.clock->state())).key("skewMs");
  if (const auto skew = parts.clock->skew()) {
    out.number(static_cast<double>(std::chrono::duration_cast<std::chrono::milliseconds>(*skew).count()));
  } else {
    out.null();
  }
  return out.close('}').take();
}

std::string equivocations_json(const ApiParts& parts) {
  if (parts.equivocations == nullptr) return "null";
  GoJson out;
  out.open('{').key("total").number(parts.equivocations->total()).key("heights").open('[');
  for (const opstack::Equivocation& one : std::views::reverse(parts.equivocations->all())) {
    out.open('{').key("number").number(one.number.value).key("more").flag(one.more).key("blocks").open('[');
    for (const opstack::Sighting& seen : one.blocks) write(out, seen);
    out.close(']').close('}');
  }
  return out.close(']').close('}').take();
}

}  // namespace opwire::node
