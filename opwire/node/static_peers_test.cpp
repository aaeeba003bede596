#include "opwire/node/static_peers.hpp"

#include <gtest/gtest.h>

#include "opwire/p2p/transport/memory_transport.hpp"
#include "opwire/runtime/simulated_loop.hpp"

namespace opwire::node {
namespace {

using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

Multiaddr address(const std::string& text) {
  return Multiaddr::parse_text(text).value();
}

crypto::PrivateKey key_of(std::uint64_t seed) {
  SeededRng rng(seed);
  return crypto::PrivateKey::generate(crypto::KeyType::kSecp256k1, rng);
}

/// Notes when it is asked to dial.
class NotedTransport final : public Transport {
 public:
  NotedTransport(transport::MemoryHub& hub, std::vector<TimePoint>& dials)
      : loop_(hub.loop()), inner_(hub), dials_(dials) {}
  bool can_dial(const Multiaddr& to) const override { return inner_.can_dial(to); }
  Task<Result<RawConnection>> dial(Multiaddr to, TimePoint deadline) override {
    dials_.push_back(loop_.now());
    return inner_.dial(std::move(to), deadline);
  }
  Result<std::unique_ptr<Listener>> listen(const Multiaddr& at) override { return inner_.listen(at); }

 private:
  Loop& loop_;
  transport::MemoryTransport inner_;
  std::vector<TimePoint>& dials_;
};

/// A zone whose one record can be changed.
class ChangingResolver final : public net::Resolver {
 public:
  Task<Result<std::vector<Bytes>>> addresses(std::string name, net::IpFamily family, TimePoint deadline) override {
    return net::StaticResolver().addresses(std::move(name), family, deadline);
  }
  Task<Result<std::vector<std::string>>> texts(std::string, TimePoint) override {
    ++questions;
    co_return std::vector<std::string>{"dnsaddr=" + answer};
  }
  std::string answer;
  int questions = 0;
};

class StaticPeersTest : public testing::Test {
 protected:
  StaticPeersTest() : a_(make(1)) {}
  ~StaticPeersTest() override {
    if (peers_) loop_.run(peers_->close());
    for (const auto& host : all_) loop_.run(host->close());
  }
  Host& make(std::uint64_t seed, std::uint64_t number) {
    HostOptions options(key_of(seed));
    options.listen = {address("/memory/" + std::to_string(number))};
    options.resolver = &resolver_;
    options.swarm.manager.low = 1;
    options.swarm.manager.high = 3;
    options.swarm.manager.grace = seconds(1);
    HostParts parts;
    parts.transports.push_back(std::make_unique<NotedTransport>(hub_, dials_[seed]));
    return *all_.emplace_back(Host::make(loop_, std::move(options), std::move(parts)).value());
  }
  Host& make(std::uint64_t seed) { return make(seed, seed); }
  void close(Host& host) {
    loop_.run(host.close());
    std::erase_if(all_, [&](const auto& one) { return one.get() == &host; });
  }
  void keep(const std::string& text) {
    peers_.emplace(a_, std::vector<Multiaddr>{address(text + "/p2p/" + id_of(2).to_string())});
  }
  static PeerId id_of(std::uint64_t seed) { return PeerId::of(key_of(seed).public_key()); }
  bool connected() { return a_.network().is_connected(id_of(2)); }

