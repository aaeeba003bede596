// A router under a program of events: peers come and go, send RPCs made of a few topics and messages or of any bytes,
// read or do not read, are worth more or less, while time passes and verdicts arrive late. The first byte chooses what
// the router does beside the necessary. Limits are small, so that each is reached.
#include <cmath>
#include <deque>

#include "opwire/p2p/gossipsub/router_modes_for_test.hpp"

using namespace opwire;
using namespace opwire::gossipsub;
using test::kDirect;
using test::kMaxRpc;
using test::Modes;
using test::peer_id;
using test::Rpc;

namespace {

constexpr unsigned kPeers = 6;
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
      const Bytes of = data();
      list.push_back(of[0] % 2 == 0 ? test::HashDecoder::id_of(on, of) : test::HashDecoder::topicless_id_of(of));
    }
    return list;
  }

 private:
  ByteView rest_;
};

class Session {
 public:
  explicit Session(ByteView bytes)
      : in_(bytes),
        modes_(in_.byte()),
        decoder_(modes_.topicless ? Ids::kTopicless : Ids::kWithTopic, modes_.aliases),
        router_(params(), context()) {}

  void run() {
    while (!in_.done()) {
      step();
      take_actions();
      check();
    }
    wind_down();
  }

 private:
  using Ids = test::HashDecoder::Ids;

  Params params() const {
    Params params = test::small_params();
    test::use(params, modes_, worth_);
    return params;
  }
  RouterContext context() {
    RouterContext context(modes_.strict_sign ? authors_[0].id() : peer_id(kPeers), decoder_, rng_);
    if (modes_.strict_sign) context.author = authors_[0];
    if (modes_.exchange) {
      context.sealed_record = [](const PeerId& peer) { return Bytes(peer.bytes()[5] * 3000, 1); };
    }
    return context;
  }
  void step() {
    switch (in_.byte() % 14) {
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
      case 12:
        (*worth_)[peer_id(in_.byte() % kPeers)] = static_cast<double>(in_.byte()) - 128;
        break;
      case 13:
        reopen_or_move(in_.byte());
        break;
      default:
        break;
    }
  }

