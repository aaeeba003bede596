#include "opwire/p2p/yamux/frame.hpp"

#include "opwire/p2p/yamux/errors.hpp"

namespace opwire::yamux {

HeaderBytes encode_header(const Header& header) noexcept {
  HeaderBytes bytes;
  bytes[0] = 0;
  bytes[1] = static_cast<std::uint8_t>(header.type);
  store_be<std::uint16_t>(&bytes[2], header.flags);
  store_be<std::uint32_t>(&bytes[4], header.stream);
  store_be<std::uint32_t>(&bytes[8], header.length);
  return bytes;
}

Result<Header> parse_header(const HeaderBytes& bytes) noexcept {
  if (bytes[0] != 0) return errors::kBadVersion;
  if (bytes[1] > static_cast<std::uint8_t>(FrameType::kGoAway)) return errors::kBadType;
  return Header{.type = static_cast<FrameType>(bytes[1]),
                .flags = load_be<std::uint16_t>(&bytes[2]),
                .stream = load_be<std::uint32_t>(&bytes[4]),
                .length = load_be<std::uint32_t>(&bytes[8])};
}

}  // namespace opwire::yamux
