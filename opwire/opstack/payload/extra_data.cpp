#include "opwire/opstack/payload/extra_data.hpp"

#include <algorithm>

#include "opwire/opstack/payload/errors.hpp"

namespace opwire::opstack {
namespace {

// version 1 byte, denominator 4, elasticity 4, in Jovian minimum base fee 8; all big-endian
constexpr std::uint8_t kHoloceneVersion = 0;
constexpr std::uint8_t kJovianVersion = 1;
constexpr std::size_t kDenominatorAt = 1;
constexpr std::size_t kElasticityAt = 5;
constexpr std::size_t kMinBaseFeeAt = 9;
constexpr std::size_t kHoloceneSize = 9;
constexpr std::size_t kJovianSize = 17;

}  // namespace

Result<ExtraData> ExtraData::parse(ByteView bytes) {
  if (bytes.size() > kMaxSize) return errors::kExtraDataTooLong;
  ExtraData extra;
  std::ranges::copy(bytes, extra.bytes_.begin());
  extra.size_ = static_cast<std::uint8_t>(bytes.size());
  return extra;
}

ExtraData ExtraData::make(const FeeParameters& fees) noexcept {
  ExtraData extra;
  extra.bytes_[0] = fees.min_base_fee ? kJovianVersion : kHoloceneVersion;
  extra.size_ = fees.min_base_fee ? kJovianSize : kHoloceneSize;
  store_be(extra.bytes_.data() + kDenominatorAt, fees.denominator);
  store_be(extra.bytes_.data() + kElasticityAt, fees.elasticity);
  if (fees.min_base_fee) store_be(extra.bytes_.data() + kMinBaseFeeAt, *fees.min_base_fee);
  return extra;
}

}  // namespace opwire::opstack
