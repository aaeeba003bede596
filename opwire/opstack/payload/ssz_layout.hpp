// Sizes in the SSZ of a payload, for the encoder and the decoder.
#pragma once

#include <cstddef>

#include "opwire/opstack/chain/fork.hpp"

namespace opwire::opstack::ssz_layout {

inline constexpr std::size_t kBeaconRootSize = 32;
inline constexpr std::size_t kWithdrawalSize = 44;

/// Size of the fields before the dynamic part; also where the extra data begin.
constexpr std::size_t fixed_size(PayloadVersion version) noexcept {
  switch (version) {
    case PayloadVersion::kV1:
      return 508;
    case PayloadVersion::kV2:
      return 512;
    case PayloadVersion::kV3:
      return 528;
    case PayloadVersion::kV4:
      return 560;
  }
  return 0;
}

}  // namespace opwire::opstack::ssz_layout
