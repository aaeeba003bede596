#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/obj_mac.h>
#include <openssl/x509.h>

#include <algorithm>

#include "opwire/base/check.hpp"
#include "opwire/crypto/errors.hpp"
#include "opwire/crypto/key_scheme.hpp"

namespace opwire::crypto {
namespace {

constexpr std::size_t kScalarSize = 32;
constexpr std::size_t kPointSize = 65;  // uncompressed

// The only DER that a P-256 public key has: SubjectPublicKeyInfo up to the point. Other curves, explicit parameters and
// compressed points do not begin like this.
constexpr ByteArray<26> kPublicPrefix{0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01,
                                      0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00};
// ECPrivateKey of SEC 1 around the scalar and the point.
constexpr ByteArray<7> kPrivatePrefix{0x30, 0x77, 0x02, 0x01, 0x01, 0x04, 0x20};
constexpr ByteArray<17> kPrivateMiddle{0xa0, 0x0a, 0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d,
                                       0x03, 0x01, 0x07, 0xa1, 0x44, 0x03, 0x42, 0x00};

const EC_GROUP* p256() {
  static const EcGroupPtr group(EC_GROUP_new_by_curve_name(NID_X9_62_prime256v1));
  OPW_CHECK(group);
  return group.get();
}

template <class... Parts>
Bytes concat(const Parts&... parts) {
  Bytes out;
  out.reserve((parts.size() + ...));
  (out.insert(out.end(), parts.begin(), parts.end()), ...);
  return out;
}

// Errors: kBadKey for zero and for what is not below the group's order.
Result<KeyPair> pair_from(const BIGNUM* scalar) {
  if (BN_is_zero(scalar) || BN_is_negative(scalar) || BN_cmp(scalar, EC_GROUP_get0_order(p256())) >= 0) {
    return errors::kBadKey;
  }
  const EcPointPtr point(EC_POINT_new(p256()));
  ByteArray<kPointSize> encoded;
  OPW_CHECK(point && EC_POINT_mul(p256(), point.get(), scalar, nullptr, nullptr, nullptr) == 1 &&
            EC_POINT_point2oct(p256(), point.get(), POINT_CONVERSION_UNCOMPRESSED, encoded.data(), encoded.size(),
                               nullptr) == kPointSize);
  ByteArray<kScalarSize> secret;
  OPW_CHECK(BN_bn2binpad(scalar, secret.data(), kScalarSize) == kScalarSize);
  KeyPair pair{concat(kPrivatePrefix, secret, kPrivateMiddle, encoded), concat(kPublicPrefix, encoded)};
  OPENSSL_cleanse(secret.data(), secret.size());
  return pair;
}

PkeyPtr import_private(ByteView der) {
  const std::uint8_t* from = der.data();
  PkeyPtr key(d2i_PrivateKey(EVP_PKEY_EC, nullptr, &from, static_cast<long>(der.size())));
  ERR_clear_error();
  if (from != der.data() + der.size()) return nullptr;
  return key;
}

Result<Bytes> parse_public(ByteView data) {
  if (data.size() != kPublicPrefix.size() + kPointSize ||
      !std::ranges::equal(data.first(kPublicPrefix.size()), kPublicPrefix)) {
    return errors::kBadKey;
  }
  const ByteView encoded = data.subspan(kPublicPrefix.size());
  const EcPointPtr point(EC_POINT_new(p256()));
  OPW_CHECK(point);
  const bool uncompressed = encoded[0] == POINT_CONVERSION_UNCOMPRESSED;
  if (!uncompressed || EC_POINT_oct2point(p256(), point.get(), encoded.data(), encoded.size(), nullptr) != 1) {
    ERR_clear_error();
    return errors::kBadKey;
  }
  return to_bytes(data);
}

Result<void> verify(ByteView key_data, ByteView message, ByteView signature) {
  const std::uint8_t* from = key_data.data();
  const PkeyPtr key(d2i_PUBKEY(nullptr, &from, static_cast<long>(key_data.size())));
  if (!key) return errors::kBadSignature;
  return evp_verify(key.get(), "SHA256", message, signature);
}

// Any SEC 1 form that OpenSSL reads; the point is made anew from the scalar and must agree.
Result<KeyPair> parse_private(ByteView data) {
  const PkeyPtr key = data.size() <= 4096 ? import_private(data) : nullptr;
  char curve[32];
  std::size_t curve_size = 0;
  if (!key || EVP_PKEY_get_group_name(key.get(), curve, sizeof(curve), &curve_size) != 1 ||
      std::string_view(curve, curve_size) != SN_X9_62_prime256v1) {
    ERR_clear_error();
    return errors::kBadKey;
  }
  BIGNUM* scalar = nullptr;
  EVP_PKEY_get_bn_param(key.get(), "priv", &scalar);
  const BnPtr owner(scalar);
  if (!owner) return errors::kBadKey;
  OPW_TRY(KeyPair pair, pair_from(owner.get()));
  std::uint8_t* given = nullptr;
  const std::size_t given_size = EVP_PKEY_get1_encoded_public_key(key.get(), &given);
  const bool agree = equal({given, given_size}, ByteView(pair.public_data).subspan(kPublicPrefix.size()));
  OPENSSL_free(given);
  if (!agree) return errors::kBadKey;
  return pair;
}

Bytes sign(ByteView secret, ByteView message) {
  const PkeyPtr key = import_private(secret);
  OPW_CHECK(key);
  Bytes signature = evp_sign(key.get(), "SHA256", message);
  OPW_CHECK(!signature.empty());
  return signature;
}

KeyPair generate(Rng& rng) {
  ByteArray<kScalarSize> secret;
  while (true) {
    rng.fill(secret);
    const BnPtr scalar(BN_bin2bn(secret.data(), kScalarSize, nullptr));
    OPW_CHECK(scalar);
    OPENSSL_cleanse(secret.data(), secret.size());
    if (auto pair = pair_from(scalar.get())) return std::move(pair).value();
  }
}

}  // namespace

const KeyScheme kEcdsaScheme{parse_public, verify, parse_private, sign, generate};

}  // namespace opwire::crypto
