// Any bytes as a protobuf message, and every bytes field as a message inside: fields lie within their message, and what
// was read survives being written and read again.
#include "opwire/base/check.hpp"
#include "opwire/multiformats/protobuf.hpp"

using namespace opwire;
using protobuf::Field;
using protobuf::WireType;

namespace {

constexpr int kMaxDepth = 50;

bool lies_within(ByteView part, ByteView whole) {
  return part.empty() || (part.data() >= whole.data() && part.data() + part.size() <= whole.data() + whole.size());
}

void check_rewritten(const Field& field) {
  Bytes out;
  protobuf::Writer writer(out);
  switch (field.type) {
    case WireType::kVarint:
      writer.varint(field.number, field.number_value);
      OPW_CHECK(out.size() == protobuf::varint_field_size(field.number, field.number_value));
      break;
    case WireType::kFixed64:
      writer.fixed64(field.number, field.number_value);
      break;
    case WireType::kBytes:
      writer.bytes(field.number, field.bytes);
      OPW_CHECK(out.size() == protobuf::bytes_field_size(field.number, field.bytes.size()));
      break;
    case WireType::kFixed32:
      return;
  }
  protobuf::Reader reader(out);
  const auto again = reader.next();
  OPW_CHECK(again && again->is(field.number, field.type) && reader.done());
  OPW_CHECK(again->number_value == field.number_value && equal(again->bytes, field.bytes));
}

void walk(ByteView message, int depth) {
  std::size_t fields = 0;
  for (protobuf::Reader reader(message); !reader.done();) {
    const auto field = reader.next();
    if (!field) return;
    OPW_CHECK(++fields <= message.size() / 2);
    OPW_CHECK(field->number > 0 && lies_within(field->bytes, message));
    check_rewritten(*field);
    if (depth < kMaxDepth) walk(field->bytes, depth + 1);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  walk({data, size}, 0);
  return 0;
}