  void reopen_or_move(unsigned choice) {
    const PeerId peer = peer_id(choice % kPeers);
    if (choice < 128) {
      router_.on_stream_reopened(peer, static_cast<Version>(choice / 8 % 4));
    } else {
      router_.on_peer_moved(peer, choice >= 192, test::address_of(choice % 3), now_);
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
    const unsigned kind = in_.byte() % 10;
    const std::string topic = in_.topic();
    switch (kind) {
      case 0:
        rpc.subscribe(topic);
        break;
      case 1:
        rpc.subscribe(topic, false);
        break;
      case 2:
        message(rpc, topic);
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
      case 8:
        rpc.prune_telling(topic, told_peers());
        break;
      default:
        rpc.idontwant(in_.ids());
        break;
    }
  }
  void message(Rpc& rpc, const std::string& topic) {
    const Bytes data = in_.data();
    if (!modes_.strict_sign) return void(rpc.message(topic, data));
    const unsigned choice = in_.byte();
    Authorship fields = authors_[choice % 3].sign(topic, data);
    if (choice >= 192) fields.signature[0] ^= 1;
    if (choice % 16 == 15) fields.seqno.pop_back();
    Bytes encoded;
    append_message_fields(encoded, topic, data, fields);
    rpc.raw_message(encoded);
  }
  std::vector<Bytes> told_peers() {
    std::vector<Bytes> peers;
    for (unsigned n = in_.byte() % 5; n > 0; --n) {
      const unsigned choice = in_.byte();
      peers.push_back(choice < 50 ? to_bytes(in_.bytes(10)) : encode_peer_info(peer_id(choice % 60), in_.bytes(3)));
    }
    return peers;
  }
  /// Each peer breaks a few promises at most: those of the beats that a promise lasts.
  void beat(Duration after) {
    now_ += after;
    const std::uint64_t before = router_.stats().broken_promises;
    router_.heartbeat(now_);
    OPW_CHECK(router_.stats().broken_promises - before <= 4 * 3 * kPeers);
    told_of_ = 0;
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
        OPW_CHECK(!validate->message->verdict);
        OPW_CHECK(std::ranges::find(waiting_, validate->message) == waiting_.end());
        OPW_CHECK(validate->message->author.has_value() == modes_.strict_sign);
        waiting_.push_back(validate->message);
      } else if (const auto* deliver = std::get_if<DeliverMessage>(&action)) {
        OPW_CHECK(deliver->message->verdict == Verdict::kAccept && deliver->message->from.has_value());
      } else if (const auto* fault = std::get_if<Misbehaviour>(&action)) {
        OPW_CHECK(fault->count > 0 && fault->error.consequence() == Consequence::kPenalise);
      } else if (const auto* topic = std::get_if<TopicChange>(&action)) {
        auto& subscribed = subscribed_[topic->topic];
        const bool changed =
            topic->subscribed ? subscribed.insert(topic->peer).second : subscribed.erase(topic->peer) > 0;
        OPW_CHECK(changed);
      } else if (const auto* wanted = std::get_if<ConnectPeer>(&action)) {
        check_wanted(*wanted);
      } else if (const auto* change = std::get_if<MeshChange>(&action)) {
        const bool changed = change->in_mesh ? meshes_[change->topic].insert(change->peer).second
                                             : meshes_[change->topic].erase(change->peer) > 0;
        OPW_CHECK(changed);
      }
    }
  }
  void check_wanted(const ConnectPeer& wanted) {
    const bool direct = modes_.direct && wanted.peer == peer_id(kDirect);
    if (!direct || !wanted.record.empty()) {
      OPW_CHECK(modes_.exchange);
      OPW_CHECK(++told_of_ <= 2 * kPeers * 4);
    }
    OPW_CHECK(modes_.strict_sign || wanted.peer != peer_id(kPeers));
  }
  void check_scores() {
    const auto scores = router_.scores();
    OPW_CHECK(modes_.scores || scores.empty());
    OPW_CHECK(scores.size() <= connected_.size() + 2);
    for (const ScoreSnapshot& one : scores) OPW_CHECK(std::isfinite(one.score));
    for (unsigned peer = 0; peer < kPeers; ++peer) OPW_CHECK(std::isfinite(router_.score(peer_id(peer))));
  }
  bool may_be_in_a_mesh(const PeerId& peer) const {
    const bool direct = modes_.direct && peer == peer_id(kDirect);
    return !direct && std::ranges::any_of(connected_, [&](unsigned known) { return peer_id(known) == peer; });
  }
  void check() {
    OPW_CHECK(waiting_.size() <= 3);
    check_scores();
    for (const std::string& topic : router_.topics()) {
      const auto mesh = router_.mesh_peers(topic);
      OPW_CHECK(PeerSet(mesh.begin(), mesh.end()) == meshes_[topic]);
      OPW_CHECK(std::ranges::all_of(mesh, [this](const PeerId& peer) { return may_be_in_a_mesh(peer); }));
      const auto peers = router_.topic_peers(topic);
      OPW_CHECK(PeerSet(peers.begin(), peers.end()) == subscribed_[topic]);
      OPW_CHECK(peers.size() <= connected_.size());
    }
  }
  /// When all have gone and time has passed, nothing is left.
  void wind_down() {
    while (!waiting_.empty()) verdict(Verdict::kAccept);
    for (unsigned peer = 0; peer < kPeers; ++peer) disconnect(peer);
    for (const std::string& topic : router_.topics()) router_.unsubscribe(topic, now_);
    for (int i = 0; i < 30; ++i) beat(std::chrono::hours(1));
    OPW_CHECK(router_.topics().empty());
    OPW_CHECK(router_.scores().empty());
  }

  Input in_;
  const Modes modes_;
  const std::shared_ptr<test::Worth> worth_ = std::make_shared<test::Worth>();
  std::vector<Author> authors_ = test::make_authors();
  test::HashDecoder decoder_;
  SeededRng rng_{1};
  TimePoint now_{std::chrono::hours(1)};
  Router router_;
  std::set<unsigned> connected_;
  std::deque<MessagePtr> waiting_;
  std::map<std::string, PeerSet> meshes_;
  std::map<std::string, PeerSet> subscribed_;
  unsigned told_of_ = 0;  // since the last beat
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  Session({data, size}).run();
  return 0;
}
