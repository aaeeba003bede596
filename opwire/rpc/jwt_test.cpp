#include "opwire/rpc/jwt.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>

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
