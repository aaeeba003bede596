// Any text as an endpoint: what is taken is the same when it is written and read again.
#include "opwire/base/check.hpp"
#include "opwire/net/endpoint.hpp"

using namespace opwire;
using net::Endpoint;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto endpoint = Endpoint::parse(as_text({data, size}));
  if (endpoint) OPW_CHECK(Endpoint::parse(endpoint->to_string()) == endpoint);
  return 0;
}
