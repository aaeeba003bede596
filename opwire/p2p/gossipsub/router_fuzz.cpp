// A router under a program of events: peers come and go, send RPCs made of a few topics and messages or of any bytes,
// read or do not read, while time passes and verdicts arrive late. Limits are small, so that each is reached.
#include <deque>

#include "opwire/p2p/gossipsub/router_for_test.hpp"

using namespace opwire;
using namespace opwire::gossipsub;
using test::peer_id;
using test::Rpc;

namespace {

constexpr unsigned kPeers = 6;
constexpr std::size_t kMaxRpc = 32 * 1024;

Params small_params() {
  Params params;
  params.d = 3;
  params.d_lo = 2;
  params.d_hi = 4;
  params.d_out = 1;
  params.d_lazy = 2;
  params.max_rpc_size = kMaxRpc;
  params.max_topics_per_peer = 3;
  params.max_backoffs = 4;
  params.max_seen = 20;
  params.max_pending = 3;
  params.max_cache_bytes = params.max_recent_bytes = params.max_pending_bytes = 5000;
  params.max_ihave_length = 6;
  params.idontwant_threshold = 50;
  params.max_idontwant_messages = 4;
  params.outbound.messages = 3;
  params.outbound.bytes = 3000;
  params.outbound.gossip_ids = 12;
  return params;
}

/// The fuzzer's bytes as a source of small numbers; zeros at the end.
class Input {
 public:
  explicit Input(ByteView bytes) : rest_(bytes) {}
  bool done() const { return rest_.empty(); }
  unsigned byte() {
    if (rest_.empty()) return 0;
    const unsigned value = rest_.front();
    rest_ = rest_.subspan(1);
    return value;
  }
  ByteView bytes(std::size_t n) {
    const ByteView taken = rest_.first(std::min(n, rest_.size()));
    rest_ = rest_.subspan(taken.size());
    return taken;
  }
  std::string topic() { return "topic" + std::to_string(byte() % 5); }
  Bytes data() {
    const unsigned value = byte();
    return Bytes(1 + value % 64 * 8, static_cast<std::uint8_t>(value));
  }
  std::vector<MessageId> ids() {
    std::vector<MessageId> list;
    for (unsigned n = byte() % 20; n > 0 && !done(); --n) {
      const std::string on = topic();
      list.push_back(test::HashDecoder::id_of(on, data()));
    }
    return list;
  }

 private:
  ByteView rest_;
};

class Session {
 public:
  explicit Session(ByteView bytes)
      : in_(bytes), router_(small_params(), RouterContext(peer_id(kPeers), decoder_, rng_)) {}

  void run() {
    while (!in_.done()) {
      step();
      take_actions();
      check();
    }
    wind_down();
  }

 private:
  void step() {
    switch (in_.byte() % 12) {
      case 0:
        connect(in_.byte());
        break;
      case 1:
        disconnect(in_.byte() % kPeers);
        break;
      case 2:
        raw_rpc();
        break;
      case 3:
      case 4:
      case 5:
        rpc();
        break;
      case 6:
      case 7:
        beat(std::chrono::milliseconds(1000));
        break;
      case 8:
        verdict(static_cast<Verdict>(in_.byte() % 3));
        break;
      case 9:
        publish();
        break;
      case 10:
        subscribe();
        break;
      case 11:
        read(in_.byte() % kPeers);
        break;
      default:
        break;
    }
  }

