// Any JSON as each of the engine's answers, and in halves as a block and its body: what is accepted stays inside its
// limits and has its hash.
#include <boost/json/parse.hpp>

#include "opwire/base/bytes.hpp"
#include "opwire/base/check.hpp"
#include "opwire/opstack/engine/answers.hpp"
#include "opwire/opstack/payload/block_hash.hpp"

namespace {

boost::json::value read(std::string_view text) {
  boost::json::error_code failed;
  boost::json::value value = boost::json::parse(text, failed);
  return failed ? boost::json::value() : value;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace opwire;
  using namespace opwire::opstack;
  const std::string_view text = as_text({data, size});
  const boost::json::value answer = read(text);
  if (const auto status = read_payload_status(answer)) OPW_CHECK(status->validation_error.size() <= kMaxEngineWords);
  (void)read_forkchoice_answer(answer);
  (void)read_block_head(answer);
  if (const auto calldata = read_calldata(answer)) OPW_CHECK(calldata->size() <= size / 2);
  const std::size_t split = std::min(text.find('\n'), size);
  const boost::json::value block = read(text.substr(0, split));
  const boost::json::value bodies = read(text.substr(std::min(split + 1, size)));
  for (const PayloadVersion version : kPayloadVersions) {
    const auto built = read_built(answer, version);
    if (built) OPW_CHECK(block_hash(*built) == built->payload.block_hash);
    const auto whole = assemble_payload(block, bodies, version);
    if (whole) OPW_CHECK(whole->payload.version == version && block_hash(*whole) == whole->payload.block_hash);
  }
  return 0;
}
