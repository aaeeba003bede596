#include "opwire/rpc/jwt.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>

#include "opwire/codec/base64.hpp"
#include "opwire/codec/hex.hpp"
#include "opwire/crypto/hash.hpp"

namespace opwire::rpc {
namespace {

const std::string kSecret = "736563726574736563726574736563726574736563726574736563726574aabb";

struct Folder {
  Folder() {
    std::string name = (std::filesystem::temp_directory_path() / "opwire-jwt-XXXXXX").string();
    path = ::mkdtemp(name.data());
  }
  ~Folder() { std::filesystem::remove_all(path); }
  std::filesystem::path path;
};

TEST(Jwt, Token) {
  // Made with Python's hmac and base64.
  const std::string expected =
      "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJpYXQiOjE3MDAwMDAwMDB9.BP38HzXNn14zQbb31yBRCqLVlxDqswzfdtgXqsIY8to";
  const Jwt jwt = Jwt::parse(kSecret).value();
  EXPECT_EQ(jwt.token(from_unix_seconds(1'700'000'000)), expected);
  EXPECT_EQ(jwt.bearer(from_unix_seconds(1'700'000'000)), "Bearer " + expected);
  EXPECT_NE(jwt.token(from_unix_seconds(1'700'000'001)), expected);
}

// header.claims, signed.
std::string signed_token(const std::string& header, const std::string& claims) {
  const auto encode = [](ByteView bytes) {
    std::string text = codec::to_base64(bytes);
    for (char& c : text) c = c == '+' ? '-' : c == '/' ? '_' : c;
    return text.substr(0, text.find('='));
  };
  const Bytes secret = codec::from_hex(kSecret).value();
  const std::string text = encode(as_bytes(header)) + "." + encode(as_bytes(claims));
  return text + "." + encode(crypto::hmac_sha256(secret, as_bytes(text)).view());
}

TEST(Jwt, VerifiesItsOwnWithinAMinute) {
  const Jwt jwt = Jwt::parse(kSecret).value();
  const WallTime now = from_unix_seconds(1'700'000'000);
  const std::string token = jwt.token(now);
  for (const int seconds : {-60, 0, 60}) EXPECT_TRUE(jwt.verify(token, now + std::chrono::seconds(seconds))) << seconds;
  EXPECT_EQ(jwt.verify(token, now + std::chrono::seconds(61)).error(), "stale token");
  EXPECT_EQ(jwt.verify(token, now - std::chrono::seconds(61)).error(), "future token");
  const Jwt other = Jwt::parse(std::string(64, '1')).value();
  EXPECT_EQ(other.verify(token, now).error(), "signature is invalid");
}

TEST(Jwt, VerifiesWhatOthersMakeAndNamesWhatIsWrong) {
  const Jwt jwt = Jwt::parse(kSecret).value();
  const WallTime now = from_unix_seconds(1'700'000'000);
  const std::string header = R"({"typ":"JWT","alg":"HS256"})";
  EXPECT_TRUE(jwt.verify(signed_token(header, R"({"iat":1700000000.5,"exp":1700000001,"id":"x"})"), now));
  const auto refused = [&](const std::string& head, const std::string& claims) {
    return jwt.verify(signed_token(head, claims), now).error();
  };
  EXPECT_EQ(refused(header, R"({"iat":1700000000,"exp":1700000000})"), "token is expired");
  EXPECT_EQ(refused(header, "{}"), "missing issued-at");
  EXPECT_EQ(refused(header, R"({"iat":"1700000000"})"), "missing issued-at");
  EXPECT_EQ(refused(R"({"alg":"none"})", R"({"iat":1700000000})"), "signing method is not HS256");
  EXPECT_EQ(refused(header, "[]"), "malformed token");
  EXPECT_EQ(refused("{", R"({"iat":1700000000})"), "malformed token");
  for (const char* text : {"", ".", "a.b", "..", "a.b.c", "a.b.!"}) EXPECT_FALSE(jwt.verify(text, now)) << text;
}

TEST(Jwt, SecretsInHex) {
  EXPECT_TRUE(Jwt::parse("0x" + kSecret + "\n"));
  EXPECT_TRUE(Jwt::parse(" \t" + kSecret));
  for (const std::string& bad :
       {std::string(), std::string("0x"), kSecret + "00", kSecret.substr(2), "0x0x" + kSecret, std::string(64, 'g')}) {
    EXPECT_FALSE(Jwt::parse(bad)) << bad;
  }
}

TEST(JwtFile, IsMadeOnceAndReadAgain) {
  const Folder folder;
  const auto path = folder.path / "jwt.hex";
  SeededRng rng(1);
  const auto made = read_or_create_jwt_file(path, rng);
  ASSERT_TRUE(made) << made.error();
  EXPECT_TRUE(made->created);
  struct stat status{};
  ASSERT_EQ(::stat(path.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0600U);
  EXPECT_EQ(status.st_size, 66);
  const auto read = read_or_create_jwt_file(path, rng);
  ASSERT_TRUE(read) << read.error();
  EXPECT_FALSE(read->created);
  EXPECT_EQ(read->jwt.token(from_unix_seconds(1)), made->jwt.token(from_unix_seconds(1)));
}

TEST(JwtFile, WhatIsWrongIsNamedWithoutTheSecret) {
  const Folder folder;
  const auto path = folder.path / "jwt.hex";
  SeededRng rng(1);
  std::ofstream(path) << kSecret << "00";
  EXPECT_EQ(read_or_create_jwt_file(path, rng).error(), "JWT secret " + path.string() + ": not 64 hexadecimal digits");
  std::ofstream(path) << std::string(5000, ' ') << kSecret;
  EXPECT_EQ(read_or_create_jwt_file(path, rng).error(), "JWT secret " + path.string() + ": too long for a secret");
  const auto nowhere = folder.path / "no" / "jwt.hex";
  EXPECT_EQ(read_or_create_jwt_file(nowhere, rng).error(),
            "JWT secret " + nowhere.string() + ": No such file or directory");
  EXPECT_EQ(read_or_create_jwt_file(folder.path, rng).error(),
            "JWT secret " + folder.path.string() + ": Is a directory");
}

}  // namespace
}  // namespace opwire::rpc
