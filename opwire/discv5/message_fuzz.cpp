// Any bytes as a message: what is taken can be written and read again.
#include "opwire/base/check.hpp"
#include "opwire/discv5/message.hpp"

using namespace opwire;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto message = discv5::parse_message({data, size});
  if (!message) return 0;
  OPW_CHECK(discv5::request_id(*message).size() <= discv5::kMaxRequestId);
  const Bytes written = discv5::encode_message(*message);
  const auto again = discv5::parse_message(written);
  OPW_CHECK(again && again->index() == message->index() && discv5::encode_message(*again) == written);
  return 0;
}
