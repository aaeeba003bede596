// Authorities and certificates that a test makes for itself, and a folder for their files.
#pragma once

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <filesystem>
#include <fstream>
#include <memory>
#include <string>

#include "opwire/base/check.hpp"
#include "opwire/base/time.hpp"

namespace opwire::tls {

struct TestCertificate {
  std::string certificate;  // PEM
  std::string key;
};

/// What a certificate says.
struct TestSubject {
  std::string alt_names = "DNS:signer.test,IP:127.0.0.1";
  WallTime not_before = from_unix_seconds(1'600'000'000);
  WallTime not_after = from_unix_seconds(4'000'000'000);
};

class TestAuthority {
 public:
  explicit TestAuthority(const std::string& name = "test authority") : key_(EVP_EC_gen("P-256")) {
    certificate_ = make(name, key_.get(), nullptr, TestSubject(), "critical,CA:TRUE", "");
  }
  std::string pem() const { return text_of(certificate_.get()); }

  TestCertificate issue(const TestSubject& subject = TestSubject()) const {
    const Key key(EVP_EC_gen("P-256"));
    const Certificate made =
        make("holder", key.get(), certificate_.get(), subject, "critical,CA:FALSE", subject.alt_names);
    return {text_of(made.get()), text_of(key.get())};
  }

 private:
  struct Free {
    void operator()(X509* certificate) const { X509_free(certificate); }
    void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
    void operator()(BIO* memory) const { BIO_free(memory); }
  };
  using Certificate = std::unique_ptr<X509, Free>;
  using Key = std::unique_ptr<EVP_PKEY, Free>;

  static void extend(X509* certificate, X509* issuer, int nid, const std::string& value) {
    X509V3_CTX context;
    X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
    X509_EXTENSION* const extension = X509V3_EXT_conf_nid(nullptr, &context, nid, value.c_str());
    OPW_CHECK(extension != nullptr);
    X509_add_ext(certificate, extension, -1);
    X509_EXTENSION_free(extension);
  }

  Certificate make(const std::string& name, EVP_PKEY* key, X509* issuer, const TestSubject& subject,
                   const std::string& constraints, const std::string& alt_names) const {
    static long serial = 1;
    Certificate made(X509_new());
    X509* const certificate = made.get();
    X509_set_version(certificate, 2);
    ASN1_INTEGER_set(X509_get_serialNumber(certificate), serial++);
    ASN1_TIME_set(X509_getm_notBefore(certificate), static_cast<std::time_t>(unix_seconds(subject.not_before)));
    ASN1_TIME_set(X509_getm_notAfter(certificate), static_cast<std::time_t>(unix_seconds(subject.not_after)));
    X509_set_pubkey(certificate, key);
    X509_NAME_add_entry_by_txt(X509_get_subject_name(certificate), "CN", MBSTRING_ASC,
                               reinterpret_cast<const unsigned char*>(name.c_str()), -1, -1, 0);
    X509* const signer = issuer == nullptr ? certificate : issuer;
    X509_set_issuer_name(certificate, X509_get_subject_name(signer));
    extend(certificate, signer, NID_basic_constraints, constraints);
    if (!alt_names.empty()) extend(certificate, signer, NID_subject_alt_name, alt_names);
    OPW_CHECK(X509_sign(certificate, key_.get(), EVP_sha256()) > 0);
    return made;
  }

  static std::string taken(BIO* memory) {
    char* text = nullptr;
    const long size = BIO_get_mem_data(memory, &text);
    return {text, static_cast<std::size_t>(size)};
  }
  static std::string text_of(X509* certificate) {
    const std::unique_ptr<BIO, Free> memory(BIO_new(BIO_s_mem()));
    PEM_write_bio_X509(memory.get(), certificate);
    return taken(memory.get());
  }
  static std::string text_of(EVP_PKEY* key) {
    const std::unique_ptr<BIO, Free> memory(BIO_new(BIO_s_mem()));
    PEM_write_bio_PKCS8PrivateKey(memory.get(), key, nullptr, nullptr, 0, nullptr, nullptr);
    return taken(memory.get());
  }

  Key key_;
  Certificate certificate_;
};

/// Gone with the object.
class TestFolder {
 public:
  TestFolder() {
    std::string pattern = (std::filesystem::temp_directory_path() / "opwire-tls-XXXXXX").string();
    OPW_CHECK(::mkdtemp(pattern.data()) != nullptr);
    path_ = pattern;
  }
  ~TestFolder() { std::filesystem::remove_all(path_); }
  TestFolder(const TestFolder&) = delete;
  TestFolder& operator=(const TestFolder&) = delete;

  /// The path of the file that has the text now; a new file, as a tool that replaces one leaves it.
  std::string put(const std::string& name, const std::string& text) const {
    const std::filesystem::path path = path_ / name;
    const std::filesystem::path fresh = path_ / (name + ".new");
    std::ofstream(fresh) << text;
    std::filesystem::rename(fresh, path);
    return path.string();
  }
  std::string path(const std::string& name) const { return (path_ / name).string(); }

 private:
  std::filesystem::path path_;
};

}  // namespace opwire::tls
