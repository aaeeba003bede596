// The four gossip topics of a chain: /optimism/<chain id>/<n>/blocks.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>

#include "opwire/base/strong.hpp"
#include "opwire/opstack/chain/fork.hpp"

namespace opwire::opstack {

class BlockTopics {
 public:
  explicit BlockTopics(ChainId chain);

  const std::string& name(PayloadVersion version) const noexcept { return names_[topic_index(version)]; }
  /// All four, V1 first; every node joins them for its whole life.
  const std::array<std::string, kPayloadVersions.size()>& names() const noexcept { return names_; }
  std::optional<PayloadVersion> version_of(std::string_view topic) const noexcept;

 private:
  std::array<std::string, kPayloadVersions.size()> names_;
};

}  // namespace opwire::opstack
