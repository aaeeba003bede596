// What an RPC says, as views into its bytes (libp2p specs, pubsub/README.md and gossipsub v1.0 to v1.2: protobuf).
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "opwire/base/bytes.hpp"
#include "opwire/base/result.hpp"
#include "opwire/p2p/gossipsub/params.hpp"

namespace opwire::gossipsub {

struct SubscriptionView {
  std::string_view topic;
  bool subscribe = false;
};

/// Fields that are absent and fields that are present but empty are told apart: StrictNoSign forbids presence.
struct MessageView {
  std::string_view topic;  ///< empty when absent
  ByteView data;           ///< empty when absent
  std::optional<ByteView> from;
  std::optional<ByteView> seqno;
  std::optional<ByteView> signature;
  std::optional<ByteView> key;
};

/// The message ids of one control entry (or what else it repeats in one field), read on demand; the entry has been
/// checked to be well-formed.
class IdList {
 public:
  IdList() noexcept = default;
  IdList(ByteView entry, std::uint32_t field) noexcept : rest_(entry), field_(field) {}
  /// nullopt at the end.
  std::optional<ByteView> next() noexcept;

 private:
  ByteView rest_;
  std::uint32_t field_ = 0;
};

struct IhaveView {
  std::string_view topic;
  IdList ids;
};

struct PruneView {
  std::string_view topic;
  std::uint64_t backoff_seconds = 0;  ///< as sent: any value; 0 when absent
  IdList peers;                       ///< encoded PeerInfo, for parse_peer_info()
};

/// Another peer of a topic, told of with PRUNE (gossipsub v1.1, "Peer Exchange").
struct PeerInfoView {
  ByteView id;
  ByteView record;  ///< a sealed peer record; empty when absent
};
/// Errors: multiformats' kBadProtobuf.
Result<PeerInfoView> parse_peer_info(ByteView encoded);

struct RpcView {
  std::vector<SubscriptionView> subscriptions;
  std::vector<MessageView> messages;
  std::vector<IhaveView> ihave;
  std::vector<IdList> iwant;
  std::vector<std::string_view> graft;
  std::vector<PruneView> prune;
  std::vector<IdList> idontwant;
  std::size_t passed_over = 0;  ///< entries beyond a limit

  void clear() noexcept;
};

/// Reads a whole RPC into `into`, which is cleared first and may be used again and again: then it costs no allocation.
/// Unknown fields are skipped, a repeated singular field counts with its last value, several control parts are one.
/// Errors: multiformats' kBadProtobuf; `into` then holds nothing of use.
Result<void> parse_rpc(ByteView rpc, const RpcLimits& limits, RpcView& into);

}  // namespace opwire::gossipsub
