#pragma once

#include "opwire/base/error.hpp"

namespace opwire::crypto::errors {
inline constexpr ErrorKind kDecryptFailed{"crypto.decrypt_failed", "ciphertext does not authenticate",
                                          Consequence::kCloseConnection};
inline constexpr ErrorKind kLowOrderPoint{"crypto.low_order_point", "the agreed secret would be zero",
                                          Consequence::kCloseConnection};
inline constexpr ErrorKind kBadKey{"crypto.bad_key", "key cannot be parsed", Consequence::kCloseConnection};
inline constexpr ErrorKind kUnknownKeyType{
    "crypto.unknown_key_type", "key type is not one of RSA, Ed25519, secp256k1, ECDSA", Consequence::kCloseConnection};
inline constexpr ErrorKind kKeySize{"crypto.key_size", "RSA key is shorter than 2048 or longer than 8192 bits",
                                    Consequence::kCloseConnection};
inline constexpr ErrorKind kBadSignature{"crypto.bad_signature", "signature does not verify",
                                         Consequence::kCloseConnection};
}  // namespace opwire::crypto::errors
