// Streams of a swarm: agreeing on protocols, serving, limits, and peers that do not play along.
#include "opwire/p2p/multistream/errors.hpp"
#include "opwire/p2p/multistream/select.hpp"
#include "opwire/p2p/swarm/errors.hpp"
#include "opwire/p2p/swarm/raw_peer_for_test.hpp"

namespace opwire::swarm {
namespace {

class StreamTest : public SimulatedNet {
 protected:
  Result<PeerStream> open(SimulatedHost& from, const PeerId& to, std::vector<std::string> protocols) {
    return loop.run(from.swarm->new_stream(to, std::move(protocols)));
  }
  std::size_t streams(SimulatedHost& host) { return host.swarm->connections().at(0).streams; }
  Result<std::string> select(Stream& stream, std::vector<std::string> protocols) {
    return loop.run(multistream::select_protocol(stream, std::move(protocols)));
  }
};

template <class T>
bool failed_with(const Result<T>& result, const ErrorKind& kind) {
  return !result && result.error().is(kind);
}

TEST_F(StreamTest, TheFirstProtocolThatThePeerSpeaks) {
  auto& a = host(1);
  auto& b = host(2);
  ASSERT_TRUE(connect(a, b));
  Result<PeerStream> stream = open(a, b.id, {"/newer/2", "/echo", "/older"});
  ASSERT_TRUE(stream);
  EXPECT_EQ(stream->protocol(), "/echo");
  EXPECT_EQ(stream->peer(), b.id);
  EXPECT_EQ(stream->connection(), a.swarm->connections().at(0).id);
  EXPECT_EQ(streams(a), 1u);
  EXPECT_EQ(*loop.run(ask(std::move(*stream), "hello")), "hello");
  settle();
  EXPECT_EQ(streams(a), 0u);
  EXPECT_EQ(streams(b), 0u);
}

TEST_F(StreamTest, BytesAreCountedByProtocol) {
  auto& a = host(1);
  auto& b = host(2);
  ASSERT_TRUE(connect(a, b));
  ASSERT_EQ(*loop.run(ask_peer(*a.swarm, b.id, "/echo", "hello")), "hello");
  settle();
  const NetworkCounts counts = a.swarm->counts();
  EXPECT_EQ(counts.traffic.at("/echo").in, 5u);
  EXPECT_EQ(counts.traffic.at("/echo").out, 5u);
  EXPECT_GT(counts.traffic.at("").in, 20u) << "multistream";
  EXPECT_EQ(b.swarm->counts().traffic.at("").in, counts.traffic.at("").out);
  EXPECT_TRUE(counts.refused.empty());
}

TEST_F(StreamTest, NoCommonProtocolCostsTheStreamOnly) {
  auto& a = host(1);
  auto& b = host(2);
  ASSERT_TRUE(connect(a, b));
  EXPECT_TRUE(failed_with(open(a, b.id, {"/nothing", "/else"}), multistream::errors::kNotSupported));
  settle();
  EXPECT_EQ(streams(a), 0u);
  EXPECT_EQ(streams(b), 0u);
  EXPECT_EQ(*loop.run(ask_peer(*a.swarm, b.id, "/echo", "hello")), "hello");
}

TEST_F(StreamTest, HandlersCanBeReplacedAndRemoved) {
  auto& a = host(1);
  auto& b = host(2);
  ASSERT_TRUE(connect(a, b));
  b.swarm->set_stream_handler("/echo", [](PeerStream stream) -> Task<void> {
    (void)co_await write(*stream, as_bytes("other"));
    (void)co_await stream->close_write();
    (void)co_await read_to_end(*stream, 100);
  });
  EXPECT_EQ(*loop.run(ask_peer(*a.swarm, b.id, "/echo", "hello")), "other");
  b.swarm->remove_stream_handler("/echo");
  EXPECT_TRUE(failed_with(open(a, b.id, {"/echo"}), multistream::errors::kNotSupported));
}

TEST_F(StreamTest, AKnownProtocolIsNotWaitedFor) {
  auto& a = host(1);
  auto& b = host(2);
  ASSERT_TRUE(connect(a, b));
  a.swarm->set_peer_protocols(b.id, {"/echo"});
  b.transport->valve->freeze();
  const TimePoint start = loop.now();
  Result<PeerStream> stream = open(a, b.id, {"/newer", "/echo"});
  ASSERT_TRUE(stream);
  EXPECT_EQ(loop.now(), start);
  EXPECT_EQ(stream->protocol(), "/echo");
}

TEST_F(StreamTest, AKnownProtocolCanBeGoneAllTheSame) {
  auto& a = host(1);
  auto& b = host(2);
  ASSERT_TRUE(connect(a, b));
  a.swarm->set_peer_protocols(b.id, {"/gone", "/echo"});
  EXPECT_FALSE(loop.run(ask_peer(*a.swarm, b.id, "/gone", "hello")));
  EXPECT_EQ(*loop.run(ask_peer(*a.swarm, b.id, "/echo", "hello")), "hello");
}

TEST_F(StreamTest, WhatAPeerSpokeDoesNotCountForItsNextConnection) {
  auto& a = host(1);
  auto& b = host(2);
  ASSERT_TRUE(connect(a, b));
  a.swarm->set_peer_protocols(b.id, {"/gone"});
  b.swarm->disconnect(a.id);
  loop.run_for(seconds(3));
  EXPECT_EQ(a.swarm->peerstore().protocols(b.id), std::vector<std::string>{"/gone"});
  a.swarm->set_peer_protocols(b.id, {"/late"});  // identify comes too late
  EXPECT_EQ(a.swarm->peerstore().protocols(b.id), std::vector<std::string>{"/gone"});
  ASSERT_TRUE(connect(a, b));
  EXPECT_TRUE(a.swarm->peerstore().protocols(b.id).empty());
  EXPECT_TRUE(failed_with(open(a, b.id, {"/gone"}), multistream::errors::kNotSupported));
}

TEST_F(StreamTest, APeerThatNeverAnswers) {  // M6
  auto& a = host(1);
  auto& b = host(2);
  ASSERT_TRUE(connect(a, b));
  settle();
  b.transport->valve->freeze();
  const TimePoint start = loop.now();
  EXPECT_TRUE(failed_with(open(a, b.id, {"/echo"}), opwire::errors::kTimeout));
  EXPECT_EQ(loop.now() - start, seconds(10));
  EXPECT_TRUE(a.swarm->is_connected(b.id));
}

TEST_F(StreamTest, StreamsThatSayNothingAreReset) {  // M8
  auto& a = host(1);
  RawPeer peer(loop, hub, 2, a.at);
  std::vector<std::unique_ptr<Stream>> silent;
  for (int i = 0; i < 20; ++i) silent.push_back(peer.open_stream());
  for (const auto& stream : silent) (void)loop.run(write(*stream, as_bytes("\x13/multistream/1.0.0\n")));
  ASSERT_TRUE(loop.run(silent.front()->close_write()));
  loop.run_for(seconds(9));
  EXPECT_EQ(streams(a), 19u) << "the one that ended early is gone";
  loop.run_for(seconds(2));
  EXPECT_EQ(streams(a), 0u);
  EXPECT_TRUE(a.swarm->is_connected(peer.id));
}

TEST_F(StreamTest, TooManyProposals) {  // M3
  Complaints complaints;
  HostSetup setup;
  setup.events = &complaints;
  auto& a = host(1, setup);
  RawPeer peer(loop, hub, 2, a.at);
  const auto stream = peer.open_stream();
  EXPECT_FALSE(select(*stream, std::vector<std::string>(1000, "/nothing")));
  EXPECT_TRUE(a.swarm->is_connected(peer.id));
  ASSERT_EQ(complaints.errors.size(), 1u);
  EXPECT_TRUE(complaints.errors[0].is(multistream::errors::kTooManyProposals));
}

TEST_F(StreamTest, LimitsResetTheStreamThatIsTooMany) {
  HostSetup few;
  few.options.limits.streams_per_protocol_and_peer.streams = {2, 2, 2};
  auto& a = host(1, few);
  auto& b = host(2);
  ASSERT_TRUE(connect(a, b));
  std::vector<PeerStream> held;
  for (int i = 0; i < 2; ++i) held.push_back(std::move(open(b, a.id, {"/echo"})).value());
  EXPECT_TRUE(failed_with(loop.run(ask_peer(*b.swarm, a.id, "/echo", "too many")), opwire::errors::kReset));
  EXPECT_EQ(*loop.run(ask(std::move(held.front()), "hello")), "hello");
  settle();
  EXPECT_EQ(*loop.run(ask_peer(*b.swarm, a.id, "/echo", "again")), "again");
}

TEST_F(StreamTest, OurOwnStreamsAreCountedToo) {
  HostSetup few;
  few.options.limits.streams_per_peer.streams = {8, 2, 8};
  few.options.limits.streams_per_protocol_and_peer.streams = {8, 1, 8};
  auto& a = host(1, few);
  auto& b = host(2);
  b.swarm->set_stream_handler("/other", echo);
  ASSERT_TRUE(connect(a, b));
  std::vector<PeerStream> held;
  held.push_back(std::move(open(a, b.id, {"/echo"})).value());
  EXPECT_TRUE(failed_with(open(a, b.id, {"/echo"}), errors::kTooManyStreams));
  held.push_back(std::move(open(a, b.id, {"/other"})).value());
  EXPECT_TRUE(failed_with(open(a, b.id, {"/third"}), errors::kTooManyStreams));
  held.clear();
  EXPECT_EQ(*loop.run(ask_peer(*a.swarm, b.id, "/echo", "hello")), "hello");
}

TEST_F(StreamTest, HandlersEndWithTheirConnection) {
  auto& a = host(1);
  auto& b = host(2);
  int cancelled = 0;
  Event never(loop);
  b.swarm->set_stream_handler("/wait", [&](PeerStream stream) -> Task<void> {
    return [](PeerStream held, Event& event, int& count) -> Task<void> {
      (void)held;
      const bool notified = co_await event.wait();
      count += !notified;
    }(std::move(stream), never, cancelled);
  });
  ASSERT_TRUE(connect(a, b));
  std::vector<PeerStream> held;
  for (int i = 0; i < 3; ++i) held.push_back(std::move(open(a, b.id, {"/wait"})).value());
  settle();
  EXPECT_EQ(cancelled, 0);
  a.swarm->disconnect(b.id);
  loop.run_for(seconds(3));
  EXPECT_EQ(cancelled, 3);
  EXPECT_FALSE(b.swarm->is_connected(a.id));
}

TEST_F(StreamTest, StreamsMayOutliveTheirConnection) {
  auto& a = host(1);
  auto& b = host(2);
  ASSERT_TRUE(connect(a, b));
  PeerStream stream = std::move(open(a, b.id, {"/echo"})).value();
  b.swarm->disconnect(a.id);
  loop.run_for(seconds(3));
  EXPECT_TRUE(a.swarm->connections().empty());
  EXPECT_FALSE(loop.run(write(*stream, as_bytes("late"))));
  EXPECT_FALSE(loop.run(stream->read(1)));
  EXPECT_TRUE(failed_with(loop.run(a.swarm->new_stream_on(stream.connection(), {"/echo"})), errors::kNotConnected));
}

TEST_F(StreamTest, NobodyToOpenAStreamTo) {
  auto& a = host(1);
  EXPECT_TRUE(failed_with(open(a, peer_of(2), {"/echo"}), errors::kNoAddresses));
  EXPECT_TRUE(failed_with(loop.run(a.swarm->new_stream_on(ConnectionId{77}, {"/echo"})), errors::kNotConnected));
}

TEST_F(StreamTest, ThousandStreamsFewAtOnce) {
  auto& a = host(1);
  auto& b = host(2);
  ASSERT_TRUE(connect(a, b));
  std::size_t answered = 0;
  Scope scope(loop);
  for (int worker = 0; worker < 48; ++worker) {
    scope.spawn([](Swarm& swarm, PeerId peer, std::size_t& count) -> Task<void> {
      for (int i = 0; i < 21; ++i) {
        const Result<std::string> answer = co_await ask_peer(swarm, peer, "/echo", "hello");
        count += answer && *answer == "hello";
      }
    }(*a.swarm, b.id, answered));
  }
  loop.run(scope.join());
  EXPECT_EQ(answered, 48u * 21u);
}

}  // namespace
}  // namespace opwire::swarm
