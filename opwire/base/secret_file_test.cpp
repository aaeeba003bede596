#include "opwire/base/secret_file.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>

namespace opwire {
namespace {

class SecretFileTest : public testing::Test {
 protected:
  SecretFileTest() {
    std::string pattern = (std::filesystem::temp_directory_path() / "opwire-secret-XXXXXX").string();
    folder_ = ::mkdtemp(pattern.data());
  }
  ~SecretFileTest() override { std::filesystem::remove_all(folder_); }
  std::filesystem::path folder_;
};

TEST_F(SecretFileTest, IsMadeForItsOwnerAlone) {
  const auto path = folder_ / "secret";
  ASSERT_TRUE(create_secret_file(path, "abc"));
  struct stat status{};
  ASSERT_EQ(::stat(path.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0600u);
  const auto read = read_secret_file(path).value();
  ASSERT_TRUE(read);
  EXPECT_EQ(read->secret.text(), "abc");
  EXPECT_FALSE(read->readable_by_others);
}

TEST_F(SecretFileTest, SpaceAroundItDoesNotCount) {
  const auto path = folder_ / "secret";
  std::ofstream(path) << " \n 0xab cd\t\r\n";
  ::chmod(path.c_str(), 0644);
  const auto read = read_secret_file(path).value();
  EXPECT_EQ(read->secret.text(), "0xab cd");
  EXPECT_TRUE(read->readable_by_others);
}

TEST_F(SecretFileTest, IsNotOverwritten) {
  const auto path = folder_ / "secret";
  ASSERT_TRUE(create_secret_file(path, "first"));
  const auto again = create_secret_file(path, "second");
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error(), "File exists");
  EXPECT_EQ(read_secret_file(path).value()->secret.text(), "first");
}

TEST_F(SecretFileTest, WhatIsNotThereOrNoFileOrTooLong) {
  EXPECT_FALSE(read_secret_file(folder_ / "none").value());
  EXPECT_EQ(read_secret_file(folder_).error(), "Is a directory");
  const auto long_one = folder_ / "long";
  std::ofstream(long_one) << std::string(kMaxSecretFile + 1, 'a');
  EXPECT_EQ(read_secret_file(long_one).error(), "too long for a secret");
  EXPECT_FALSE(create_secret_file(folder_ / "no" / "secret", "abc"));
}

}  // namespace
}  // namespace opwire
