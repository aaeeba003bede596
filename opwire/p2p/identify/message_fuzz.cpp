#include "opwire/base/check.hpp"
#include "opwire/multiformats/varint.hpp"
#include "opwire/p2p/identify/message.hpp"

using opwire::identify::Message;

// Whatever is accepted can be encoded again and then says the same.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  Message message;
  if (!opwire::identify::merge_part({data, size}, message)) return 0;
  const opwire::Bytes encoded = opwire::identify::encode(message);
  opwire::ByteView rest(encoded);
  Message again;
  while (!rest.empty()) {
    const auto length = opwire::multiformats::parse_varint(rest).value();
    OPW_CHECK(opwire::identify::merge_part(rest.subspan(length.size, length.value), again).has_value());
    rest = rest.subspan(length.size + length.value);
  }
  OPW_CHECK(again.protocols == message.protocols);
  OPW_CHECK(again.listen_addresses == message.listen_addresses);
  OPW_CHECK(again.agent == message.agent);
  return 0;
}
