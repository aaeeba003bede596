// A message on its way through the router.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "opwire/base/time.hpp"
#include "opwire/multiformats/peer_id.hpp"
#include "opwire/p2p/gossipsub/authorship.hpp"
#include "opwire/p2p/gossipsub/frame.hpp"
#include "opwire/p2p/gossipsub/message_id.hpp"

namespace opwire::gossipsub {

enum class Verdict : std::uint8_t {
  kAccept,  ///< forward and deliver it
  kReject,  ///< drop it; whoever sent it is to blame
  kIgnore,  ///< drop it; nobody is to blame
};

/// Made once per new message; all queues and caches share it by reference count. Stays on the loop's thread.
struct Message : boost::intrusive_ref_counter<Message, boost::thread_unsafe_counter> {
  Message(const MessageId& message_id, std::string_view on_topic, Buffer bytes)
      : id(message_id), topic(on_topic), data(std::move(bytes)) {}

  MessageId id;
  std::string topic;
  Buffer data;
  std::shared_ptr<const void> content;  ///< what MessageDecoder, then the validator made of it; until the verdict
  std::size_t content_size = 0;
  std::optional<PeerId> from;    ///< who sent it first; none: published here
  std::optional<PeerId> author;  ///< who signed it; none under StrictNoSign
  std::unique_ptr<const Authorship> authorship;
  TimePoint received{};
  std::optional<Verdict> verdict;  ///< none: under validation
  Frame frame;                     ///< as it is sent on; once accepted
};
using MessagePtr = boost::intrusive_ptr<Message>;

}  // namespace opwire::gossipsub
