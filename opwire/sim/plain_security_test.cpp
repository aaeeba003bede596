#include "opwire/sim/plain_security.hpp"

#include <gtest/gtest.h>

#include "opwire/multiformats/key_protobuf.hpp"
#include "opwire/multiformats/protobuf.hpp"
#include "opwire/net/memory_stream.hpp"
#include "opwire/runtime/scope.hpp"
#include "opwire/runtime/simulated_loop.hpp"
#include "opwire/sim/errors.hpp"

namespace opwire::sim {
namespace {

crypto::PublicKey key_of(std::uint64_t seed) {
  SeededRng rng(seed);
  return crypto::PrivateKey::generate(crypto::KeyType::kSecp256k1, rng).public_key();
}

class PlainSecurityTest : public testing::Test {
 protected:
  PlainSecurityTest() { std::tie(ours_, theirs_) = net::make_stream_pair(loop_); }
  /// What we make of a peer that sends these bytes.
  Result<SecuredConnection> meet(ByteView exchange) {
    EXPECT_TRUE(loop_.run(write(*theirs_, exchange)));
    EXPECT_TRUE(loop_.run(theirs_->close_write()));
    PlainSecurity us(key_of(1));
    return loop_.run(us.secure(std::move(ours_), Role::kListener, std::nullopt));
  }
  static Bytes exchange_of(ByteView id, ByteView key) {
    Bytes message;
    protobuf::Writer(message).bytes(1, id).bytes(2, key);
    Bytes all;
    multiformats::append_varint(all, message.size());
    all.insert(all.end(), message.begin(), message.end());
    return all;
  }

  SimulatedLoop loop_;
  std::unique_ptr<Stream> ours_, theirs_;
};

Task<void> keep(PlainSecurity& security, std::unique_ptr<Stream> raw, std::optional<PeerId> expected,
                std::optional<Result<SecuredConnection>>& outcome) {
  outcome = co_await security.secure(std::move(raw), Role::kDialer, expected);
}

TEST_F(PlainSecurityTest, BothSidesLearnWhoTheOtherIs) {
  PlainSecurity us(key_of(1)), them(key_of(2));
  std::optional<Result<SecuredConnection>> dialled;
  Scope scope(loop_);
  scope.spawn(keep(us, std::move(ours_), PeerId::of(key_of(2)), dialled));
  const auto accepted = loop_.run(them.secure(std::move(theirs_), Role::kListener, std::nullopt));
  loop_.run(scope.join());
  ASSERT_TRUE(accepted && *dialled);
  EXPECT_EQ(accepted->remote, PeerId::of(key_of(1)));
  EXPECT_EQ((*dialled)->remote_key, key_of(2));
  ASSERT_TRUE(loop_.run(write(*(*dialled)->stream, as_bytes("x"))));
  EXPECT_EQ(as_text(*loop_.run(accepted->stream->read(10))), "x");
}

TEST_F(PlainSecurityTest, AnotherPeerThanTheOneDialled) {
  PlainSecurity us(key_of(1)), them(key_of(2));
  std::optional<Result<SecuredConnection>> dialled;
  Scope scope(loop_);
  scope.spawn(keep(us, std::move(ours_), PeerId::of(key_of(3)), dialled));
  static_cast<void>(loop_.run(them.secure(std::move(theirs_), Role::kListener, std::nullopt)));
  loop_.run(scope.join());
  ASSERT_FALSE(*dialled);
  EXPECT_TRUE(dialled->error().is(errors::kWrongPeer));
}

TEST_F(PlainSecurityTest, KeyOfSomebodyElse) {
  const auto met = meet(exchange_of(PeerId::of(key_of(2)).bytes(), multiformats::encode_public_key(key_of(3))));
  ASSERT_FALSE(met);
  EXPECT_TRUE(met.error().is(errors::kBadExchange));
}

TEST_F(PlainSecurityTest, LengthIsCheckedBeforeAnythingIsRead) {
  Bytes length;
  multiformats::append_varint(length, 1025);
  const auto met = meet(length);
  ASSERT_FALSE(met);
  EXPECT_TRUE(met.error().is(errors::kExchangeTooLarge));
}

TEST_F(PlainSecurityTest, NothingAtAll) {
  const auto met = meet({});
  ASSERT_FALSE(met);
  EXPECT_TRUE(met.error().is(opwire::errors::kEndOfStream));
}

}  // namespace
}  // namespace opwire::sim
