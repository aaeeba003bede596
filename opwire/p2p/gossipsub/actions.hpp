// What the router wants done. Its shell takes these after every call and performs them.
#pragma once

#include <string>
#include <variant>
#include <vector>

#include "opwire/base/error.hpp"
#include "opwire/p2p/gossipsub/message.hpp"

namespace opwire::gossipsub {

/// Frames wait for this peer: write Router::next_frame() until it gives none. Not repeated before that.
struct OutputReady {
  PeerId peer;
};
/// Find a verdict and hand it to Router::on_validation_result().
struct ValidateMessage {
  MessagePtr message;
};
/// Accepted, from somebody else: for whoever subscribed to its topic.
struct DeliverMessage {
  MessagePtr message;
  std::shared_ptr<const void> content;  ///< what decoder and validator left in Message::content
};
/// A peer did something wrong, `count` times; error.consequence() is kPenalise.
struct Misbehaviour {
  PeerId peer;
  Error error;
  unsigned count;
};
/// A peer entered or left our mesh of a topic.
struct MeshChange {
  PeerId peer;
  std::string topic;
  bool in_mesh;
};

/// A peer subscribed to a topic or left it, or is gone.
struct TopicChange {
  PeerId peer;
  std::string topic;
  bool subscribed;
};
/// Connect to this peer: it is a direct one, or another peer told of it.
struct ConnectPeer {
  PeerId peer;
  Bytes record;  ///< a sealed peer record, not opened yet; empty: known addresses have to do
};

using Action =
    std::variant<OutputReady, ValidateMessage, DeliverMessage, Misbehaviour, MeshChange, TopicChange, ConnectPeer>;
using Actions = std::vector<Action>;

}  // namespace opwire::gossipsub
