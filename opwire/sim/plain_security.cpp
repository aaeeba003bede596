#include "opwire/sim/plain_security.hpp"

#include "opwire/multiformats/key_protobuf.hpp"
#include "opwire/multiformats/protobuf.hpp"
#include "opwire/p2p/core/length_prefix.hpp"
#include "opwire/sim/errors.hpp"

namespace opwire::sim {
namespace {

constexpr std::size_t kMaxExchange = 1024;
constexpr std::uint32_t kId = 1;
constexpr std::uint32_t kPublicKey = 2;

struct Exchange {
  ByteView id;
  ByteView key;
};

Result<Exchange> parse_exchange(ByteView message) {
  Exchange exchange;
  protobuf::Reader reader(message);
  while (!reader.done()) {
    OPW_TRY(const protobuf::Field field, reader.next());
    if (field.is(kId, protobuf::WireType::kBytes)) exchange.id = field.bytes;
    if (field.is(kPublicKey, protobuf::WireType::kBytes)) exchange.key = field.bytes;
  }
  return exchange;
}

}  // namespace

PlainSecurity::PlainSecurity(const crypto::PublicKey& own) {
  Bytes message;
  protobuf::Writer(message).bytes(kId, PeerId::of(own).bytes()).bytes(kPublicKey, multiformats::encode_public_key(own));
  multiformats::append_varint(exchange_, message.size());
  exchange_.insert(exchange_.end(), message.begin(), message.end());
}

Task<Result<SecuredConnection>> PlainSecurity::secure(std::unique_ptr<Stream> raw, Role role,
                                                      std::optional<PeerId> expected) {
  static_cast<void>(role);
  OPW_CO_TRYV(co_await write(*raw, exchange_));
  OPW_CO_TRY(const auto length, co_await read_length_prefix(*raw, kMaxExchange, errors::kExchangeTooLarge));
  if (!length) co_return opwire::errors::kEndOfStream;
  Bytes message(*length);
  OPW_CO_TRYV(co_await read_exact(*raw, message));
  OPW_CO_TRY(const Exchange theirs, parse_exchange(message));
  OPW_CO_TRY(const crypto::PublicKey key, multiformats::parse_public_key(theirs.key));
  OPW_CO_TRY(const PeerId peer, PeerId::parse(theirs.id));
  if (PeerId::of(key) != peer) co_return errors::kBadExchange;
  if (expected && *expected != peer) co_return errors::kWrongPeer;
  co_return SecuredConnection{std::move(raw), peer, key, std::string()};
}

}  // namespace opwire::sim
