#include "opwire/net/tls/engine.hpp"

#include "opwire/net/tls/world_for_test.hpp"

namespace opwire::tls {
namespace {

// The other side of a handshake, byte by byte, to be broken at will.
struct ByHand {
  explicit ByHand(World& world)
      : client_context(*Context::make(world.files.options(Side::kClient))),
        server_context(*Context::make(world.files.options(Side::kServer))),
        client(*client_context, "signer.test", world.loop.wall_now()),
        server(*server_context, "", world.loop.wall_now()) {}
  static Bytes carry(Engine& from, Engine& to) {
    const Buffer bytes = from.take_output();
    EXPECT_EQ(to.feed(bytes), bytes.size());
    return to_bytes(bytes);
  }
  void finish() {
    for (int turn = 0; turn < 4; ++turn) {
      (void)client.shake_hands();
      carry(client, server);
      (void)server.shake_hands();
      carry(server, client);
    }
  }
  std::shared_ptr<Context> client_context, server_context;
  Engine client, server;
};

TEST(TlsEngine, WithoutACloseTheEndIsTruncated) {
  World world;
  world.shake_hands(world.files.options(Side::kClient), world.files.options(Side::kServer));
  ASSERT_TRUE(*world.client && *world.server);
  ByHand hand(world);
  hand.finish();
  ASSERT_TRUE(hand.client.seal(as_bytes("half")));
  const Buffer sealed = hand.client.take_output();
  ByteArray<100> text;
  EXPECT_EQ(hand.server.feed(sealed.view().first(10)), 10U);
  EXPECT_EQ(*hand.server.open(text), 0U);
  EXPECT_FALSE(hand.server.peer_ended());
  EXPECT_EQ(hand.server.feed(sealed.view().subspan(10)), sealed.size() - 10);
  EXPECT_EQ(*hand.server.open(text), 4U);
  hand.client.end();
  ByHand::carry(hand.client, hand.server);
  EXPECT_EQ(*hand.server.open(text), 0U);
  EXPECT_TRUE(hand.server.peer_ended());
}

TEST(TlsEngine, AChangedRecordIsRefusedForGood) {
  World world;
  ByHand hand(world);
  hand.finish();
  ASSERT_TRUE(hand.client.seal(as_bytes("text")));
  Bytes sealed = to_bytes(hand.client.take_output());
  sealed.back() ^= 1;
  EXPECT_EQ(hand.server.feed(sealed), sealed.size());
  ByteArray<100> text;
  const auto opened = hand.server.open(text);
  EXPECT_TRUE(is_error(opened, errors::kMalformed));
  EXPECT_TRUE(hand.server.has_output()) << "an alert";
  ByHand::carry(hand.server, hand.client);
  const auto told = hand.client.open(text);
  EXPECT_TRUE(is_error(told, errors::kAlert));
  EXPECT_FALSE(hand.server.open(text)) << "again";
}

TEST(TlsEngine, AnEndInsteadOfAHelloIsFinal) {
  World world;
  ByHand hand(world);
  const ByteArray<7> close_notify{0x15, 3, 3, 0, 2, 1, 0};
  EXPECT_FALSE(*hand.client.shake_hands());
  for (Engine* const engine : {&hand.client, &hand.server}) {
    EXPECT_EQ(engine->feed(close_notify), close_notify.size());
    const auto first = engine->shake_hands();
    ASSERT_FALSE(first);
    EXPECT_TRUE(is_error(engine->shake_hands(), first.error().kind())) << "again";
    ByteArray<10> text;
    EXPECT_TRUE(is_error(engine->open(text), first.error().kind()));
    EXPECT_TRUE(is_error(engine->seal(as_bytes("x")), first.error().kind()));
  }
  EXPECT_TRUE(is_error(hand.client.shake_hands(), errors::kTruncated));
}

TEST(TlsEngine, InputIsBounded) {
  World world;
  ByHand hand(world);
  const Bytes much(kMaxInput * 2, 0x16);
  EXPECT_EQ(hand.server.feed(much), kMaxInput);
  EXPECT_EQ(hand.server.feed(much), 0U);
}

}  // namespace
}  // namespace opwire::tls
