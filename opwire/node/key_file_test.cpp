#include "opwire/node/key_file.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>
#include <iterator>

#include "opwire/base/check.hpp"

namespace opwire::node {
namespace {

constexpr std::string_view kHex = "8b3a350cf5c34c9194ca85829a2df0ec3153be0318b5e2d3348e872092edffba";

class KeyFileTest : public testing::Test {
 protected:
  KeyFileTest() {
    std::string pattern = (std::filesystem::temp_directory_path() / "opwire-key-XXXXXX").string();
    OPW_CHECK(mkdtemp(pattern.data()) != nullptr);
    folder_ = pattern;
  }
  ~KeyFileTest() override { std::filesystem::remove_all(folder_); }

  std::filesystem::path write(std::string_view text, mode_t mode = 0600) {
    const auto path = folder_ / "key";
    std::ofstream(path) << text;
    chmod(path.c_str(), mode);
    return path;
  }
  std::string content(const std::filesystem::path& path) {
    std::ifstream file(path);
    return {std::istreambuf_iterator<char>(file), {}};
  }

  std::filesystem::path folder_;
  SeededRng rng_{1};
};

TEST_F(KeyFileTest, CreatesWhatItReadsBack) {
  const auto path = folder_ / "new";
  const auto created = read_or_create_key_file(path, rng_);
  ASSERT_TRUE(created);
  EXPECT_TRUE(created->created);
  struct stat status{};
  ASSERT_EQ(stat(path.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0600u);
  EXPECT_EQ(content(path).size(), 64u) << "op-node writes no newline and no 0x";
  const auto again = read_or_create_key_file(path, rng_);
  ASSERT_TRUE(again);
  EXPECT_FALSE(again->created);
  EXPECT_EQ(again->key.public_key(), created->key.public_key());
}

TEST_F(KeyFileTest, AcceptsPrefixAndWhiteSpace) {
  const auto path = write("  0x" + std::string(kHex) + "\n");
  const auto read = read_key_file(path);
  ASSERT_TRUE(read) << read.error();
  EXPECT_EQ(to_key_hex(read->key), kHex);
  EXPECT_FALSE(read->readable_by_others);
}

TEST_F(KeyFileTest, NoticesThatOthersCanRead) {
  const auto read = read_key_file(write(kHex, 0644));
  ASSERT_TRUE(read);
  EXPECT_TRUE(read->readable_by_others);
}

TEST_F(KeyFileTest, BadContentNamesTheFileAndIsLeftAlone) {
  for (const std::string& text : {std::string(), std::string("hello"), std::string(64, '0'), std::string(64, 'f'),
                                  std::string(kHex) + "00", std::string(5000, 'a')}) {
    const auto path = write(text);
    const auto read = read_or_create_key_file(path, rng_);
    ASSERT_FALSE(read) << text;
    EXPECT_NE(read.error().find(path.string()), std::string::npos);
    EXPECT_EQ(content(path), text);
  }
}

TEST_F(KeyFileTest, NeverOverwrites) {
  const auto path = write("something else");
  const auto key = crypto::PrivateKey::generate(crypto::KeyType::kSecp256k1, rng_);
  const auto made = create_key_file(path, key);
  ASSERT_FALSE(made);
  EXPECT_NE(made.error().find("exists"), std::string::npos);
  EXPECT_EQ(content(path), "something else");
}

TEST_F(KeyFileTest, MissingFolderIsAnError) {
  const auto made = read_or_create_key_file(folder_ / "no" / "key", rng_);
  ASSERT_FALSE(made);
  EXPECT_NE(made.error().find("No such file"), std::string::npos);
}

}  // namespace
}  // namespace opwire::node
