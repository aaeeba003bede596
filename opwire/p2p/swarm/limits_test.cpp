#include "opwire/p2p/swarm/limits.hpp"

#include "opwire/p2p/swarm/errors.hpp"
#include "opwire/p2p/swarm/swarm_for_test.hpp"

namespace opwire::swarm {
namespace {

constexpr Role kIn = Role::kListener;
constexpr Role kOut = Role::kDialer;

template <class T>
bool refused(const Result<T>& result, const ErrorKind& kind, std::string_view whose) {
  return !result && result.error().is(kind) && result.error().message().find(whose) != std::string::npos;
}

TEST(Limits, ConnectionsInAllAndOfOnePeer) {
  LimitOptions options;
  options.connections = {2, 2, 3};
  options.connections_per_peer = {1, 2, 2};
  ResourceLimits limits(options);
  const PeerId a = peer_of(1);
  const PeerId b = peer_of(2);
  auto first = limits.open_connection(kIn, a);
  ASSERT_TRUE(first);
  EXPECT_TRUE(refused(limits.open_connection(kIn, a), errors::kTooManyConnections, "of this peer"));
  auto second = limits.open_connection(kIn, b);
  ASSERT_TRUE(second);
  EXPECT_FALSE(limits.has_room(kIn));
  EXPECT_TRUE(refused(limits.open_connection(kIn, peer_of(3)), errors::kTooManyConnections, "in all"));
  auto third = limits.open_connection(kOut, a);
  ASSERT_TRUE(third);
  EXPECT_FALSE(limits.has_room(kOut)) << "the total counts too";
  {
    const ConnectionLease given_back = std::move(*first);
  }
  EXPECT_TRUE(limits.has_room(kIn));
  EXPECT_TRUE(limits.open_connection(kIn, a));
}

TEST(Limits, TellWhatIsInUseAndWhatWasRefused) {
  LimitOptions options;
  options.connections = {2, 2, 2};
  options.streams_per_peer.streams = {2, 2, 2};
  ResourceLimits limits(options);
  auto one = limits.open_connection(kIn, peer_of(1));
  auto two = limits.open_connection(kOut, peer_of(2));
  EXPECT_FALSE(limits.open_connection(kIn, peer_of(3)));
  auto ping = limits.open_stream(kIn, peer_of(1));
  auto other = limits.open_stream(kOut, peer_of(1));
  EXPECT_FALSE(limits.open_stream(kOut, peer_of(1)));
  ASSERT_TRUE(one && two && ping && other);
  EXPECT_TRUE(ping->set_protocol("/ping"));
  const ResourceUse use = limits.use();
  EXPECT_EQ(use.connections.inbound, 1u);
  EXPECT_EQ(use.connections.outbound, 1u);
  EXPECT_EQ(use.streams.total(), 2u);
  EXPECT_EQ(use.stream_bytes, 2 * options.bytes_per_stream);
  EXPECT_EQ(use.peer_connections, 1u);
  EXPECT_EQ(use.peer_streams, 2u);
  ASSERT_EQ(use.protocols.size(), 1u);
  EXPECT_EQ(use.protocols.at("/ping").inbound, 1u);
  const std::map<std::string_view, std::uint64_t> refused{{"connections", 1}, {"streams_of_peer", 1}};
  EXPECT_EQ(use.refused, refused);
}

TEST(Limits, OtherOptionsHoldForWhatIsOpenedLater) {
  LimitOptions options;
  options.connections = {1, 1, 1};
  ResourceLimits limits(options);
  auto one = limits.open_connection(kIn, peer_of(1));
  EXPECT_FALSE(limits.open_connection(kIn, peer_of(2)));
  options.connections = {2, 2, 2};
  limits.set_options(options);
  auto two = limits.open_connection(kIn, peer_of(2));
  ASSERT_TRUE(one && two);
  options.connections = {1, 1, 1};
  limits.set_options(options);
  EXPECT_FALSE(limits.open_connection(kIn, peer_of(3)));
  EXPECT_EQ(limits.use().connections.total(), 2u) << "what stands stays";
}

TEST(Limits, StreamsInAllAndOfOnePeer) {
  LimitOptions options;
  options.streams.streams = {3, 3, 3};
  options.streams_per_peer.streams = {2, 2, 2};
  ResourceLimits limits(options);
  auto first = limits.open_stream(kIn, peer_of(1));
  auto second = limits.open_stream(kOut, peer_of(1));
  ASSERT_TRUE(first && second);
  EXPECT_TRUE(refused(limits.open_stream(kIn, peer_of(1)), errors::kTooManyStreams, "of this peer"));
  auto third = limits.open_stream(kIn, peer_of(2));
  ASSERT_TRUE(third);
  EXPECT_TRUE(refused(limits.open_stream(kIn, peer_of(3)), errors::kTooManyStreams, "in all"));
  {
    const StreamLease given_back = std::move(*first);
  }
  EXPECT_TRUE(limits.open_stream(kIn, peer_of(1)));
}

TEST(Limits, ByProtocolAndByProtocolAndPeer) {
  LimitOptions options;
  options.streams_per_protocol.streams = {2, 2, 2};
  options.streams_per_protocol_and_peer.streams = {1, 1, 1};
  ResourceLimits limits(options);
  const auto open = [&](std::uint64_t peer) { return std::move(limits.open_stream(kIn, peer_of(peer))).value(); };
  StreamLease a = open(1);
  StreamLease a_again = open(1);
  StreamLease b = open(2);
  StreamLease c = open(3);
  EXPECT_TRUE(a.set_protocol("/x"));
  EXPECT_TRUE(refused(a_again.set_protocol("/x"), errors::kTooManyStreams, "of this protocol and peer"));
  EXPECT_TRUE(a_again.set_protocol("/y")) << "another protocol has room";
  EXPECT_TRUE(b.set_protocol("/x"));
  EXPECT_TRUE(refused(c.set_protocol("/x"), errors::kTooManyStreams, "of this protocol"));
  {
    const StreamLease given_back = std::move(b);
  }
  EXPECT_TRUE(c.set_protocol("/x"));
}

TEST(Limits, BytesOfStreams) {
  LimitOptions options;
  options.bytes_per_stream = 100;
  options.streams.bytes = 450;
  options.streams_per_peer.bytes = 250;
  options.streams_per_protocol_and_peer.bytes = 199;
  ResourceLimits limits(options);
  auto first = limits.open_stream(kIn, peer_of(1));
  auto second = limits.open_stream(kIn, peer_of(1));
  ASSERT_TRUE(first && second);
  EXPECT_TRUE(refused(limits.open_stream(kIn, peer_of(1)), errors::kTooMuchMemory, "of this peer"));
  EXPECT_TRUE(first->set_protocol("/x"));
  EXPECT_TRUE(refused(second->set_protocol("/x"), errors::kTooMuchMemory, "of this protocol and peer"));
  auto third = limits.open_stream(kIn, peer_of(2));
  auto fourth = limits.open_stream(kIn, peer_of(2));
  ASSERT_TRUE(third && fourth);
  EXPECT_TRUE(refused(limits.open_stream(kIn, peer_of(3)), errors::kTooMuchMemory, "in all"));
}

TEST(Limits, LeasesMayOutliveTheLimits) {
  std::optional<StreamLease> stream;
  std::optional<ConnectionLease> connection;
  {
    ResourceLimits limits{LimitOptions()};
    stream.emplace(std::move(limits.open_stream(kIn, peer_of(1))).value());
    connection.emplace(std::move(limits.open_connection(kIn, peer_of(1))).value());
  }
  EXPECT_TRUE(stream->set_protocol("/x"));
}

TEST(Limits, RefusalsAreCountedByLimit) {
  LimitOptions options;
  options.connections = {1, 1, 1};
  options.streams_per_peer.streams = {1, 1, 1};
  options.streams.bytes = 2 * options.bytes_per_stream;
  ResourceLimits limits(options);
  const auto connection = limits.open_connection(kIn, peer_of(1));
  EXPECT_FALSE(limits.open_connection(kIn, peer_of(2)));
  EXPECT_FALSE(limits.open_connection(kIn, peer_of(2)));
  const auto first = limits.open_stream(kIn, peer_of(1));
  EXPECT_FALSE(limits.open_stream(kIn, peer_of(1)));
  const auto second = limits.open_stream(kIn, peer_of(2));
  EXPECT_FALSE(limits.open_stream(kIn, peer_of(3)));
  limits.note_refusal("connections_of_network");
  const std::map<std::string_view, std::uint64_t> expected{
      {"connections", 2}, {"connections_of_network", 1}, {"memory", 1}, {"streams_of_peer", 1}};
  EXPECT_EQ(limits.refused(), expected);
}

TEST(Limits, TrafficStaysWhenStreamsAreGone) {
  ResourceLimits limits{LimitOptions()};
  {
    auto stream = limits.open_stream(kIn, peer_of(1));
    ASSERT_TRUE(stream);
    stream->traffic().in += 7;
    ASSERT_TRUE(stream->set_protocol("/echo"));
    stream->traffic().out += 9;
  }
  EXPECT_EQ(limits.traffic().at("").in, 7u);
  EXPECT_EQ(limits.traffic().at("/echo").out, 9u);
}

}  // namespace
}  // namespace opwire::swarm
