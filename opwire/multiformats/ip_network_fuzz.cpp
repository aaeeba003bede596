// Any text as networks: what is taken is the same when it is written and read again, and holds its own first address.
#include "opwire/base/check.hpp"
#include "opwire/multiformats/ip_network.hpp"
#include "opwire/multiformats/ip_text.hpp"

using namespace opwire;
using namespace opwire::multiformats;

namespace {

void check_first_address(const IpNetwork& network) {
  const std::string text = network.to_string();
  const std::string address = text.substr(0, text.find('/'));
  const auto ip4 = parse_ip4(address);
  const auto ip6 = parse_ip6(address);
  OPW_CHECK(network.contains(ip4 ? ByteView(*ip4) : ByteView(ip6.value())));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = as_text({data, size});
  if (const auto network = IpNetwork::parse(text)) {
    OPW_CHECK(IpNetwork::parse(network->to_string()).value() == *network);
    check_first_address(*network);
  }
  if (const auto list = IpNetworkList::parse(text)) {
    OPW_CHECK(IpNetworkList::parse(list->to_string()).value() == *list);
  }
  return 0;
}
