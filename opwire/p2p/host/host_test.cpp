#include "opwire/p2p/host/host.hpp"

#include <gtest/gtest.h>

#include "opwire/multiformats/envelope.hpp"
#include "opwire/multiformats/errors.hpp"
#include "opwire/net/errors.hpp"
#include "opwire/p2p/host/host_thread.hpp"
#include "opwire/p2p/identify/exchange.hpp"
#include "opwire/p2p/perf/perf.hpp"
#include "opwire/p2p/transport/memory_transport.hpp"
#include "opwire/runtime/reactor.hpp"
#include "opwire/runtime/simulated_loop.hpp"

namespace opwire {
namespace {

HostOptions options(std::uint64_t seed) {
  SeededRng rng(seed);
  HostOptions made(crypto::PrivateKey::generate(crypto::KeyType::kSecp256k1, rng));
  made.listen = {Multiaddr::parse_text("/ip4/127.0.0.1/tcp/0").value()};
  made.serve_perf = true;
  return made;
}

Task<void> echo(PeerStream stream) {
  const Result<Bytes> body = co_await read_to_end(*stream, 1 << 20);
  if (!body) co_return;
  (void)co_await write(*stream, *body);
  (void)co_await stream->close_write();
}

class HostTest : public testing::Test {
 protected:
  HostTest() : a_(Host::make(loop_, options(1)).value()), b_(Host::make(loop_, options(2)).value()) {}
  ~HostTest() override {
    loop_.run(a_->close());
    loop_.run(b_->close());
  }
  ReactorLoop loop_;
  std::unique_ptr<Host> a_;
  std::unique_ptr<Host> b_;
};

TEST_F(HostTest, ConnectIdentifyPing) {
  ASSERT_TRUE(loop_.run(a_->connect(b_->addresses().front())));
  const auto info = loop_.run(a_->identify(b_->id()));
  ASSERT_TRUE(info) << info.error().message();
  EXPECT_EQ(info->agent, "opwire");
  EXPECT_TRUE(info->has_signed_record);
  EXPECT_EQ(info->protocols, b_->network().protocols());
  EXPECT_EQ(info->addresses, std::vector<Multiaddr>{b_->addresses().front().without_peer()});
  ASSERT_TRUE(info->observed_address);
  EXPECT_TRUE(info->observed_address->is_loopback());
  const auto times = loop_.run(a_->ping(b_->id(), 3));
  ASSERT_TRUE(times);
  EXPECT_EQ(times->size(), 3u);
}

Task<Result<identify::Message>> ask_who(Host& from, PeerId peer) {
  std::vector<std::string> protocols{identify::kProtocol};
  OPW_CO_TRY(PeerStream stream, co_await from.new_stream(peer, std::move(protocols)));
  co_return co_await identify::receive(*stream);
}

TEST_F(HostTest, TheSignedRecordIsSealedAgainOnlyWhenSomethingChanged) {
  ASSERT_TRUE(loop_.run(a_->connect(b_->addresses().front())));
  const identify::Message first = loop_.run(ask_who(*a_, b_->id())).value();
  const identify::Message second = loop_.run(ask_who(*a_, b_->id())).value();
  EXPECT_FALSE(first.signed_record.empty());
  EXPECT_EQ(second.signed_record, first.signed_record);
  b_->set_stream_handler("/echo/1", echo);
  const identify::Message third = loop_.run(ask_who(*a_, b_->id())).value();
  const auto before = multiformats::open_peer_record(first.signed_record, 10);
  const auto after = multiformats::open_peer_record(third.signed_record, 10);
  ASSERT_TRUE(before && after);
  EXPECT_GT(after->seq, before->seq);
}

TEST_F(HostTest, IdentifyHandsTheEnvelopeToThePeerstoreAsItCame) {
  PeerStore& store = a_->network().peerstore();
  ASSERT_TRUE(loop_.run(a_->connect(b_->addresses().front())));
  ASSERT_TRUE(loop_.run(a_->identify(b_->id())));
  EXPECT_TRUE(store.sealed_record(b_->id()).empty()) << "nobody wants them";
  store.keep_sealed_records();
  ASSERT_TRUE(loop_.run(a_->identify(b_->id())));
  EXPECT_EQ(store.sealed_record(b_->id()), loop_.run(ask_who(*a_, b_->id())).value().signed_record);
}

TEST_F(HostTest, WhatIsNoRecordOfThePeersOwnIsNotKept) {
  PeerStore& store = a_->network().peerstore();
  store.keep_sealed_records();
  identify::Message lie;
  SeededRng rng(3);
  const auto key = crypto::PrivateKey::generate(crypto::KeyType::kSecp256k1, rng);
  const PeerId third = PeerId::of(key.public_key());
  lie.signed_record = multiformats::seal_peer_record(key, {third, 1, a_->addresses()});
  b_->set_stream_handler(identify::kProtocol, [&lie](PeerStream stream) -> Task<void> {
    return [](PeerStream answered, const identify::Message& said) -> Task<void> {
      (void)co_await identify::send(*answered, said);
      (void)co_await read_to_end(*answered, 0);
    }(std::move(stream), lie);
  });
  ASSERT_TRUE(loop_.run(a_->connect(b_->addresses().front())));
  const auto of_another = loop_.run(a_->identify(b_->id()));
  ASSERT_TRUE(of_another);
  EXPECT_FALSE(of_another->has_signed_record);
  lie.signed_record = multiformats::seal_peer_record(options(2).key, {b_->id(), 1, b_->addresses()});
  lie.signed_record.back() ^= 1;
  ASSERT_TRUE(loop_.run(a_->identify(b_->id())));
  EXPECT_TRUE(store.sealed_record(b_->id()).empty());
  EXPECT_TRUE(store.sealed_record(third).empty());
}

TEST_F(HostTest, BytesGoBothWays) {
  b_->set_stream_handler("/echo/1", echo);
  ASSERT_TRUE(loop_.run(a_->connect(b_->addresses().front())));
  const Bytes sent(300'000, 7);
  const auto exchange = [](Host& host, PeerId peer, const Bytes& body) -> Task<Result<Bytes>> {
    std::vector<std::string> protocols{"/unknown/1", "/echo/1"};
    OPW_CO_TRY(PeerStream stream, co_await host.new_stream(peer, std::move(protocols)));
    EXPECT_EQ(stream.protocol(), "/echo/1");
    OPW_CO_TRYV(co_await write(*stream, body));
    OPW_CO_TRYV(co_await stream->close_write());
    co_return co_await read_to_end(*stream, 1 << 20);
  };
  const auto got = loop_.run(exchange(*a_, b_->id(), sent));
  ASSERT_TRUE(got) << got.error().message();
  EXPECT_EQ(*got, sent);
}

TEST_F(HostTest, PerfCountsBothDirections) {
  ASSERT_TRUE(loop_.run(a_->connect(b_->addresses().front())));
  const auto run = [](Host& host, PeerId peer) -> Task<Result<void>> {
    std::vector<std::string> protocols{perf::kProtocol};
    OPW_CO_TRY(PeerStream stream, co_await host.new_stream(peer, std::move(protocols)));
    co_return co_await perf::transfer(*stream, 1'000'000, 2'000'000);
  };
  EXPECT_TRUE(loop_.run(run(*a_, b_->id())));
}

TEST_F(HostTest, NamesAreResolved) {
  const std::string port = std::to_string(b_->addresses().front().tcp_port().value());
  const auto named = Multiaddr::parse_text("/dns4/localhost/tcp/" + port).value().with_peer(b_->id());
  const auto connected = loop_.run(a_->connect(named));
  EXPECT_TRUE(connected) << connected.error().message();
}

TEST_F(HostTest, AddressMustNameThePeer) {
  const auto connected = loop_.run(a_->connect(b_->addresses().front().without_peer()));
  ASSERT_FALSE(connected);
  EXPECT_TRUE(connected.error().is(multiformats::errors::kBadPeerId));
}

TEST_F(HostTest, PortInUseIsAnErrorAndNothingIsLeft) {
  HostOptions taken = options(3);
  taken.listen = {taken.listen.front(), b_->addresses().front().without_peer()};
  const auto made = Host::make(loop_, std::move(taken));
  ASSERT_FALSE(made);
  EXPECT_TRUE(made.error().is(net::errors::kListen));
  EXPECT_EQ(made.error().system_error(), EADDRINUSE);
}

class CountingRng final : public Rng {
 public:
  void fill(MutableByteView out) override { ++calls, rng_.fill(out); }
  int calls = 0;

 private:
  SeededRng rng_{1};
};

TEST(HostParts, TransportAndChanceOfTheUsersOwn) {
  SimulatedLoop loop;
  transport::MemoryHub hub(loop);
  CountingRng rng;
  const auto make = [&](std::uint64_t seed) {
    HostOptions chosen = options(seed);
    chosen.listen = {Multiaddr::parse_text("/memory/" + std::to_string(seed)).value()};
    HostParts parts;
    parts.transports.push_back(std::make_unique<transport::MemoryTransport>(hub));
    parts.rng = &rng;
    return Host::make(loop, std::move(chosen), std::move(parts)).value();
  };
  const auto a = make(1);
  const auto b = make(2);
  const auto connected = loop.run(a->connect(b->addresses().front()));
  EXPECT_TRUE(connected) << connected.error().message();
  EXPECT_GT(rng.calls, 0) << "noise's keys come from it";
  EXPECT_EQ(&a->rng(), &rng);
  EXPECT_EQ(a->network().connections().front().security, "/noise");
  loop.run(a->close());
  loop.run(b->close());
}

TEST(HostThread, WorksWithoutCoroutines) {
  auto a = HostThread::make(options(1));
  auto b = HostThread::make(options(2));
  ASSERT_TRUE(a);
  ASSERT_TRUE(b);
  (*b)->serve("/upper/1", 100, [](const PeerId&, Bytes body) {
    for (auto& c : body) c = static_cast<std::uint8_t>(std::toupper(c));
    return body;
  });
  const Multiaddr address = (*b)->addresses().front();
  const auto times = (*a)->ping(address, 2).get();
  ASSERT_TRUE(times) << times.error().message();
  EXPECT_EQ(times->size(), 2u);
  const auto info = (*a)->identify(address).get();
  ASSERT_TRUE(info);
  EXPECT_EQ(info->agent, "opwire");
  const auto reply = (*a)->request((*b)->id(), "/upper/1", to_bytes(as_bytes("hello")), 100).get();
  ASSERT_TRUE(reply) << reply.error().message();
  EXPECT_EQ(as_text(*reply), "HELLO");
  EXPECT_FALSE((*a)->request((*b)->id(), "/upper/1", Bytes(101), 100).get());
}

}  // namespace
}  // namespace opwire
