#include "opwire/net/tls/engine.hpp"

#include <openssl/err.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <optional>

#include "opwire/net/endpoint.hpp"
#include "opwire/net/tls/context_state.hpp"
#include "opwire/net/tls/errors.hpp"
#include "opwire/net/tls/openssl_errors.hpp"

namespace opwire::tls {
namespace {

// A server name goes into the hello; an address does not (RFC 6066, 3).
void expect_name(SSL* ssl, const std::string& name) {
  if (name.empty()) return;
  SSL_set_hostflags(ssl, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS | X509_CHECK_FLAG_NEVER_CHECK_SUBJECT);
  if (net::Endpoint::parse_ip(name, 0)) {
    OPW_CHECK(X509_VERIFY_PARAM_set1_ip_asc(SSL_get0_param(ssl), name.c_str()) == 1);
    return;
  }
  OPW_CHECK(SSL_set1_host(ssl, name.c_str()) == 1);
  SSL_set_tlsext_host_name(ssl, name.c_str());
}

BIO* make_memory() {
  BIO* const memory = BIO_new(BIO_s_mem());
  OPW_CHECK(memory != nullptr);
  BIO_set_mem_eof_return(memory, -1);
  return memory;
}

bool wants_more(int why) {
  return why == SSL_ERROR_WANT_READ || why == SSL_ERROR_WANT_WRITE;
}

}  // namespace

struct Engine::Impl {
  Error fail(const Error& why) {
    broken = why;
    return why;
  }

  SslPtr ssl;
  BIO* in;  // both are ssl's
  BIO* out;
  std::optional<Error> broken;  // OpenSSL itself goes on after some errors
};

Engine::Engine(Context& context, std::string_view peer_name, WallTime now)
    : impl_(new Impl{SslPtr(SSL_new(context.state().current())), make_memory(), make_memory(), std::nullopt}) {
  SSL* const ssl = impl_->ssl.get();
  OPW_CHECK(ssl != nullptr);
  SSL_set_bio(ssl, impl_->in, impl_->out);
  X509_VERIFY_PARAM_set_time(SSL_get0_param(ssl), static_cast<std::time_t>(unix_seconds(now)));
  if (context.side() == Side::kServer) {
    SSL_set_accept_state(ssl);
  } else {
    SSL_set_connect_state(ssl);
    expect_name(ssl, std::string(peer_name));
  }
}

Engine::~Engine() = default;
Engine::Engine(Engine&&) noexcept = default;
Engine& Engine::operator=(Engine&&) noexcept = default;

std::size_t Engine::feed(ByteView sealed) {
  const std::size_t room = kMaxInput - std::min(kMaxInput, BIO_ctrl_pending(impl_->in));
  const std::size_t size = std::min(room, sealed.size());
  if (size > 0) OPW_CHECK(BIO_write(impl_->in, sealed.data(), static_cast<int>(size)) == static_cast<int>(size));
  return size;
}

bool Engine::has_input() const {
  return BIO_ctrl_pending(impl_->in) > 0 || SSL_pending(impl_->ssl.get()) > 0;
}

bool Engine::has_output() const {
  return BIO_ctrl_pending(impl_->out) > 0;
}

Buffer Engine::take_output() {
  Buffer output = Buffer::uninitialized(BIO_ctrl_pending(impl_->out));
  if (output.empty()) return output;
  const int size = BIO_read(impl_->out, output.writable().data(), static_cast<int>(output.size()));
  OPW_CHECK(size == static_cast<int>(output.size()));
  return output;
}

Result<bool> Engine::shake_hands() {
  if (impl_->broken) return *impl_->broken;
  ERR_clear_error();
  SSL* const ssl = impl_->ssl.get();
  const int outcome = SSL_do_handshake(ssl);
  if (outcome == 1) return true;
  const int why = SSL_get_error(ssl, outcome);
  if (wants_more(why)) return false;
  return impl_->fail(why == SSL_ERROR_ZERO_RETURN ? Error(errors::kTruncated) : take_error(ssl));
}

Result<std::size_t> Engine::open(MutableByteView into) {
  if (impl_->broken) return *impl_->broken;
  ERR_clear_error();
  SSL* const ssl = impl_->ssl.get();
  const int size = SSL_read(ssl, into.data(), static_cast<int>(std::min(into.size(), kMaxPlaintext)));
  if (size > 0) return static_cast<std::size_t>(size);
  const int why = SSL_get_error(ssl, size);
  if (wants_more(why) || why == SSL_ERROR_ZERO_RETURN) return std::size_t{0};
  return impl_->fail(take_error(ssl));
}

bool Engine::peer_ended() const {
  return (SSL_get_shutdown(impl_->ssl.get()) & SSL_RECEIVED_SHUTDOWN) != 0;
}

Result<void> Engine::seal(ByteView plain) {
  OPW_CHECK(!plain.empty() && plain.size() <= kMaxPlaintext);
  if (impl_->broken) return *impl_->broken;
  ERR_clear_error();
  SSL* const ssl = impl_->ssl.get();
  const int size = SSL_write(ssl, plain.data(), static_cast<int>(plain.size()));
  if (size == static_cast<int>(plain.size())) return {};
  return impl_->fail(take_error(ssl));
}

void Engine::end() {
  if (impl_->broken) return;
  ERR_clear_error();
  SSL_shutdown(impl_->ssl.get());
  ERR_clear_error();
}

std::string_view Engine::alpn() const {
  const unsigned char* name = nullptr;
  unsigned size = 0;
  SSL_get0_alpn_selected(impl_->ssl.get(), &name, &size);
  return as_text({name, size});
}

std::string_view Engine::version() const {
  return SSL_get_version(impl_->ssl.get());
}

}  // namespace opwire::tls
