// gossipsub on a peer, with every message accepted: as op-node uses it (no signatures, op-node's message ids with
// kona's as their aliases, snappy blocks), or with signed messages. Peers are scored with op-node's parameters, and by
// topic so that a refused message shows at once.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "interop/common/commands.hpp"
#include "interop/opwirepeer/options.hpp"
#include "interop/opwirepeer/peer.hpp"
#include "opwire/opstack/gossip/block_gossip.hpp"

namespace opwire::interop {

class Gossip final : public gossipsub::Observer {
 public:
  enum class Messages : std::uint8_t { kPrinted, kCounted };

  /// Subscribes; peer outlives this.
  Gossip(Peer& peer, const Options& options, Messages messages = Messages::kPrinted);

  /// "count" messages of "size" pseudo-random bytes on "topic" (or the first), or one whose snappy block holds "plain".
  Task<Result<void>> publish(Command command);
  /// Which message ids each peer has been seen to use: "ours", "alias" or "unknown".
  void emit_families() const;
  void emit_scores() const;
  Task<void> close() { return service_.close(); }
  /// Messages of others that came.
  std::size_t received() const { return received_; }

  void on_topic(const PeerId& peer, const std::string& topic, bool subscribed) override;
  void on_mesh(const PeerId& peer, const std::string& topic, bool in_mesh) override;

 private:
  void print(const gossipsub::Message& message);
  Result<void> publish_one(const std::string& topic, ByteView plain);

  Peer& peer_;
  bool op_ids_;
  std::unique_ptr<gossipsub::MessageDecoder> decoder_;
  gossipsub::Service service_;
  std::string first_;
  std::size_t received_ = 0;
};

}  // namespace opwire::interop
