// The seam to whoever knows what messages mean.
#pragma once

#include <memory>

#include "opwire/p2p/gossipsub/message_id.hpp"
#include "opwire/p2p/gossipsub/rpc.hpp"

namespace opwire::gossipsub {

struct Decoded {
  MessageId id;
  /// What was worked out on the way, for the validator (Message::content): so that data are decompressed once.
  std::shared_ptr<const void> content;
  std::size_t content_size = 0;  ///< bytes that content holds until the verdict; they count against the limit
};

class MessageDecoder {
 public:
  virtual ~MessageDecoder() = default;
  /// Called on the loop, once for each message whose bytes are new (under StrictSign, for each message). The data may
  /// be anything; every message has an id.
  virtual Decoded decode(const MessageView& message) = 0;
  /// The content_size that decode() is going to tell, as far as the message itself says it. Called on the loop before
  /// there is known to be room, so it must cost next to nothing.
  virtual std::size_t declared_size(const MessageView& message) { return (void)message, 0; }
  /// The id that another part of the network gives the same message, where two ways to make ids live side by side.
  /// content: what decode() made, or null. Asked for only while peers may need it.
  virtual std::optional<MessageId> alias(const MessageView& message, const std::shared_ptr<const void>& content) {
    return (void)message, (void)content, std::nullopt;
  }
};

}  // namespace opwire::gossipsub
