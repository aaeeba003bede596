#include "opwire/multiformats/ip_network.hpp"

#include <algorithm>

#include "opwire/multiformats/errors.hpp"
#include "opwire/multiformats/ip_scope.hpp"
#include "opwire/multiformats/ip_text.hpp"

namespace opwire::multiformats {
namespace {

constexpr unsigned kMappedBits = 96;  // of ::ffff:0:0/96, in which IPv4 addresses are

std::string_view trimmed(std::string_view text) noexcept {
  constexpr std::string_view kBlanks = " \t\r\n";
  const std::size_t begin = std::min(text.find_first_not_of(kBlanks), text.size());
  return text.substr(begin, text.find_last_not_of(kBlanks) + 1 - begin);
}

Error bad(const char* what) {
  return Error(errors::kBadNetwork, what);
}

}  // namespace

IpNetwork::IpNetwork(ByteView ip, unsigned bits) noexcept : is_v6_(ip.size() == 16), bits_(bits) {
  const std::size_t whole = bits / 8;
  std::copy_n(ip.begin(), whole, address_.begin());
  if (bits % 8 != 0) address_[whole] = static_cast<std::uint8_t>(ip[whole] & (0xff00U >> (bits % 8)));
}

Result<IpNetwork> IpNetwork::parse(std::string_view text) {
  const std::size_t slash = text.find('/');
  const auto ip4 = parse_ip4(text.substr(0, slash));
  const auto ip6 = ip4 ? std::nullopt : parse_ip6(text.substr(0, slash));
  if (!ip4 && !ip6) return bad("no IP address");
  const ByteView ip = ip4 ? ByteView(*ip4) : ByteView(*ip6);
  auto bits = static_cast<unsigned>(8 * ip.size());
  if (slash != std::string_view::npos) {
    const auto given = parse_decimal(text.substr(slash + 1), bits);
    if (!given) return bad("no prefix length after the slash");
    bits = static_cast<unsigned>(*given);
  }
  const ByteView unmapped = unmap_ip(ip);
  if (unmapped.size() < ip.size() && bits >= kMappedBits) return IpNetwork(unmapped, bits - kMappedBits);
  return IpNetwork(ip, bits);
}

bool IpNetwork::contains(ByteView ip) const noexcept {
  return has_ip_prefix(unmap_ip(ip), prefix(), bits_);
}

std::string IpNetwork::to_string() const {
  return format_ip(prefix()) + "/" + std::to_string(bits_);
}

Result<IpNetworkList, std::string> IpNetworkList::parse(std::string_view text) {
  IpNetworkList list;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(','), text.size());
    const std::string_view item = trimmed(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
    if (item.empty()) continue;
    const auto network = IpNetwork::parse(item);
    if (!network) return "\"" + std::string(item) + "\": " + network.error().message();
    list.networks_.push_back(*network);
  }
  return list;
}

bool IpNetworkList::contains(ByteView ip) const noexcept {
  return std::ranges::any_of(networks_, [ip](const IpNetwork& network) { return network.contains(ip); });
}

std::string IpNetworkList::to_string() const {
  std::string text;
  for (const IpNetwork& network : networks_) {
    if (!text.empty()) text += ',';
    text += network.to_string();
  }
  return text;
}

}  // namespace opwire::multiformats
