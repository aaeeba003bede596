#pragma once

#include "opwire/base/error.hpp"

namespace opwire::tls::errors {
// Files that the user named.
inline constexpr ErrorKind kBadAuthorities{"tls.bad_authorities", "no certificate authorities can be read"};
inline constexpr ErrorKind kBadCertificateFile{"tls.bad_certificate_file", "no certificate can be read from the file"};
inline constexpr ErrorKind kBadKeyFile{"tls.bad_key_file", "no private key can be read from the file"};
inline constexpr ErrorKind kKeyMismatch{"tls.key_mismatch", "the private key is not the certificate's"};

// What is wrong with the other side's certificate. The context says more where there is more.
inline constexpr ErrorKind kNoCertificate{"tls.no_certificate", "the other side has no certificate",
                                          Consequence::kCloseConnection};
inline constexpr ErrorKind kExpired{"tls.expired", "the certificate is not valid at this time",
                                    Consequence::kCloseConnection};
inline constexpr ErrorKind kWrongName{"tls.wrong_name", "the certificate is for another name",
                                      Consequence::kCloseConnection};
inline constexpr ErrorKind kUnknownAuthority{"tls.unknown_authority", "the certificate is of an unknown authority",
                                             Consequence::kCloseConnection};
inline constexpr ErrorKind kBadCertificate{"tls.bad_certificate", "the certificate cannot be accepted",
                                           Consequence::kCloseConnection};

// What the other side said of ours.
inline constexpr ErrorKind kCertificateWanted{"tls.certificate_wanted", "the other side wants a certificate of us",
                                              Consequence::kCloseConnection};
inline constexpr ErrorKind kCertificateRefused{
    "tls.certificate_refused", "the other side does not accept our certificate", Consequence::kCloseConnection};
inline constexpr ErrorKind kAlert{"tls.alert", "the other side broke off TLS", Consequence::kCloseConnection};

// The protocol.
inline constexpr ErrorKind kNotTls{"tls.not_tls", "the other side does not speak TLS", Consequence::kCloseConnection};
inline constexpr ErrorKind kNothingInCommon{"tls.nothing_in_common", "no version or cipher of TLS that both sides take",
                                            Consequence::kCloseConnection};
inline constexpr ErrorKind kNoCommonAlpn{"tls.no_common_alpn", "no application protocol that both sides take",
                                         Consequence::kCloseConnection};
inline constexpr ErrorKind kMalformed{"tls.malformed", "not well-formed TLS", Consequence::kCloseConnection};
inline constexpr ErrorKind kTruncated{"tls.truncated", "the connection ended before TLS did",
                                      Consequence::kCloseConnection};
}  // namespace opwire::tls::errors
