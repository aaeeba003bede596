#include "opwire/net/tls/context.hpp"

#include <openssl/err.h>
#include <openssl/x509.h>
#include <sys/stat.h>

#include <cerrno>

#include "opwire/base/log.hpp"
#include "opwire/net/tls/context_state.hpp"
#include "opwire/net/tls/errors.hpp"

namespace opwire::tls {
namespace {

constexpr log::Logger kLog{"tls"};
constexpr std::size_t kMaxAlpnName = 255;

FileStamp stamp_of(const std::string& path) {
  struct stat status{};
  if (path.empty() || ::stat(path.c_str(), &status) != 0) return {};
  return {status.st_mtim.tv_sec, status.st_mtim.tv_nsec, status.st_size, status.st_ino};
}

// A key under a passphrase is none: nobody is there to be asked.
int no_passphrase(char*, int, int, void*) {
  return 0;
}

int choose_alpn(SSL*, const unsigned char** out, unsigned char* out_size, const unsigned char* offered,
                unsigned int offered_size, void* state) {
  const Bytes& ours = static_cast<const ContextState*>(state)->alpn_wire;
  unsigned char* chosen = nullptr;
  const int found =
      SSL_select_next_proto(&chosen, out_size, ours.data(), static_cast<unsigned>(ours.size()), offered, offered_size);
  *out = chosen;
  return found == OPENSSL_NPN_NEGOTIATED ? SSL_TLSEXT_ERR_OK : SSL_TLSEXT_ERR_ALERT_FATAL;
}

Result<void> load_authorities(SSL_CTX* ctx, const Options& options) {
  const bool is_client = options.side == Side::kClient;
  if (options.ca_file.empty()) {
    if (!is_client) return {};
    if (SSL_CTX_set_default_verify_paths(ctx) != 1) return Error(errors::kBadAuthorities, "the system's");
    SSL_CTX_set_verify(ctx, SSL_VERIFY_PEER, nullptr);
    return {};
  }
  errno = 0;
  if (SSL_CTX_load_verify_locations(ctx, options.ca_file.c_str(), nullptr) != 1) {
    return Error(errors::kBadAuthorities, nullptr, errno);
  }
  SSL_CTX_set_verify(ctx, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
  if (!is_client) SSL_CTX_set_client_CA_list(ctx, SSL_load_client_CA_file(options.ca_file.c_str()));
  return {};
}

Result<void> load_identity(SSL_CTX* ctx, const Options& options) {
  if (options.certificate_file.empty() && options.key_file.empty()) {
    if (options.side == Side::kServer) return Error(errors::kBadCertificateFile, "a server needs one");
    return {};
  }
  errno = 0;
  if (SSL_CTX_use_certificate_chain_file(ctx, options.certificate_file.c_str()) != 1) {
    return Error(errors::kBadCertificateFile, nullptr, errno);
  }
  ERR_clear_error();
  errno = 0;
  if (SSL_CTX_use_PrivateKey_file(ctx, options.key_file.c_str(), SSL_FILETYPE_PEM) == 1) return {};
  const int reason = ERR_GET_REASON(ERR_peek_last_error());
  if (reason == X509_R_KEY_VALUES_MISMATCH || reason == X509_R_KEY_TYPE_MISMATCH) return errors::kKeyMismatch;
  return Error(errors::kBadKeyFile, nullptr, errno);
}

Result<SslCtxPtr> load(ContextState& state) {
  const Options& options = state.options;
  ERR_clear_error();
  SslCtxPtr ctx(SSL_CTX_new(options.side == Side::kClient ? TLS_client_method() : TLS_server_method()));
  OPW_CHECK(ctx);
  const int oldest = options.oldest == Version::kTls12 ? TLS1_2_VERSION : TLS1_3_VERSION;
  SSL_CTX_set_min_proto_version(ctx.get(), oldest);
  // Nothing is resumed: each handshake looks at certificates as they are now.
  SSL_CTX_set_options(ctx.get(), SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION | SSL_OP_NO_TICKET);
  SSL_CTX_set_num_tickets(ctx.get(), 0);
  SSL_CTX_set_session_cache_mode(ctx.get(), SSL_SESS_CACHE_OFF);
  SSL_CTX_set_mode(ctx.get(), SSL_MODE_RELEASE_BUFFERS);
  SSL_CTX_set_default_passwd_cb(ctx.get(), no_passphrase);
  OPW_TRYV(load_authorities(ctx.get(), options));
  OPW_TRYV(load_identity(ctx.get(), options));
  if (state.alpn_wire.empty()) return ctx;
  if (options.side == Side::kServer) {
    SSL_CTX_set_alpn_select_cb(ctx.get(), choose_alpn, &state);
  } else {
    SSL_CTX_set_alpn_protos(ctx.get(), state.alpn_wire.data(), static_cast<unsigned>(state.alpn_wire.size()));
  }
  return ctx;
}

}  // namespace

ContextState::ContextState(Options chosen) : options(std::move(chosen)) {
  for (const std::string& name : options.alpn) {
    OPW_CHECK(!name.empty() && name.size() <= kMaxAlpnName);
    alpn_wire.push_back(static_cast<std::uint8_t>(name.size()));
    alpn_wire.insert(alpn_wire.end(), name.begin(), name.end());
  }
}

ContextState::Stamps ContextState::look() const {
  return {stamp_of(options.ca_file), stamp_of(options.certificate_file), stamp_of(options.key_file)};
}

SSL_CTX* ContextState::current() {
  const Stamps now = look();
  if (now == stamps) return ctx.get();
  stamps = now;  // also when they are of no use: what failed once is tried again when it has changed again
  auto loaded = load(*this);
  if (loaded) {
    ctx = std::move(*loaded);
    kLog.info("certificates read again", {{"certificate", options.certificate_file}, {"ca", options.ca_file}});
  } else {
    kLog.warn("changed certificates cannot be used, the former go on", {{"reason", loaded.error()},
                                                                        {"certificate", options.certificate_file},
                                                                        {"key", options.key_file},
                                                                        {"ca", options.ca_file}});
  }
  return ctx.get();
}

Context::Context(std::unique_ptr<ContextState> state) : state_(std::move(state)) {}
Context::~Context() = default;

Side Context::side() const noexcept {
  return state_->options.side;
}

Result<std::shared_ptr<Context>> Context::make(Options options) {
  auto state = std::make_unique<ContextState>(std::move(options));
  state->stamps = state->look();
  OPW_TRY(state->ctx, load(*state));
  return std::shared_ptr<Context>(new Context(std::move(state)));
}

}  // namespace opwire::tls
