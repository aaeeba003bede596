// Any bytes as WebSocket frames, whole and byte by byte, for either side: the same events, within their limits; and
// what was a message is one again when it is framed.
#include "opwire/base/bytes.hpp"
#include "opwire/base/check.hpp"
#include "opwire/net/http/frames.hpp"

using namespace opwire;
using namespace opwire::http;

namespace {

constexpr std::size_t kMaxMessage = 4096;

void check_again(const FrameEvent& event) {
  SeededRng rng(1);
  std::string framed;
  if (event.opcode == Opcode::kClose) {
    append_close(framed, event.close_code, event.data, &rng);
  } else {
    append_frame(framed, event.opcode, as_bytes(event.data), &rng);
  }
  ByteView bytes = as_bytes(framed);
  const auto again = FrameDecoder(Role::kServer, kMaxMessage).next(bytes);
  OPW_CHECK(again && *again && bytes.empty());
  OPW_CHECK((*again)->opcode == event.opcode && (*again)->data == event.data);
  OPW_CHECK((*again)->close_code == event.close_code);
}

std::string decode(Role role, ByteView bytes, std::size_t step) {
  FrameDecoder decoder(role, kMaxMessage);
  std::string seen;
  while (!bytes.empty()) {
    ByteView piece = bytes.first(std::min(step, bytes.size()));
    bytes = bytes.subspan(piece.size());
    while (!piece.empty()) {
      const auto event = decoder.next(piece);
      if (!event) return seen + event.error().name().data();
      if (!*event) break;
      OPW_CHECK((*event)->data.size() <= kMaxMessage);
      check_again(**event);
      seen += std::to_string(static_cast<int>((*event)->opcode)) + (*event)->data + "\n";
    }
  }
  return seen;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const ByteView bytes(data, size);
  for (const Role role : {Role::kServer, Role::kClient}) {
    OPW_CHECK(decode(role, bytes, std::max<std::size_t>(size, 1)) == decode(role, bytes, 1));
  }
  return 0;
}
