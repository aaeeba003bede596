// What the connection manager is told of peers, as go-libp2p-pubsub tells its own: direct peers and those in a mesh are
// protected, and who is first with messages is worth more for a while.
#pragma once

#include <map>
#include <string>

#include <boost/container/flat_set.hpp>

#include "opwire/multiformats/peer_id.hpp"
#include "opwire/p2p/core/peer_tags.hpp"

namespace opwire::gossipsub {

class TopicTags {
 public:
  explicit TopicTags(PeerTags& tags) : tags_(tags) {}

  void on_direct(const PeerId& peer, bool is_direct);
  void on_joined(const std::string& topic);
  /// Takes back all that was told because of the topic.
  void on_left(const std::string& topic);
  /// Of topics that were joined; others are passed over, as are deliveries in them.
  void on_mesh(const PeerId& peer, const std::string& topic, bool in_mesh);
  void on_delivery(const PeerId& peer, const std::string& topic);

 private:
  struct Topic {
    std::string mesh_tag;
    std::string deliveries_tag;
    boost::container::flat_set<PeerId> mesh;
  };

  PeerTags& tags_;
  std::map<std::string, Topic, std::less<>> topics_;
};

}  // namespace opwire::gossipsub
