#include "opwire/opstack/gossip/topics.hpp"

namespace opwire::opstack {

BlockTopics::BlockTopics(ChainId chain) {
  for (const PayloadVersion version : kPayloadVersions) {
    const unsigned index = topic_index(version);
    names_[index] = "/optimism/" + std::to_string(chain.value) + "/" + std::to_string(index) + "/blocks";
  }
}

std::optional<PayloadVersion> BlockTopics::version_of(std::string_view topic) const noexcept {
  for (const PayloadVersion version : kPayloadVersions) {
    if (name(version) == topic) return version;
  }
  return std::nullopt;
}

}  // namespace opwire::opstack
