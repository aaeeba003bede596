// A header's extra data, and the fee parameters that they carry from Holocene on.
#pragma once

#include <cstdint>
#include <optional>

#include "opwire/base/bytes.hpp"
#include "opwire/base/result.hpp"

namespace opwire::opstack {

/// EIP-1559 parameters of the block (specs: holocene and jovian exec-engine).
struct FeeParameters {
  std::uint32_t denominator = 0;
  std::uint32_t elasticity = 0;
  std::optional<std::uint64_t> min_base_fee;  ///< from Jovian on
};

/// Up to 32 bytes.
class ExtraData {
 public:
  static constexpr std::size_t kMaxSize = 32;

  ExtraData() noexcept = default;
  /// Any content. Errors: kExtraDataTooLong.
  static Result<ExtraData> parse(ByteView bytes);
  /// Holocene's 9 bytes, or Jovian's 17 when there is a minimum base fee.
  static ExtraData make(const FeeParameters& fees) noexcept;

  ByteView view() const noexcept { return ByteView(bytes_).first(size_); }

  bool operator==(const ExtraData&) const = default;

 private:
  ByteArray<kMaxSize> bytes_{};  // zero from size_ on
  std::uint8_t size_ = 0;
};

}  // namespace opwire::opstack
