// Any bytes as a key of each type: what parses is canonical, and verifies and signs without harm. The first byte
// chooses the type, as in the protobuf.
#include "opwire/base/check.hpp"
#include "opwire/crypto/keys.hpp"

using namespace opwire;
using namespace opwire::crypto;

namespace {

void try_public(KeyType type, ByteView data) {
  const auto key = PublicKey::parse(type, data);
  if (!key) return;
  const auto again = PublicKey::parse(type, key->data());
  OPW_CHECK(again && *again == *key);
  (void)key->verify(as_bytes("message"), data);
  OPW_CHECK(!key->verify(as_bytes("message"), {}));
}

void try_private(KeyType type, ByteView data) {
  const auto key = PrivateKey::parse(type, data);
  if (!key) return;
  const Bytes form = key->data();
  const auto again = PrivateKey::parse(type, form);
  OPW_CHECK(again && again->data() == form && again->public_key() == key->public_key());
  OPW_CHECK(key->public_key().verify(as_bytes("message"), again->sign(as_bytes("message"))));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  if (size == 0) return 0;
  const auto type = static_cast<KeyType>(bytes[0]);
  const ByteView data = ByteView(bytes, size).subspan(1);
  try_public(type, data);
  try_private(type, data);
  return 0;
}
