// The published vectors of Noise_XX_25519_ChaChaPoly_SHA256.
#include "opwire/p2p/noise/handshake_state.hpp"

#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <fstream>
#include <iterator>

#include "opwire/crypto/errors.hpp"
#include "opwire/p2p/noise/errors.hpp"

namespace opwire::noise {
namespace {

Bytes from_hex(std::string_view text) {
  Bytes bytes;
  for (std::size_t i = 0; i + 1 < text.size(); i += 2) {
    bytes.push_back(static_cast<std::uint8_t>(std::stoi(std::string(text.substr(i, 2)), nullptr, 16)));
  }
  return bytes;
}

crypto::X25519 key_from(const boost::json::object& vector, const char* name) {
  const Bytes bytes = from_hex(vector.at(name).as_string());
  ByteArray<32> key;
  std::copy(bytes.begin(), bytes.end(), key.begin());
  return crypto::X25519::from_private(key);
}

Bytes field(const boost::json::object& vector, const std::string& name) {
  const auto* value = vector.if_contains(name);
  return value == nullptr ? Bytes() : from_hex(value->as_string());
}

void run_vector(const boost::json::object& vector) {
  const crypto::X25519 dialer_static = key_from(vector, "init_static"),
                       listener_static = key_from(vector, "resp_static");
  const Bytes prologue = field(vector, "prologue");
  HandshakeState dialer(Role::kDialer, dialer_static, key_from(vector, "gen_init_ephemeral"), prologue);
  HandshakeState listener(Role::kListener, listener_static, key_from(vector, "gen_resp_ephemeral"), prologue);
  for (int i = 0; i < 3; ++i) {
    HandshakeState& writer = i % 2 == 0 ? dialer : listener;
    HandshakeState& reader = i % 2 == 0 ? listener : dialer;
    const std::string name = "msg_" + std::to_string(i);
    const Bytes payload = field(vector, name + "_payload");
    const Bytes message = writer.write_message(payload).value();
    EXPECT_EQ(message, field(vector, name + "_ciphertext"));
    EXPECT_EQ(reader.read_message(message).value(), payload);
  }
  EXPECT_EQ(dialer.remote_static(), listener_static.public_key());
  EXPECT_EQ(listener.remote_static(), dialer_static.public_key());
  auto [to_listener, from_listener] = dialer.split();
  auto [to_dialer, from_dialer] = listener.split();
  const auto transport = [&](const std::string& name, CipherState& seal, CipherState& open) {
    const Bytes payload = field(vector, name + "_payload");
    Bytes sealed(payload.size() + kTagSize);
    const ByteView piece = payload;
    ASSERT_TRUE(seal.seal({}, {&piece, 1}, sealed));
    EXPECT_EQ(sealed, field(vector, name + "_ciphertext"));
    EXPECT_TRUE(equal(open.open({}, sealed).value(), payload));
  };
  transport("msg_3", to_listener, from_dialer);
  transport("msg_4", to_dialer, from_listener);
}

TEST(NoiseHandshakeState, AgreesWithThePublishedVectors) {
  std::ifstream file(OPWIRE_TESTDATA "/noise-xx-25519-chachapoly-sha256.json");
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  const boost::json::value document = boost::json::parse(text);
  const boost::json::array& vectors = document.at("vectors").as_array();
  EXPECT_EQ(vectors.size(), 4u);
  for (const boost::json::value& vector : vectors) run_vector(vector.as_object());
}

TEST(NoiseHandshakeState, RefusesShortMessages) {
  SeededRng rng(1);
  const crypto::X25519 key = crypto::X25519::generate(rng);
  HandshakeState listener(Role::kListener, key, crypto::X25519::generate(rng));
  EXPECT_TRUE(listener.read_message(Bytes(31)).error().is(errors::kMessageTooShort));
  for (const std::size_t size : {0u, 31u, 32u, 79u, 80u, 95u}) {
    HandshakeState dialer(Role::kDialer, key, crypto::X25519::generate(rng));
    static_cast<void>(dialer.write_message({}).value());
    Bytes message(size, 9);
    EXPECT_FALSE(dialer.read_message(message)) << size;
  }
}

TEST(NoiseCipherState, StopsBeforeTheLastNonce) {
  CipherState cipher(crypto::AeadKey{}, ~std::uint64_t{0} - 1);
  CipherState other(crypto::AeadKey{}, ~std::uint64_t{0} - 1);
  Bytes out(kTagSize);
  ASSERT_TRUE(cipher.seal({}, {}, out));
  EXPECT_TRUE(cipher.seal({}, {}, out).error().is(errors::kNonceExhausted));
  ASSERT_TRUE(other.open({}, out));
  EXPECT_TRUE(other.open({}, out).error().is(errors::kNonceExhausted));
}

TEST(NoiseCipherState, AFailureUsesUpNoNonce) {
  CipherState seal(crypto::AeadKey{}), open(crypto::AeadKey{});
  Bytes good(kTagSize);
  ASSERT_TRUE(seal.seal({}, {}, good));
  Bytes bad = good;
  bad[0] ^= 1;
  EXPECT_TRUE(open.open({}, bad).error().is(crypto::errors::kDecryptFailed));
  EXPECT_TRUE(open.open({}, good));
}

}  // namespace
}  // namespace opwire::noise
