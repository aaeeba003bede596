// Any text as a server's message: its words stay inside their limit, and what is an answer is one on its own as well.
#include "opwire/base/bytes.hpp"
#include "opwire/base/check.hpp"
#include "opwire/rpc/call_text.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace opwire;
  const std::string_view text = as_text({data, size});
  const auto answer = rpc::parse_answer(text);
  const auto message = rpc::parse_server_message(text);
  if (answer && answer->reply.failure) OPW_CHECK(answer->reply.failure->message.size() <= rpc::kMaxFailureText);
  if (!message) return 0;
  const auto* const same = std::get_if<rpc::Answer>(&*message);
  if (same == nullptr) return 0;
  OPW_CHECK(answer.has_value() && same->id == answer->id && same->reply.result == answer->reply.result);
  OPW_CHECK(same->reply.failure.has_value() == answer->reply.failure.has_value());
  return 0;
}
