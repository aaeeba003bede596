// rollup.json: whatever is accepted survives being written and read again.
#include "opwire/base/check.hpp"
#include "opwire/opstack/chain/rollup_json.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace opwire;
  const auto parsed = opstack::parse_rollup_config(as_text({data, size}));
  if (!parsed) return 0;
  (void)opstack::validate(parsed->config);
  const auto again = opstack::parse_rollup_config(opstack::to_json(parsed->config));
  OPW_CHECK(again.has_value());
  OPW_CHECK(again->config == parsed->config);
  return 0;
}
