#include "opwire/p2p/identify/exchange.hpp"

#include <gtest/gtest.h>

#include "opwire/multiformats/errors.hpp"
#include "opwire/multiformats/varint.hpp"
#include "opwire/net/memory_stream.hpp"
#include "opwire/p2p/identify/errors.hpp"
#include "opwire/runtime/scope.hpp"
#include "opwire/runtime/simulated_loop.hpp"

namespace opwire::identify {
namespace {

Task<void> send_raw(Stream& stream, Bytes bytes) {
  (void)co_await write(stream, bytes);
  (void)co_await stream.close_write();
}

/// What receive() makes of these bytes.
Result<Message> receive_bytes(Bytes bytes) {
  SimulatedLoop loop;
  auto pair = net::make_stream_pair(loop);
  Scope scope(loop);
  scope.spawn(send_raw(*pair.first, std::move(bytes)));
  Result<Message> message = loop.run(receive(*pair.second));
  pair.second->reset();
  scope.cancel();
  loop.run(scope.join());
  return message;
}

Bytes parts(std::size_t count, std::size_t size) {
  Bytes bytes;
  for (std::size_t i = 0; i < count; ++i) {
    multiformats::append_varint(bytes, size);
    bytes.insert(bytes.end(), size, 0);
  }
  return bytes;
}

TEST(IdentifyExchange, SendsAndReceives) {
  SimulatedLoop loop;
  auto pair = net::make_stream_pair(loop);
  Message message;
  message.agent = "opwire";
  message.protocols = {"/a", "/b"};
  Scope scope(loop);
  scope.spawn([](Stream& stream, const Message& to_send) -> Task<void> { EXPECT_TRUE(co_await send(stream, to_send)); }(
                                                             *pair.first, message));
  const auto received = loop.run(receive(*pair.second));
  ASSERT_TRUE(received);
  EXPECT_EQ(received->agent, "opwire");
  EXPECT_EQ(received->protocols, message.protocols);
  loop.run(scope.join());
}

TEST(IdentifyExchange, NothingAtAllIsAnEmptyMessage) {
  EXPECT_TRUE(receive_bytes({}));
}

TEST(IdentifyExchange, PartOverTheLimitIsRefusedBeforeItIsRead) {
  Bytes bytes;
  multiformats::append_varint(bytes, kMaxPartSize + 1);
  const auto message = receive_bytes(bytes);
  ASSERT_FALSE(message);
  EXPECT_TRUE(message.error().is(errors::kTooLong));
}

TEST(IdentifyExchange, TenPartsAreReadAndElevenRefused) {
  EXPECT_TRUE(receive_bytes(parts(10, 0)));
  const auto message = receive_bytes(parts(11, 0));
  ASSERT_FALSE(message);
  EXPECT_TRUE(message.error().is(errors::kTooManyParts));
}

TEST(IdentifyExchange, EndInsideAPartAndInsideALength) {
  EXPECT_TRUE(receive_bytes({5, 1}).error().is(opwire::errors::kEndOfStream));
  EXPECT_TRUE(receive_bytes({0x80}).error().is(opwire::errors::kEndOfStream));
}

TEST(IdentifyExchange, EndlessAndNeedlessLengths) {
  EXPECT_TRUE(receive_bytes(Bytes(11, 0x80)).error().is(multiformats::errors::kVarintTooLong));
  EXPECT_TRUE(receive_bytes({0x81, 0x00}).error().is(multiformats::errors::kVarintNotMinimal));
}

}  // namespace
}  // namespace opwire::identify
