// Message ids: short byte strings, compared as bytes.
#pragma once

#include <compare>
#include <optional>

#include "opwire/base/bytes.hpp"
#include "opwire/p2p/gossipsub/keyed_hash.hpp"

namespace opwire::gossipsub {

/// 1 to kMaxSize bytes, held inline: op-node's ids are 20 bytes, author ‖ sequence number is at most 50. A longer id
/// from the wire is the id of no message here.
class MessageId {
 public:
  static constexpr std::size_t kMaxSize = 55;

  /// Empty or too long: nullopt.
  static std::optional<MessageId> from(ByteView bytes) noexcept {
    if (bytes.empty() || bytes.size() > kMaxSize) return std::nullopt;
    return MessageId(bytes);
  }

  ByteView view() const noexcept { return {bytes_.data(), size_}; }
  std::size_t size() const noexcept { return size_; }
  auto operator<=>(const MessageId&) const = default;

 private:
  explicit MessageId(ByteView bytes) noexcept : size_(static_cast<std::uint8_t>(bytes.size())) {
    std::memcpy(bytes_.data(), bytes.data(), bytes.size());
  }

  ByteArray<kMaxSize> bytes_{};
  std::uint8_t size_;
};

struct MessageIdHash {
  KeyedHash hash;
  std::size_t operator()(const MessageId& id) const noexcept { return hash(id.view()); }
};

}  // namespace opwire::gossipsub
