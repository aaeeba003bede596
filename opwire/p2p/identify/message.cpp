#include "opwire/p2p/identify/message.hpp"

#include "opwire/multiformats/protobuf.hpp"
#include "opwire/p2p/identify/errors.hpp"

namespace opwire::identify {
namespace {

using protobuf::WireType;

constexpr std::size_t kPartTarget = 4 * 1024;
constexpr std::size_t kMaxProtocolSize = 256;
constexpr std::size_t kMaxTextSize = 256;

enum Number : std::uint32_t {
  kPublicKey = 1,
  kListenAddress = 2,
  kProtocol = 3,
  kObservedAddress = 4,
  kProtocolVersion = 5,
  kAgent = 6,
  kSignedRecord = 8,
};

bool is_protocol_name(std::string_view name) {
  if (name.empty() || name.size() > kMaxProtocolSize) return false;
  return std::none_of(name.begin(), name.end(), [](unsigned char c) { return c < 0x20 || c == 0x7f; });
}

std::string text_of(ByteView bytes) {
  return std::string(as_text(bytes.first(std::min(bytes.size(), kMaxTextSize))));
}

Result<void> merge_field(const protobuf::Field& field, Message& into) {
  switch (field.number) {
    case kPublicKey:
      into.public_key = to_bytes(field.bytes);
      break;
    case kListenAddress:
      if (into.listen_addresses.size() >= kMaxAddresses) break;
      if (auto address = Multiaddr::parse(field.bytes)) into.listen_addresses.push_back(std::move(*address));
      break;
    case kProtocol:
      if (into.protocols.size() >= kMaxProtocols) return errors::kTooManyProtocols;
      if (is_protocol_name(as_text(field.bytes))) into.protocols.emplace_back(as_text(field.bytes));
      break;
    case kObservedAddress:
      if (auto address = Multiaddr::parse(field.bytes)) into.observed_address = std::move(*address);
      break;
    case kProtocolVersion:
      into.protocol_version = text_of(field.bytes);
      break;
    case kAgent:
      into.agent = text_of(field.bytes);
      break;
    case kSignedRecord:
      into.signed_record = to_bytes(field.bytes);
      break;
    default:
      break;
  }
  return {};
}

/// Collects fields and starts a new part when one is full.
class PartWriter {
 public:
  void add(std::uint32_t field, ByteView value) {
    if (!part_.empty() && part_.size() + protobuf::bytes_field_size(field, value.size()) > kPartTarget) flush();
    protobuf::Writer(part_).bytes(field, value);
  }
  Bytes finish() {
    if (!part_.empty() || out_.empty()) flush();
    return std::move(out_);
  }

 private:
  void flush() {
    multiformats::append_varint(out_, part_.size());
    out_.insert(out_.end(), part_.begin(), part_.end());
    part_.clear();
  }
  Bytes part_;
  Bytes out_;
};

}  // namespace

Result<void> merge_part(ByteView part, Message& into) {
  protobuf::Reader reader(part);
  while (!reader.done()) {
    OPW_TRY(const protobuf::Field field, reader.next());
    if (field.type == WireType::kBytes) OPW_TRYV(merge_field(field, into));
  }
  return {};
}

Bytes encode(const Message& message) {
  PartWriter writer;
  if (message.public_key) writer.add(kPublicKey, *message.public_key);
  if (message.observed_address) writer.add(kObservedAddress, message.observed_address->bytes());
  if (!message.protocol_version.empty()) writer.add(kProtocolVersion, as_bytes(message.protocol_version));
  if (!message.agent.empty()) writer.add(kAgent, as_bytes(message.agent));
  for (const Multiaddr& address : message.listen_addresses) writer.add(kListenAddress, address.bytes());
  for (const std::string& protocol : message.protocols) writer.add(kProtocol, as_bytes(protocol));
  if (!message.signed_record.empty()) writer.add(kSignedRecord, message.signed_record);
  return writer.finish();
}

}  // namespace opwire::identify
