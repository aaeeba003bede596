#include "opwire/net/http/dial.hpp"

#include <cerrno>

#include "opwire/net/errors.hpp"
#include "opwire/net/http/errors.hpp"
#include "opwire/net/tcp.hpp"
#include "opwire/net/tls/stream.hpp"

namespace opwire::http {
namespace {

constexpr std::size_t kMaxAddresses = 16;

// Of the host, without asking anybody; empty: somebody must be asked.
std::vector<net::Endpoint> known_endpoints(const Url& url) {
  if (const auto address = net::Endpoint::parse_ip(url.host, url.port)) return {*address};
  if (url.host != "localhost") return {};
  return {*net::Endpoint::parse_ip("127.0.0.1", url.port), *net::Endpoint::parse_ip("::1", url.port)};
}

Task<Result<std::vector<net::Endpoint>>> resolve(const Url& url, net::Resolver* resolver, TimePoint deadline) {
  std::vector<net::Endpoint> endpoints = known_endpoints(url);
  if (!endpoints.empty()) co_return endpoints;
  if (resolver == nullptr) co_return Error(net::errors::kResolve, "no resolver");
  auto v4 = co_await resolver->addresses(url.host, net::IpFamily::kV4, deadline);
  auto v6 = co_await resolver->addresses(url.host, net::IpFamily::kV6, deadline);
  if (!v4 && !v6) co_return v4.error();
  for (const auto* found : {&v4, &v6}) {
    if (!*found) continue;
    for (const Bytes& address : **found) {
      if (endpoints.size() < kMaxAddresses) endpoints.emplace_back(address, url.port);
    }
  }
  co_return endpoints;
}

}  // namespace

Task<Result<std::unique_ptr<Stream>>> dial_tcp(Loop& loop, Url url, net::Resolver* resolver, TimePoint deadline) {
  OPW_CO_TRY(const auto endpoints, co_await resolve(url, resolver, deadline));
  Error failure(net::errors::kResolve, "no address");
  for (const net::Endpoint& endpoint : endpoints) {
    auto connected = co_await net::tcp_connect(loop, endpoint, deadline);
    if (connected) co_return std::move(connected->stream);
    failure = connected.error();
    if (failure.is(opwire::errors::kCancelled) || failure.is(opwire::errors::kTimeout)) break;
  }
  if (failure.system_error() == ECONNREFUSED) co_return Error(errors::kRefused, nullptr, ECONNREFUSED);
  co_return failure;
}

Task<Result<std::unique_ptr<Stream>>> dial_tls(Loop& loop, Url url, net::Resolver* resolver,
                                               std::shared_ptr<tls::Context> context, TimePoint deadline) {
  OPW_CO_TRY(auto raw, co_await dial_tcp(loop, url, resolver, deadline));
  OPW_CO_TRY(auto stream, co_await tls::TlsStream::connect(loop, std::move(raw), context, url.host, deadline));
  co_return stream;
}

}  // namespace opwire::http
