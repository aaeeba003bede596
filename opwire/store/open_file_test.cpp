#include "opwire/store/open_file.hpp"

#include <gtest/gtest.h>
#include <lmdb.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>

#include "opwire/base/log.hpp"
#include "opwire/store/errors.hpp"
#include "opwire/store/folder_for_test.hpp"
#include "opwire/store/lmdb_file.hpp"
#include "opwire/store/sealed_value.hpp"

namespace opwire::store {
namespace {

const WallTime kNow = from_unix_seconds(1'700'000'000);

struct World {
  World() : options(folder / "db") {
    options.tables.emplace_back("table", 100);
    options.reset_flag = "--the-flag";
  }
  OpenError open_error() {
    auto file = open_file(options, kNow);
    EXPECT_FALSE(file);
    return file ? OpenError{opwire::errors::kTimeout, "none"} : file.error();
  }
  void begin() {
    auto file = open_file(options, kNow).value();
    Batch batch;
    batch.put(0, as_bytes("key"), 0, as_bytes("value"));
    EXPECT_TRUE(file->write(batch));
  }
  std::size_t entries() {
    const auto file = open_file(options, kNow);
    return file ? (*file)->scan(0).value().entries.size() : 9999;
  }

  test::Folder folder;
  DatabaseOptions options;
};

TEST(OpenFile, MakesFoldersAndItsFiles) {
  World world;
  world.options.path = world.folder / "a/b/db";
  world.begin();
  EXPECT_EQ(world.entries(), 1u);
  std::vector<std::string> names;
  for (const auto& entry : std::filesystem::directory_iterator(world.folder / "a/b"))
    names.push_back(entry.path().filename());
  std::sort(names.begin(), names.end());
  EXPECT_EQ(names, (std::vector<std::string>{"db", "db.lock"}));
}

TEST(OpenFile, AnEmptyFileIsBegun) {
  World world;
  test::write_file(world.options.path, "");
  EXPECT_EQ(world.entries(), 0u);
  EXPECT_GT(std::filesystem::file_size(world.options.path), 0u);
}

TEST(OpenFile, WhatAnEarlierBeginningLeftIsNotInTheWay) {
  World world;
  test::write_file(world.folder / "db.new", "half of a file");
  EXPECT_EQ(world.entries(), 0u);
  EXPECT_FALSE(std::filesystem::exists(world.folder / "db.new"));
}

TEST(OpenFile, AFolderInItsPlace) {
  World world;
  std::filesystem::create_directory(world.options.path);
  test::write_file(world.options.path / "CURRENT", "x");
  world.options.reset_damaged = true;
  const OpenError error = world.open_error();
  EXPECT_TRUE(error.error.is(errors::kCannotOpen));
  EXPECT_NE(error.text.find(world.options.path.string()), std::string::npos) << error.text;
  EXPECT_NE(error.text.find("directory"), std::string::npos) << error.text;
  EXPECT_TRUE(std::filesystem::exists(world.options.path / "CURRENT"));
}

TEST(OpenFile, WhatIsNoFileAtAll) {
  World world;
  ASSERT_EQ(::mkfifo(world.options.path.c_str(), 0600), 0);
  EXPECT_TRUE(world.open_error().error.is(errors::kCannotOpen));
  std::filesystem::remove(world.options.path);
  world.options.path = world.folder / "file/db";
  test::write_file(world.folder / "file", "x");
  EXPECT_TRUE(world.open_error().error.is(errors::kCannotOpen));
}

// Not allowed what root is.
class SomeUser {
 public:
  SomeUser() {
    if (::geteuid() == 0) OPW_CHECK(::seteuid(65534) == 0);
  }
  ~SomeUser() {
    if (::getuid() == 0) OPW_CHECK(::seteuid(0) == 0);
  }
};

TEST(OpenFile, WithoutPermission) {
  World world;
  world.begin();
  std::filesystem::permissions(world.folder.path(), std::filesystem::perms(0777));
  std::filesystem::permissions(world.folder / "db.lock", std::filesystem::perms(0666));
  for (const int mode : {0000, 0444}) {
    std::filesystem::permissions(world.options.path, std::filesystem::perms(mode));
    world.options.reset_damaged = true;
    const SomeUser user;
    const OpenError error = world.open_error();
    EXPECT_TRUE(error.error.is(errors::kCannotOpen));
    EXPECT_EQ(error.error.system_error(), EACCES) << error.text;
  }
  std::filesystem::permissions(world.folder.path(), std::filesystem::perms(0555));
  std::filesystem::remove(world.folder / "db.lock");
  const SomeUser user;
  EXPECT_EQ(world.open_error().error.system_error(), EACCES);
}

TEST(OpenFile, OneAtATime) {
  World world;
  auto first = open_file(world.options, kNow);
  ASSERT_TRUE(first);
  world.options.reset_damaged = true;
  EXPECT_TRUE(world.open_error().error.is(errors::kBusy));
  first->reset();
  EXPECT_EQ(world.entries(), 0u);
}

TEST(OpenFile, AnotherProcessHasIt) {
  World world;
  int ends[2];
  ASSERT_EQ(::socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
  const pid_t child = ::fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    const auto file = open_file(world.options, kNow);
    char answer = file ? 'y' : 'n';
    (void)!::write(ends[1], &answer, 1);
    (void)!::read(ends[1], &answer, 1);  // until it is ended
    ::_exit(0);
  }
  char answer = 0;
  ASSERT_EQ(::read(ends[0], &answer, 1), 1);
  EXPECT_EQ(answer, 'y');
  const OpenError error = world.open_error();
  EXPECT_TRUE(error.error.is(errors::kBusy));
  EXPECT_NE(error.text.find("another process"), std::string::npos) << error.text;
  ::kill(child, SIGKILL);
  ASSERT_EQ(::waitpid(child, nullptr, 0), child);
  EXPECT_EQ(world.entries(), 0u) << "the lock ends with the process";
  ::close(ends[0]);
  ::close(ends[1]);
}

TEST(OpenFile, DamageIsNamedAndToldWhatHelps) {
  World world;
  world.begin();
  test::write_file(world.options.path, test::read_file(world.options.path).substr(0, 9000));
  const OpenError error = world.open_error();
  EXPECT_TRUE(error.error.is(errors::kDamaged));
  EXPECT_NE(error.text.find(world.options.path.string()), std::string::npos) << error.text;
  EXPECT_NE(error.text.find("--the-flag"), std::string::npos) << error.text;
}

TEST(OpenFile, ADamagedFileIsSetAside) {
  World world;
  world.options.reset_damaged = true;
  log::Capture log;
  for (int i = 0; i < 2; ++i) {
    test::write_file(world.options.path, "whatever this is " + std::to_string(i));
    world.begin();
    EXPECT_EQ(world.entries(), 1u);
  }
  EXPECT_EQ(test::read_file(world.folder / "db.damaged-1700000000"), "whatever this is 0");
  EXPECT_EQ(test::read_file(world.folder / "db.damaged-1700000000-2"), "whatever this is 1");
  EXPECT_NE(log.text().find("db.damaged-1700000000"), std::string::npos);
}

// A file of LMDB's, with something in one table.
void make_lmdb(const std::filesystem::path& path, const char* table, ByteView key_bytes, ByteView value_bytes) {
  MDB_env* env = nullptr;
  MDB_txn* txn = nullptr;
  MDB_dbi dbi = 0;
  MDB_val key{key_bytes.size(), const_cast<std::uint8_t*>(key_bytes.data())};
  MDB_val value{value_bytes.size(), const_cast<std::uint8_t*>(value_bytes.data())};
  ASSERT_EQ(mdb_env_create(&env), 0);
  mdb_env_set_maxdbs(env, 5);
  ASSERT_EQ(mdb_env_open(env, path.c_str(), MDB_NOSUBDIR | MDB_NOLOCK, 0600), 0);
  ASSERT_EQ(mdb_txn_begin(env, nullptr, 0, &txn), 0);
  ASSERT_EQ(mdb_dbi_open(txn, table, MDB_CREATE, &dbi), 0);
  ASSERT_EQ(mdb_put(txn, dbi, &key, &value, 0), 0);
  ASSERT_EQ(mdb_txn_commit(txn), 0);
  mdb_env_close(env);
}

TEST(OpenFile, ANewerVersionIsRefusedByName) {
  World world;
  const Bytes format{2, 0, 0, 0};
  make_lmdb(world.options.path, "opwire", as_bytes("format"), seal_value(as_bytes("format"), 0, format));
  world.options.reset_damaged = true;
  const std::string before = test::read_file(world.options.path);
  const OpenError error = world.open_error();
  EXPECT_TRUE(error.error.is(errors::kNewerFormat)) << error.text;
  EXPECT_EQ(test::read_file(world.options.path), before);
}

// Else the table would be begun anew, and nobody would know of the old one.
TEST(OpenFile, ATableWhoseNameWasChanged) {
  World world;
  world.begin();
  const std::string before = test::read_file(world.options.path);
  for (const char letter : {'u', 'z'}) {
    std::string bytes = before;
    std::size_t found = 0;
    for (std::size_t at = bytes.find("table"); at != std::string::npos; at = bytes.find("table", at + 1)) {
      if (bytes[at + 5] == ' ') continue;  // its mark
      bytes[at] = letter;
      ++found;
    }
    ASSERT_GT(found, 0u);
    test::write_file(world.options.path, bytes);
    EXPECT_TRUE(world.open_error().error.is(errors::kDamaged)) << letter;
  }
}

TEST(OpenFile, SomebodyElsesDatabaseIsNotTouched) {
  World world;
  make_lmdb(world.options.path, "theirs", as_bytes("key"), as_bytes("value"));
  const std::string before = test::read_file(world.options.path);
  EXPECT_TRUE(world.open_error().error.is(errors::kDamaged));
  EXPECT_EQ(test::read_file(world.options.path), before);
}

}  // namespace
}  // namespace opwire::store
