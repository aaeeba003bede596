#include "opwire/net/tls/openssl_errors.hpp"

#include <openssl/err.h>
#include <openssl/x509_vfy.h>

#include "opwire/net/tls/errors.hpp"

namespace opwire::tls {
namespace {

Error of_alert(int alert) {
  const char* const said = SSL_alert_desc_string_long(alert);
  switch (alert) {
    case SSL_AD_BAD_CERTIFICATE:
    case SSL_AD_UNSUPPORTED_CERTIFICATE:
    case SSL_AD_CERTIFICATE_REVOKED:
    case SSL_AD_CERTIFICATE_EXPIRED:
    case SSL_AD_CERTIFICATE_UNKNOWN:
    case SSL_AD_UNKNOWN_CA:
    case SSL_AD_ACCESS_DENIED:
      return Error(errors::kCertificateRefused, said);
    case SSL_AD_CERTIFICATE_REQUIRED:
      return errors::kCertificateWanted;
    case SSL_AD_PROTOCOL_VERSION:
    case SSL_AD_INSUFFICIENT_SECURITY:
      return Error(errors::kNothingInCommon, said);
    case SSL_AD_NO_APPLICATION_PROTOCOL:
      return errors::kNoCommonAlpn;
    default:
      return Error(errors::kAlert, said);
  }
}

Error of_verification(long result) {
  const char* const said = X509_verify_cert_error_string(result);
  switch (result) {
    case X509_V_ERR_CERT_HAS_EXPIRED:
    case X509_V_ERR_CERT_NOT_YET_VALID:
      return Error(errors::kExpired, said);
    case X509_V_ERR_HOSTNAME_MISMATCH:
    case X509_V_ERR_IP_ADDRESS_MISMATCH:
      return errors::kWrongName;
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT:
    case X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY:
    case X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE:
    case X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT:
    case X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN:
    case X509_V_ERR_CERT_UNTRUSTED:
    case X509_V_ERR_CERT_SIGNATURE_FAILURE:
      return Error(errors::kUnknownAuthority, said);
    default:
      return Error(errors::kBadCertificate, said);
  }
}

Error of_reason(const SSL* ssl, unsigned long code) {
  const int reason = ERR_GET_REASON(code);
  if (reason > SSL_AD_REASON_OFFSET) return of_alert(reason - SSL_AD_REASON_OFFSET);
  switch (reason) {
    case SSL_R_CERTIFICATE_VERIFY_FAILED:
      return of_verification(SSL_get_verify_result(ssl));
    case SSL_R_PEER_DID_NOT_RETURN_A_CERTIFICATE:
      return errors::kNoCertificate;
    case SSL_R_WRONG_VERSION_NUMBER:
    case SSL_R_HTTP_REQUEST:
    case SSL_R_HTTPS_PROXY_REQUEST:
      return errors::kNotTls;
    case SSL_R_UNSUPPORTED_PROTOCOL:
    case SSL_R_NO_PROTOCOLS_AVAILABLE:
    case SSL_R_WRONG_SSL_VERSION:
    case SSL_R_NO_SHARED_CIPHER:
    case SSL_R_NO_SUITABLE_SIGNATURE_ALGORITHM:
    case SSL_R_NO_SUITABLE_KEY_SHARE:
    case SSL_R_NO_SUITABLE_GROUPS:
      return Error(errors::kNothingInCommon, ERR_reason_error_string(code));
    case SSL_R_NO_APPLICATION_PROTOCOL:
      return errors::kNoCommonAlpn;
    default:
      return Error(errors::kMalformed, ERR_reason_error_string(code));
  }
}

}  // namespace

Error take_error(const SSL* ssl) {
  const unsigned long code = ERR_peek_error();
  const Error error = ERR_GET_LIB(code) == ERR_LIB_SSL ? of_reason(ssl, code)
                                                       : Error(errors::kMalformed, ERR_reason_error_string(code));
  ERR_clear_error();
  return error;
}

}  // namespace opwire::tls
