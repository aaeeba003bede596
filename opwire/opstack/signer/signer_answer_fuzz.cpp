// Any text as a signer's answer: what is taken is 65 bytes, written in hex.
#include "opwire/base/check.hpp"
#include "opwire/codec/hex.hpp"
#include "opwire/opstack/signer/remote_signer.hpp"
#include "opwire/rpc/call_text.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace opwire;
  const auto answer = rpc::parse_answer(as_text({data, size}));
  if (!answer || answer->reply.failure) return 0;
  const auto signature = opstack::parse_signer_answer(answer->reply.result);
  if (!signature) return 0;
  const boost::json::value written(codec::to_hex0x(signature->view()));
  OPW_CHECK(opstack::parse_signer_answer(written).value() == *signature);
  return 0;
}
