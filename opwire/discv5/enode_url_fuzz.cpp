// Any text as an enode URL: what is taken is the same when it is written and read again.
#include "opwire/base/check.hpp"
#include "opwire/discv5/enode_url.hpp"

using namespace opwire;
using discv5::EnodeUrl;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto url = EnodeUrl::parse(as_text({data, size}));
  if (!url) return 0;
  const EnodeUrl again = EnodeUrl::parse(url->to_text()).value();
  OPW_CHECK(again.id() == url->id() && again.host == url->host && again.tcp == url->tcp && again.udp == url->udp);
  return 0;
}
