#include "opwire/rpc/access.hpp"

#include <algorithm>

#include "opwire/net/endpoint.hpp"

namespace opwire::rpc {
namespace {

constexpr std::string_view kMethods = "GET, POST";
constexpr std::string_view kMaxAge = "600";  // seconds

bool contains(const std::vector<std::string>& names, std::string_view wanted) {
  return std::any_of(names.begin(), names.end(),
                     [&](const std::string& name) { return name == "*" || http::equal_ignoring_case(name, wanted); });
}

// Without port and brackets.
std::string_view host_name(std::string_view authority) {
  if (authority.starts_with('[')) return authority.substr(1, authority.find(']') - 1);
  const std::size_t colon = authority.rfind(':');
  if (colon == std::string_view::npos || authority.find(':') != colon) return authority;
  return authority.substr(0, colon);
}

}  // namespace

bool is_known_host(const AccessOptions& options, const http::Request& request) {
  const std::string* const host = request.headers.find("Host");
  if (host == nullptr || host->empty()) return true;
  const std::string_view name = host_name(*host);
  return net::Endpoint::parse_ip(name, 0) || contains(options.vhosts, name);
}

bool is_known_origin(const AccessOptions& options, const http::Request& request) {
  const std::string* const origin = request.headers.find("Origin");
  return origin == nullptr || contains(options.cors, *origin);
}

Result<void, std::string> authorize(const AccessOptions& options, const http::Request& request, WallTime now) {
  if (!options.jwt) return {};
  constexpr std::string_view kScheme = "Bearer ";
  const std::string* const header = request.headers.find("Authorization");
  if (header == nullptr || !header->starts_with(kScheme)) return std::string("missing token");
  return options.jwt->verify(std::string_view(*header).substr(kScheme.size()), now);
}

bool is_preflight(const http::Request& request) {
  return request.method == "OPTIONS" && request.headers.contains("Origin") &&
         request.headers.contains("Access-Control-Request-Method");
}

http::Response answer_preflight(const AccessOptions& options, const http::Request& request) {
  http::Response response(204);
  allow_origin(options, request, response);
  if (!is_known_origin(options, request)) return response;
  response.headers.add("Access-Control-Allow-Methods", kMethods);
  const std::string* const wanted = request.headers.find("Access-Control-Request-Headers");
  if (wanted != nullptr) response.headers.add("Access-Control-Allow-Headers", *wanted);
  response.headers.add("Access-Control-Max-Age", kMaxAge);
  return response;
}

void allow_origin(const AccessOptions& options, const http::Request& request, http::Response& response) {
  if (options.cors.empty()) return;
  response.headers.add("Vary", "Origin");
  const std::string* const origin = request.headers.find("Origin");
  if (origin == nullptr || !contains(options.cors, *origin)) return;
  response.headers.set("Access-Control-Allow-Origin", *origin);
}

}  // namespace opwire::rpc
