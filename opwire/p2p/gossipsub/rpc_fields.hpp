// Field numbers of the RPC protobuf.
#pragma once

#include <cstdint>

namespace opwire::gossipsub::field {

inline constexpr std::uint32_t kRpcSubscription = 1, kRpcMessage = 2, kRpcControl = 3;
inline constexpr std::uint32_t kSubscriptionSubscribe = 1, kSubscriptionTopic = 2;
inline constexpr std::uint32_t kMessageFrom = 1, kMessageData = 2, kMessageSeqno = 3, kMessageTopic = 4,
                               kMessageSignature = 5, kMessageKey = 6;
inline constexpr std::uint32_t kControlIhave = 1, kControlIwant = 2, kControlGraft = 3, kControlPrune = 4,
                               kControlIdontwant = 5;
inline constexpr std::uint32_t kIhaveTopic = 1, kIhaveId = 2;
inline constexpr std::uint32_t kIwantId = 1;
inline constexpr std::uint32_t kIdontwantId = 1;
inline constexpr std::uint32_t kGraftTopic = 1;
inline constexpr std::uint32_t kPruneTopic = 1, kPrunePeer = 2, kPruneBackoff = 3;
inline constexpr std::uint32_t kPeerInfoId = 1, kPeerInfoRecord = 2;

}  // namespace opwire::gossipsub::field
