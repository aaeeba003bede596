// Opening connections to a host by name or address.
#pragma once

#include "opwire/net/dns.hpp"
#include "opwire/net/http/url.hpp"
#include "opwire/net/stream.hpp"
#include "opwire/net/tls/context.hpp"

namespace opwire::http {

/// Tries the host's addresses one after another, IPv4 first; localhost needs no resolver. Errors: kRefused, kTimeout,
/// kResolve, kConnect, kCancelled; of several failures the last one.
Task<Result<std::unique_ptr<Stream>>> dial_tcp(Loop& loop, Url url, net::Resolver* resolver, TimePoint deadline);
/// The same, and TLS on it. Errors: as above, and those of TlsStream::connect().
Task<Result<std::unique_ptr<Stream>>> dial_tls(Loop& loop, Url url, net::Resolver* resolver,
                                               std::shared_ptr<tls::Context> context, TimePoint deadline);

}  // namespace opwire::http
