#include "opwire/sim/attacker.hpp"

#include "opwire/multiformats/varint.hpp"
#include "opwire/p2p/core/length_prefix.hpp"

namespace opwire::sim {
namespace {

constexpr std::size_t kMaxQueued = 4096;
constexpr std::size_t kMaxRpc = std::size_t{16} << 20;

}  // namespace

Attacker::Attacker(World& world, const StationOptions& options, std::string protocol)
    : station_(world, options), protocol_(std::move(protocol)) {}

void Attacker::start() {
  station_.start();
  tasks_.emplace(station_.world().loop());
  station_.host().set_stream_handler(protocol_, [this](PeerStream stream) { return serve(std::move(stream)); });
}

Task<void> Attacker::stop() {
  tasks_->cancel();
  co_await tasks_->join();
  tasks_.reset();
  co_await station_.shut_down();
  victims_.clear();
}

Task<Result<void>> Attacker::connect(Multiaddr address) {
  const std::optional<PeerId> peer = address.peer_id();
  OPW_CO_TRYV(co_await station_.host().connect(std::move(address)));
  co_return co_await open(*peer);
}

Task<Result<void>> Attacker::open(PeerId peer) {
  std::vector<std::string> protocols{protocol_};
  OPW_CO_TRY(PeerStream stream, co_await station_.host().new_stream(peer, std::move(protocols)));
  auto queue = std::make_shared<Mailbox<Bytes>>(station_.world().loop(), kMaxQueued);
  victims_.insert_or_assign(peer, queue);
  tasks_->spawn(write_all(std::move(stream), std::move(queue)));
  co_return Result<void>();
}

bool Attacker::send_bytes(const PeerId& peer, ByteView rpc) {
  const auto victim = victims_.find(peer);
  if (victim == victims_.end()) return false;
  Bytes frame;
  multiformats::append_varint(frame, rpc.size());
  frame.insert(frame.end(), rpc.begin(), rpc.end());
  return victim->second->push(std::move(frame));
}

std::vector<PeerId> Attacker::victims() const {
  std::vector<PeerId> peers;
  for (const auto& [peer, queue] : victims_) peers.push_back(peer);
  return peers;
}

Task<void> Attacker::write_all(PeerStream stream, Queue queue) {
  while (true) {
    const std::optional<Bytes> frame = co_await queue->pop();
    if (!frame) break;
    const Result<void> written = co_await write(*stream, *frame);
    if (!written) break;
  }
  const auto known = victims_.find(stream.peer());
  if (known != victims_.end() && known->second == queue) victims_.erase(known);
}

Task<void> Attacker::serve(PeerStream stream) {
  const gossipsub::RpcLimits limits;
  gossipsub::RpcView view;
  while (true) {
    const auto length = co_await read_length_prefix(*stream, kMaxRpc, opwire::errors::kLimit);
    if (!length || !*length) co_return;
    Bytes rpc(**length);
    const Result<void> got = co_await read_exact(*stream, rpc);
    if (!got) co_return;
    ++rpcs_received_;
    if (on_rpc_ && gossipsub::parse_rpc(rpc, limits, view)) on_rpc_(stream.peer(), view);
  }
}

}  // namespace opwire::sim