  SimulatedLoop loop_;
  transport::MemoryHub hub_{loop_};
  ChangingResolver resolver_;
  std::map<std::uint64_t, std::vector<TimePoint>> dials_;
  std::vector<std::unique_ptr<Host>> all_;
  Host& a_;
  std::optional<StaticPeers> peers_;
};

TEST_F(StaticPeersTest, AreDialledWithPausesThatGrowUpToAMinute) {
  keep("/memory/2");
  loop_.run_for(minutes(10));
  const std::vector<TimePoint>& dials = dials_[1];
  ASSERT_GT(dials.size(), 10u);
  Duration pause = seconds(2);
  bool by_chance = false;
  for (std::size_t i = 1; i < dials.size(); ++i) {
    EXPECT_LE(dials[i] - dials[i - 1], pause) << i;
    EXPECT_GE(dials[i] - dials[i - 1], pause * 3 / 4) << i;
    by_chance |= dials[i] - dials[i - 1] != pause;
    pause = std::min<Duration>(pause * 2, minutes(1));
  }
  EXPECT_TRUE(by_chance);
  make(2);
  loop_.run_for(minutes(1));
  EXPECT_TRUE(connected());
}

TEST_F(StaticPeersTest, ALostPeerIsDialledSoonAndAnInboundConnectionCounts) {
  Host& b = make(2);
  keep("/memory/2");
  loop_.run_for(minutes(5));
  ASSERT_TRUE(connected());
  EXPECT_EQ(dials_[1].size(), 1u);
  b.network().disconnect(a_.id());
  loop_.run_for(seconds(4));
  EXPECT_TRUE(connected());
  EXPECT_EQ(dials_[1].size(), 2u);
  close(b);
  loop_.run_for(minutes(5));
  const std::size_t before = dials_[1].size();
  Host& again = make(2, 22);
  ASSERT_TRUE(loop_.run(again.connect(a_.addresses().front())));
  loop_.run_for(minutes(10));
  EXPECT_TRUE(connected());
  EXPECT_LE(dials_[1].size(), before + 1);
}

TEST_F(StaticPeersTest, APeerThatDoesNotStayIsDialledLessAndLessOften) {
  Host& b = make(2);
  keep("/memory/2");
  for (int second = 0; second < 600; ++second) {
    loop_.run_for(seconds(1));
    b.network().disconnect(a_.id());
  }
  EXPECT_LT(dials_[1].size(), 25u);
  loop_.run_for(minutes(3));
  ASSERT_TRUE(connected());
  b.network().disconnect(a_.id());
  loop_.run_for(seconds(4));
  EXPECT_TRUE(connected()) << "it had stayed";
}

TEST_F(StaticPeersTest, NamesAreResolvedAnewAtEveryTry) {
  const std::string id = "/p2p/" + id_of(2).to_string();
  resolver_.answer = "/memory/77" + id;
  keep("/dnsaddr/peer.example");
  loop_.run_for(minutes(3));
  EXPECT_FALSE(connected());
  EXPECT_GT(resolver_.questions, 5);
  make(2, 88);
  resolver_.answer = "/memory/88" + id;
  loop_.run_for(minutes(1));
  EXPECT_TRUE(connected());
  close(*all_.back());
  loop_.run_for(minutes(3));
  EXPECT_FALSE(connected());
  make(2, 99);
  resolver_.answer = "/memory/99" + id;
  loop_.run_for(minutes(1));
  EXPECT_TRUE(connected()) << "though the former address is still known";
}

TEST_F(StaticPeersTest, AreNeverTrimmed) {
  make(2);
  keep("/memory/2");
  loop_.run_for(seconds(1));
  ASSERT_TRUE(a_.network().tags().is_protected_by(id_of(2), kStaticTag));
  for (std::uint64_t i = 3; i <= 6; ++i) ASSERT_TRUE(loop_.run(make(i).connect(a_.addresses().front())));
  loop_.run_for(minutes(2));
  EXPECT_EQ(a_.network().connected_peers().size(), 2u) << "the low water and the static peer";
  EXPECT_TRUE(connected());
  (void)a_.network().trim_connections();
  EXPECT_TRUE(connected());
}

TEST_F(StaticPeersTest, WhoIsNamedLaterIsDialledAndWhoIsNotAnyMoreIsLeftAlone) {
  make(2);
  Host& c = make(3);
  keep("/memory/2");
  loop_.run_for(seconds(1));
  ASSERT_TRUE(connected());
  peers_->set({address("/memory/3/p2p/" + c.id().to_string())});
  loop_.run_for(seconds(1));
  EXPECT_TRUE(a_.network().is_connected(c.id()));
  EXPECT_TRUE(connected()) << "it is a peer as others are";
  EXPECT_FALSE(a_.network().tags().is_protected(id_of(2)));
  a_.network().disconnect(id_of(2));
  loop_.run_for(minutes(5));
  EXPECT_FALSE(connected());
  peers_->set({address("/memory/2/p2p/" + id_of(2).to_string())});
  peers_->set({});
  peers_->set({address("/memory/2/p2p/" + id_of(2).to_string())});
  loop_.run_for(seconds(1));
  EXPECT_TRUE(connected());
  EXPECT_EQ(dials_[1].size(), 3u);
}

Task<void> tell_at_the_third_time(Host& host, PeerId peer, int& asked) {
  ++asked;
  if (asked == 3) host.network().peerstore().add_addresses(peer, {address("/memory/22")}, minutes(2));
  co_return;
}

TEST_F(StaticPeersTest, WhoHasMovedIsFoundByWhoeverKnowsWhereItIs) {
  keep("/memory/2");
  int asked = 0;
  peers_->set_seek([&](PeerId peer) { return tell_at_the_third_time(a_, peer, asked); });
  make(2, 22);
  loop_.run_for(minutes(1));
  EXPECT_TRUE(connected());
  EXPECT_EQ(asked, 3) << "and no more once it is there";
}

TEST_F(StaticPeersTest, OurOwnAddressIsPassedOver) {
  peers_.emplace(a_, std::vector<Multiaddr>{a_.addresses().front()});
  loop_.run_for(minutes(1));
  EXPECT_TRUE(dials_[1].empty());
  EXPECT_FALSE(a_.network().tags().is_protected(a_.id()));
}

}  // namespace
}  // namespace opwire::node
