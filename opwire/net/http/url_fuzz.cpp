// Any text as a URL: what is taken reads the same when it is written again.
#include "opwire/base/bytes.hpp"
#include "opwire/base/check.hpp"
#include "opwire/net/http/url.hpp"

using namespace opwire;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  auto url = http::parse_url(as_text({data, size}));
  if (!url) return 0;
  url->user_info.clear();
  const auto again = http::parse_url(url->to_string());
  OPW_CHECK(again && *again == *url);
  OPW_CHECK(url->target.starts_with('/') && url->port != 0 && !url->host.empty());
  return 0;
}
