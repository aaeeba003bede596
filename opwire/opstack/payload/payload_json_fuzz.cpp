// Any text as a payload or envelope in JSON: what is accepted survives being written and being encoded.
#include "opwire/opstack/payload/payload_json.hpp"
#include "opwire/opstack/payload/ssz.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace opwire::opstack;
  const std::string_view text = opwire::as_text({data, size});
  if (const auto payload = parse_payload_json(text)) {
    OPW_CHECK(parse_payload_json(to_json(*payload)).value() == *payload);
  }
  if (const auto envelope = parse_envelope_json(text)) {
    OPW_CHECK(parse_envelope_json(to_json(*envelope)).value() == *envelope);
    OPW_CHECK(decode_ssz(envelope->payload.version, SharedBytes(encode_ssz(*envelope))).value() == *envelope);
  }
  return 0;
}
