// The protocol ids of gossipsub and floodsub, and what each version can do.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace opwire::gossipsub {

/// What a peer speaks. Later versions can do all that earlier ones can.
enum class Version : std::uint8_t {
  kFloodsub,  ///< gets every message of its topics, knows no control messages
  kV10,       ///< mesh and gossip
  kV11,       ///< back-off times in PRUNE
  kV12,       ///< IDONTWANT
};

inline constexpr std::array<std::string_view, 4> kProtocols{"/meshsub/1.2.0", "/meshsub/1.1.0", "/meshsub/1.0.0",
                                                            "/floodsub/1.0.0"};  ///< in order of preference

constexpr std::optional<Version> version_of(std::string_view protocol) noexcept {
  if (protocol == kProtocols[0]) return Version::kV12;
  if (protocol == kProtocols[1]) return Version::kV11;
  if (protocol == kProtocols[2]) return Version::kV10;
  if (protocol == kProtocols[3]) return Version::kFloodsub;
  return std::nullopt;
}

}  // namespace opwire::gossipsub
