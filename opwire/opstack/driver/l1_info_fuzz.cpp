// Any bytes as the first transaction: what is read is where the layout says, and nothing else is taken.
#include "opwire/base/check.hpp"
#include "opwire/opstack/driver/l1_info.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace opwire;
  using namespace opwire::opstack;
  const ByteView bytes(data, size);
  if (parse_l1_info_deposit(bytes)) OPW_CHECK(size > 164 && data[0] == 0x7e);
  if (const auto info = parse_l1_info(bytes)) {
    const bool bedrock = size == 260;
    OPW_CHECK(bedrock || size == 164 || size == 176 || size == 178);
    OPW_CHECK(load_be<std::uint64_t>(data + (bedrock ? 156 : 12)) == info->sequence_number);
    OPW_CHECK(equal(info->origin.hash.view(), bytes.subspan(100, 32)));
  }
  return 0;
}
