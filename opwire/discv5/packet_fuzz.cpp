// Any bytes as a packet to us: the header that is found, written again, is the same.
#include <algorithm>

#include "opwire/base/check.hpp"
#include "opwire/discv5/packet.hpp"

using namespace opwire;
namespace discv5 = opwire::discv5;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  // The masking would hide the header from the fuzzer: the input is the unmasked one.
  constexpr std::size_t kHeader = 16 + 23;
  const discv5::NodeId local{};
  if (size < kHeader) return 0;
  const ByteView input(data, size);
  const std::size_t auth_size = load_be<std::uint16_t>(data + kHeader - 2);
  const std::size_t masked = std::min(size, kHeader + auth_size);
  const Bytes datagram = discv5::make_datagram(local, to_bytes(input.first(masked)), input.subspan(masked));
  const auto packet = discv5::parse_packet(local, datagram);
  if (!packet) return 0;
  OPW_CHECK(size >= discv5::kMinPacket && size <= discv5::kMaxPacket);
  discv5::MaskingIv iv;
  std::ranges::copy(ByteView(packet->unmasked).first(iv.size()), iv.begin());
  Bytes again = discv5::encode_header(iv, packet->nonce, packet->header);
  std::ranges::copy(ByteView(packet->unmasked).subspan(22, 2), again.begin() + 22);  // a later version is taken too
  OPW_CHECK(again == packet->unmasked && equal(packet->message, input.subspan(masked)));
  return 0;
}
