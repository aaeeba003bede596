#include "opwire/p2p/gossipsub/connector.hpp"

#include "opwire/base/log.hpp"
#include "opwire/multiformats/envelope.hpp"
#include "opwire/p2p/core/peer_store.hpp"

namespace opwire::gossipsub {
namespace {

constexpr log::Logger kLog{"gossipsub"};
constexpr std::size_t kMaxAddresses = 32;  // of one record

}  // namespace

void Connector::connect(const ConnectPeer& wanted) {
  if (network_.is_connected(wanted.peer) || known_.contains(wanted.peer) || waiting_.size() >= kWaiting) return;
  if (!wanted.record.empty()) {
    const Result<multiformats::PeerRecord> record = multiformats::open_peer_record(wanted.record, kMaxAddresses);
    if (!record || record->peer != wanted.peer) return;
    network_.peerstore().set_record(*record, wanted.record, kTemporaryTtl);
  }
  if (network_.peerstore().addresses(wanted.peer).empty()) return;
  known_.insert(wanted.peer);
  waiting_.push(wanted.peer);
  if (workers_ == kWorkers) return;
  ++workers_;
  scope_.spawn(work());
}

Task<void> Connector::work() {
  while (!waiting_.empty() && !scope_.cancelled()) {
    const PeerId peer = waiting_.front();
    waiting_.pop();
    const Result<void> connected = co_await network_.connect(peer, std::vector<Multiaddr>());
    known_.erase(peer);
    if (!connected) kLog.debug("cannot connect", {{"peer", peer.to_string()}, {"error", connected.error()}});
  }
  --workers_;
}

}  // namespace opwire::gossipsub
