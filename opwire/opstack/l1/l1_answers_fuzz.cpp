// Any text as a block of L1 and as a log: what is taken as proven is also taken as it says, and says the same.
#include <boost/json/parse.hpp>

#include "opwire/base/check.hpp"
#include "opwire/opstack/l1/config_update.hpp"
#include "opwire/opstack/l1/l1_header.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace opwire;
  const std::string_view text = as_text({data, size});
  boost::json::error_code failed;
  const boost::json::value value = boost::json::parse({text.data(), text.size()}, failed);
  if (failed) return 0;
  const auto said = opstack::parse_l1_header(value);
  if (const auto header = opstack::verify_l1_header(value)) OPW_CHECK(said && said->hash == header->hash);
  (void)opstack::parse_signer_update(value, *Address::from(ByteArray<20>{1, 2, 3}));
  return 0;
}
