#include "cli/payload_input.hpp"

#include "cli/files.hpp"
#include "cli/go_values.hpp"
#include "opwire/codec/hex.hpp"
#include "opwire/opstack/gossip/message.hpp"
#include "opwire/opstack/payload/gossip_body.hpp"
#include "opwire/opstack/payload/payload_json.hpp"
#include "opwire/opstack/payload/ssz.hpp"

namespace opwire::cli {
namespace {

using opstack::SharedBytes;

// The extra data's offset is the size of the fixed fields, which no two versions share: at most one layout fits.
Result<opstack::Envelope> decode_any_version(const SharedBytes& ssz) {
  Result<opstack::Envelope> last = opwire::errors::kEndOfStream;
  for (const opstack::PayloadVersion version : opstack::kPayloadVersions) {
    last = opstack::decode_ssz(version, ssz);
    if (last) break;
  }
  return last;
}

Result<PayloadInput> from_body(const SharedBytes& plain) {
  OPW_TRY(const opstack::GossipBody body, opstack::parse_gossip_body(plain));
  OPW_TRY(opstack::Envelope envelope, decode_any_version(body.ssz));
  return PayloadInput{std::move(envelope), "signed body", body.signature, {}};
}

Result<PayloadInput> from_frame(const Bytes& bytes) {
  OPW_TRY(const SharedBytes plain, opstack::decompress_message(bytes));
  OPW_TRY(PayloadInput input, from_body(plain));
  input.form = "gossip frame";
  input.frame = bytes;
  return input;
}

Result<PayloadInput, std::string> from_bytes(const std::string& file, Bytes bytes) {
  Result<PayloadInput> frame = from_frame(bytes);
  if (frame) return std::move(*frame);
  const SharedBytes shared(std::move(bytes));
  Result<PayloadInput> body = from_body(shared);
  if (body) return std::move(*body);
  Result<opstack::Envelope> ssz = decode_any_version(shared);
  if (ssz) return PayloadInput{std::move(*ssz), "SSZ", std::nullopt, {}};
  return file + ": no block: as a gossip frame, " + frame.error().message() + "; as a signed body, " +
         body.error().message() + "; as SSZ, " + ssz.error().message();
}

}  // namespace

void add_payload_file(CLI::App& app, std::string& file) {
  app.add_option("FILE", file,
                 "Gossip frame, signed body or SSZ (binary or hex), or Engine API JSON; - for standard input")
      ->required()
      ->type_name("");
}

Result<PayloadInput, std::string> load_payload(const std::string& file) {
  OPW_TRY(Bytes content, read_input(file, 4 * opstack::kMaxMessageSize));
  const std::string_view text = trimmed(as_text(content));
  if (text.empty()) return file + ": empty";
  if (text.front() == '{') {
    auto envelope = opstack::parse_envelope_json(text);
    if (!envelope) return file + ": " + envelope.error();
    return PayloadInput{std::move(*envelope), "JSON", std::nullopt, {}};
  }
  if (auto bytes = codec::from_hex(text)) return from_bytes(file, std::move(*bytes));
  return from_bytes(file, std::move(content));
}

}  // namespace opwire::cli
