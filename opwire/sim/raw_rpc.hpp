// RPCs as somebody writes them who keeps no rule and no limit (libp2p specs, pubsub and gossipsub: protobuf).
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "opwire/base/bytes.hpp"

namespace opwire::sim {

/// Entries go out in the order in which they were added, control behind all others.
class RawRpc {
 public:
  RawRpc& subscribe(std::string_view topic, bool on = true);
  RawRpc& message(std::string_view topic, ByteView data);
  /// A whole Message, encoded elsewhere: with an author, a signature, or as nonsense.
  RawRpc& raw_message(ByteView encoded);
  RawRpc& graft(std::string_view topic);
  RawRpc& prune(std::string_view topic, std::optional<std::uint64_t> backoff_seconds = std::nullopt);
  RawRpc& ihave(std::string_view topic, const std::vector<Bytes>& ids);
  RawRpc& iwant(const std::vector<Bytes>& ids);
  RawRpc& idontwant(const std::vector<Bytes>& ids);

  /// Without its length.
  Bytes build() const;

 private:
  Bytes fields_;
  Bytes control_;
};

}  // namespace opwire::sim
