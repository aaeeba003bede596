#include "opwire/net/http/url.hpp"

#include <algorithm>
#include <charconv>

#include "opwire/net/endpoint.hpp"
#include "opwire/net/http/errors.hpp"
#include "opwire/net/http/message.hpp"

namespace opwire::http {
namespace {

constexpr std::size_t kMaxUrl = 2048;

struct SchemeName {
  Url::Scheme scheme;
  std::string_view name;
  std::uint16_t port;
};
constexpr SchemeName kSchemes[] = {{Url::Scheme::kHttp, "http", 80},
                                   {Url::Scheme::kHttps, "https", 443},
                                   {Url::Scheme::kWs, "ws", 80},
                                   {Url::Scheme::kWss, "wss", 443}};

const SchemeName& name_of(Url::Scheme scheme) {
  return kSchemes[static_cast<std::size_t>(scheme)];
}

bool is_printable(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c < 0x7f; });
}

bool is_name_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_';
}

// Names of DNS and IPv4 addresses; what looks like neither (escapes, other delimiters) is refused.
Result<std::string> parse_name(std::string_view text) {
  std::string name(text);
  for (char& c : name) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  if (name.empty() || name.size() > 253 || !std::all_of(name.begin(), name.end(), is_name_character)) {
    return Error(errors::kBadUrl, "host");
  }
  return name;
}

// Takes the host off the front of authority; what is left begins with the port's colon, or is empty.
Result<std::string> take_host(std::string_view& authority) {
  if (!authority.starts_with('[')) {
    const std::string_view host = authority.substr(0, authority.find(':'));
    authority.remove_prefix(host.size());
    return parse_name(host);
  }
  const std::size_t end = authority.find(']');
  if (end == std::string_view::npos) return Error(errors::kBadUrl, "IPv6 address without ]");
  std::string host(authority.substr(1, end - 1));
  authority.remove_prefix(end + 1);
  if (host.find(':') == std::string::npos || !net::Endpoint::parse_ip(host, 0)) {
    return Error(errors::kBadUrl, "IPv6 address");
  }
  return host;
}

Result<std::uint16_t> parse_port(std::string_view text, std::uint16_t own) {
  if (text.empty()) return own;
  if (text.front() != ':') return Error(errors::kBadUrl, "after the host");
  text.remove_prefix(1);
  if (text.empty()) return own;
  std::uint16_t port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  if (error != std::errc() || end != text.data() + text.size() || port == 0) return Error(errors::kBadUrl, "port");
  return port;
}

std::string bracketed(const std::string& host) {
  return host.find(':') == std::string::npos ? host : "[" + host + "]";
}

}  // namespace

std::string Url::authority() const {
  const bool own = port == name_of(scheme).port;
  return own ? bracketed(host) : bracketed(host) + ":" + std::to_string(port);
}

std::string Url::to_string() const {
  return std::string(name_of(scheme).name) + "://" + authority() + target;
}

Result<Url> parse_url(std::string_view text) {
  if (text.size() > kMaxUrl || !is_printable(text)) return Error(errors::kBadUrl, "characters or length");
  const std::size_t colon = text.find("://");
  const auto* scheme = std::find_if(std::begin(kSchemes), std::end(kSchemes), [&](const SchemeName& known) {
    return colon != std::string_view::npos && equal_ignoring_case(known.name, text.substr(0, colon));
  });
  if (scheme == std::end(kSchemes)) return Error(errors::kBadUrl, "scheme");
  text.remove_prefix(colon + 3);
  text = text.substr(0, text.find('#'));

  Url url;
  url.scheme = scheme->scheme;
  std::string_view authority = text.substr(0, text.find_first_of("/?"));
  const std::string_view target = text.substr(authority.size());
  if (const std::size_t at = authority.rfind('@'); at != std::string_view::npos) {
    url.user_info = authority.substr(0, at);
    authority.remove_prefix(at + 1);
  }
  OPW_TRY(url.host, take_host(authority));
  OPW_TRY(url.port, parse_port(authority, scheme->port));
  url.target = target.starts_with('/') ? std::string(target) : "/" + std::string(target);
  return url;
}

}  // namespace opwire::http
