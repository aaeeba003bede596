// Puts subscriptions and control entries into one RPC, up to a size.
#pragma once

#include <chrono>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "opwire/base/bytes.hpp"
#include "opwire/multiformats/peer_id.hpp"
#include "opwire/p2p/gossipsub/message_id.hpp"

namespace opwire::gossipsub {

/// rust-libp2p refuses more than this of control and subscriptions in one RPC.
inline constexpr std::size_t kMaxControlSize = 16 * 1024;
/// go-libp2p-pubsub heeds no more ids of an RPC's IDONTWANT than these.
inline constexpr std::size_t kMaxIdontwantIds = 10;

/// What a PRUNE says beside its topic.
struct PruneWord {
  std::optional<std::chrono::seconds> backoff;  ///< none for peers older than 1.1
  std::vector<Bytes> peers;                     ///< encoded PeerInfo
};
Bytes encode_peer_info(const PeerId& peer, ByteView record);

/// Each call adds an entry if it still fits. An entry that would exceed the budget alone is added to an empty RPC, so
/// that whoever empties a queue always gets on.
class ControlRpc {
 public:
  explicit ControlRpc(std::size_t budget = kMaxControlSize) noexcept : budget_(budget) {}

  bool subscription(std::string_view topic, bool subscribe);
  bool graft(std::string_view topic);
  bool prune(std::string_view topic, const PruneWord& word);
  /// These take as many ids from the front as fit, and return how many.
  std::size_t ihave(std::string_view topic, std::span<const MessageId> ids);
  std::size_t iwant(std::span<const MessageId> ids);
  std::size_t idontwant(std::span<const MessageId> ids);

  bool empty() const noexcept { return subscriptions_.empty() && control_.empty(); }
  /// The RPC, without a length prefix.
  Bytes finish() const;

 private:
  bool add(Bytes& part, std::uint32_t field, ByteView entry);
  std::size_t add_ids(std::uint32_t entry_field, std::uint32_t id_field, Bytes entry, std::span<const MessageId> ids);
  std::size_t used() const noexcept { return subscriptions_.size() + control_.size(); }

  std::size_t budget_;
  Bytes subscriptions_;  // encoded RPC fields
  Bytes control_;        // content of the control part
};

}  // namespace opwire::gossipsub
