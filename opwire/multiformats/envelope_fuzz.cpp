// Any bytes as a signed envelope, and as what follows the peer id in a record that is properly signed.
#include "opwire/base/check.hpp"
#include "opwire/base/rng.hpp"
#include "opwire/multiformats/envelope.hpp"
#include "opwire/multiformats/protobuf.hpp"

using namespace opwire;
using namespace opwire::multiformats;

namespace {

crypto::PrivateKey make_key() {
  SeededRng rng(1);
  return crypto::PrivateKey::generate(crypto::KeyType::kEd25519, rng);
}

void check(const PeerRecord& record) {
  OPW_CHECK(record.addresses.size() <= 500);
  for (const Multiaddr& address : record.addresses) OPW_CHECK(!address.empty());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const crypto::PrivateKey key = make_key();
  static const PeerId id = PeerId::of(key.public_key());
  constexpr std::uint8_t kType[] = {0x03, 0x01};
  const ByteView input{data, size};
  if (const auto record = open_peer_record(input)) check(*record);

  Bytes content;
  protobuf::Writer(content).bytes(1, id.bytes());
  content.insert(content.end(), input.begin(), input.end());
  const Bytes sealed = seal_envelope(key, "libp2p-peer-record", kType, content);
  OPW_CHECK(open_envelope(sealed, "libp2p-peer-record")->payload == content);
  const auto record = open_peer_record(sealed);
  if (!record) return 0;
  check(*record);
  OPW_CHECK(record->peer == id);
  const auto again = open_peer_record(seal_peer_record(key, *record));
  OPW_CHECK(again->seq == record->seq && again->addresses == record->addresses);
  return 0;
}
