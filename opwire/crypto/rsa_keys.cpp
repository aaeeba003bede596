#include <openssl/err.h>
#include <openssl/x509.h>

#include <bit>

#include "opwire/base/check.hpp"
#include "opwire/crypto/der.hpp"
#include "opwire/crypto/errors.hpp"
#include "opwire/crypto/key_scheme.hpp"

namespace opwire::crypto {
namespace {

constexpr std::size_t kMinBits = 2048;
constexpr std::size_t kMaxBits = 8192;
constexpr std::size_t kMaxExponentBits = 31;
constexpr std::size_t kMaxPrivateSize = 8192;  // a PKCS#1 key of 8192 bits has about 4,700 bytes
constexpr ByteArray<9> kRsaEncryption{0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01};

std::size_t bits(ByteView number) {
  return number.empty() ? 0 : 8 * number.size() - static_cast<std::size_t>(std::countl_zero(number[0]));
}

// The size comes first: work with the numbers grows with its cube.
Result<void> check_numbers(ByteView modulus, ByteView exponent) {
  if (bits(modulus) < kMinBits || bits(modulus) > kMaxBits) return errors::kKeySize;
  const bool odd = !exponent.empty() && (exponent.back() & 1) != 0;
  if (!odd || bits(exponent) < 2 || bits(exponent) > kMaxExponentBits) return errors::kBadKey;
  return {};
}

// modulus, exponent: the first numbers of both PKCS#1 structures.
Result<void> check_numbers(DerReader& reader) {
  const auto modulus = reader.next_unsigned();
  const auto exponent = reader.next_unsigned();
  if (!modulus || !exponent) return errors::kBadKey;
  return check_numbers(*modulus, *exponent);
}

Result<ByteView> open_sequence(ByteView data) {
  DerReader reader(data);
  const auto content = reader.next(DerReader::kSequence);
  if (!content || !reader.at_end()) return errors::kBadKey;
  return *content;
}

bool is_rsa_algorithm(ByteView algorithm) {
  DerReader reader(algorithm);
  const auto oid = reader.next(DerReader::kOid);
  const auto parameters = reader.next(DerReader::kNull);
  return oid && equal(*oid, kRsaEncryption) && parameters && parameters->empty() && reader.at_end();
}

Result<Bytes> parse_public(ByteView data) {
  OPW_TRY(const ByteView info, open_sequence(data));
  DerReader reader(info);
  const auto algorithm = reader.next(DerReader::kSequence);
  const auto bit_string = reader.next(DerReader::kBitString);
  const bool framed = algorithm && is_rsa_algorithm(*algorithm) && bit_string && reader.at_end();
  if (!framed || bit_string->empty() || (*bit_string)[0] != 0) return errors::kBadKey;
  OPW_TRY(const ByteView key, open_sequence(bit_string->subspan(1)));
  DerReader numbers(key);
  OPW_TRYV(check_numbers(numbers));
  if (!numbers.at_end()) return errors::kBadKey;
  return to_bytes(data);
}

Result<void> verify(ByteView key_data, ByteView message, ByteView signature) {
  const std::uint8_t* from = key_data.data();
  const PkeyPtr key(d2i_PUBKEY(nullptr, &from, static_cast<long>(key_data.size())));
  if (!key) return errors::kBadSignature;
  return evp_verify(key.get(), "SHA256", message, signature);
}

PkeyPtr import_private(ByteView data) {
  const std::uint8_t* from = data.data();
  PkeyPtr key(d2i_PrivateKey(EVP_PKEY_RSA, nullptr, &from, static_cast<long>(data.size())));
  ERR_clear_error();
  if (from != data.data() + data.size()) return nullptr;
  return key;
}

Result<Bytes> public_data_of(EVP_PKEY* key) {
  std::uint8_t* der = nullptr;
  const int size = i2d_PUBKEY(key, &der);
  OPW_CHECK(size > 0);
  Bytes data(der, der + size);
  OPENSSL_free(der);
  return parse_public(data);
}

// A key whose numbers do not belong together shows it by a signature that its public half refuses.
Result<KeyPair> parse_private(ByteView data) {
  if (data.size() > kMaxPrivateSize) return errors::kKeySize;
  OPW_TRY(const ByteView content, open_sequence(data));
  DerReader reader(content);
  const auto version = reader.next_unsigned();
  if (!version || !version->empty()) return errors::kBadKey;
  OPW_TRYV(check_numbers(reader));
  const PkeyPtr key = import_private(data);
  if (!key) return errors::kBadKey;
  OPW_TRY(Bytes public_data, public_data_of(key.get()));
  const ByteView trial = as_bytes("trial");
  if (!verify(public_data, trial, evp_sign(key.get(), "SHA256", trial))) return errors::kBadKey;
  return KeyPair{to_bytes(data), std::move(public_data)};
}

Bytes sign(ByteView secret, ByteView message) {
  const PkeyPtr key = import_private(secret);
  OPW_CHECK(key);
  Bytes signature = evp_sign(key.get(), "SHA256", message);
  OPW_CHECK(!signature.empty());
  return signature;
}

}  // namespace

const KeyScheme kRsaScheme{parse_public, verify, parse_private, sign, nullptr};

}  // namespace opwire::crypto