  void connect(unsigned choice) {
    const unsigned peer = choice % kPeers;
    if (!connected_.insert(peer).second) return;
    router_.on_peer_connected(peer_id(peer), static_cast<Version>(choice / 8 % 4), choice >= 128,
                              test::address_of(peer % 3));
  }
  void disconnect(unsigned peer) {
    connected_.erase(peer);
    router_.on_peer_disconnected(peer_id(peer), now_);
  }
  void raw_rpc() {
    const unsigned peer = in_.byte() % kPeers;
    const std::size_t size = in_.byte();
    static_cast<void>(router_.on_rpc(peer_id(peer), Buffer::copy_of(in_.bytes(size)), now_));
  }
  void rpc() {
    const unsigned peer = in_.byte() % kPeers;
    Rpc rpc;
    for (unsigned n = 1 + in_.byte() % 4; n > 0; --n) entry(rpc);
    OPW_CHECK(router_.on_rpc(peer_id(peer), rpc.build(), now_).has_value());
  }
  void entry(Rpc& rpc) {
    const unsigned kind = in_.byte() % 8;
    const std::string topic = in_.topic();
    switch (kind) {
      case 0:
        rpc.subscribe(topic);
        break;
      case 1:
        rpc.subscribe(topic, false);
        break;
      case 2:
        rpc.message(topic, in_.data());
        break;
      case 3:
        rpc.graft(topic);
        break;
      case 4:
        rpc.prune(topic, std::uint64_t{1} << (in_.byte() % 64));
        break;
      case 5:
        rpc.ihave(topic, in_.ids());
        break;
      case 6:
        rpc.iwant(in_.ids());
        break;
      default:
        rpc.idontwant(in_.ids());
        break;
    }
  }
  void beat(Duration after) {
    now_ += after;
    router_.heartbeat(now_);
  }
  void verdict(Verdict verdict) {
    if (waiting_.empty()) return;
    const MessagePtr message = waiting_.front();
    waiting_.pop_front();
    router_.on_validation_result(message, verdict, now_);
  }
  void publish() {
    const std::string topic = in_.topic();
    static_cast<void>(router_.publish(topic, Buffer::copy_of(in_.data()), now_));
  }
  void subscribe() {
    const std::string topic = in_.topic();
    if (in_.byte() % 3 == 0) {
      router_.unsubscribe(topic, now_);
    } else {
      OPW_CHECK(router_.subscribe(topic, now_).has_value());
    }
  }
  void read(unsigned peer) {
    while (const auto frame = router_.next_frame(peer_id(peer))) {
      OPW_CHECK(connected_.contains(peer));
      OPW_CHECK(frame->size() < kMaxRpc);
      test::Sent().add(*frame);
    }
  }

  void take_actions() {
    Actions actions;
    router_.take_actions(actions);
    for (const Action& action : actions) {
      if (const auto* validate = std::get_if<ValidateMessage>(&action)) {
        waiting_.push_back(validate->message);
      } else if (const auto* change = std::get_if<MeshChange>(&action)) {
        const bool changed = change->in_mesh ? meshes_[change->topic].insert(change->peer).second
                                             : meshes_[change->topic].erase(change->peer) > 0;
        OPW_CHECK(changed);
      }
    }
  }
  void check() {
    OPW_CHECK(waiting_.size() <= 3);
    for (const std::string& topic : router_.topics()) {
      const auto mesh = router_.mesh_peers(topic);
      OPW_CHECK(PeerSet(mesh.begin(), mesh.end()) == meshes_[topic]);
      OPW_CHECK(mesh.size() <= connected_.size());
      OPW_CHECK(router_.topic_peers(topic).size() <= connected_.size());
    }
  }
  /// When all have gone and time has passed, nothing is left.
  void wind_down() {
    while (!waiting_.empty()) verdict(Verdict::kAccept);
    for (unsigned peer = 0; peer < kPeers; ++peer) disconnect(peer);
    for (const std::string& topic : router_.topics()) router_.unsubscribe(topic, now_);
    for (int i = 0; i < 30; ++i) beat(std::chrono::hours(1));
    OPW_CHECK(router_.topics().empty());
  }

  Input in_;
  test::HashDecoder decoder_;
  SeededRng rng_{1};
  TimePoint now_{std::chrono::hours(1)};
  Router router_;
  std::set<unsigned> connected_;
  std::deque<MessagePtr> waiting_;
  std::map<std::string, PeerSet> meshes_;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  Session({data, size}).run();
  return 0;
}
