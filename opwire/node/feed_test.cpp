#include "opwire/node/feed.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <iterator>

#include <boost/json.hpp>

#include "opwire/base/check.hpp"
#include "opwire/runtime/simulated_loop.hpp"

namespace opwire::node {
namespace {

opstack::AcceptedBlock make_block(std::uint64_t number) {
  SeededRng rng(7);
  opstack::Envelope envelope;
  envelope.payload.version = opstack::PayloadVersion::kV4;
  envelope.payload.number = BlockNumber{number};
  envelope.payload.timestamp = 1'714'564'800;
  envelope.payload.block_hash.bytes.fill(0xab);
  envelope.payload.parent_hash.bytes.fill(0xcd);
  Address signer;
  signer.bytes.fill(0x11);
  return opstack::AcceptedBlock{std::move(envelope),
                                {},
                                signer,
                                "/optimism/10/3/blocks",
                                PeerId::of(crypto::PrivateKey::generate(crypto::KeyType::kSecp256k1, rng).public_key()),
                                1234,
                                WallTime{std::chrono::microseconds(1'714'564'800'000'042)},
                                std::chrono::microseconds(321)};
}

class FeedTest : public testing::Test {
 protected:
  FeedTest() {
    std::signal(SIGPIPE, SIG_IGN);
    std::string pattern = (std::filesystem::temp_directory_path() / "opwire-feed-XXXXXX").string();
    OPW_CHECK(mkdtemp(pattern.data()) != nullptr);
    folder_ = pattern;
  }
  ~FeedTest() override { std::filesystem::remove_all(folder_); }

  std::unique_ptr<Feed> open(const std::string& path) {
    auto feed = Feed::open(loop_, path);
    EXPECT_TRUE(feed) << feed.error();
    return std::move(*feed);
  }
  static std::string content(const std::string& path) {
    std::ifstream file(path);
    return {std::istreambuf_iterator<char>(file), {}};
  }

  std::filesystem::path folder_;
  SimulatedLoop loop_;
};

TEST_F(FeedTest, TimesAreRfc3339InUtcWithMicroseconds) {
  EXPECT_EQ(to_rfc3339(WallTime{std::chrono::microseconds(1'714'564'800'000'042)}), "2024-05-01T12:00:00.000042Z");
  EXPECT_EQ(to_rfc3339(WallTime{}), "1970-01-01T00:00:00.000000Z");
}

TEST_F(FeedTest, ALineHoldsAllFieldsInOrder) {
  const std::string line = to_feed_line(make_block(42));
  const std::string ab(64, 'a');
  EXPECT_EQ(line.find('\n'), std::string::npos);
  const auto object = boost::json::parse(line).as_object();
  std::string names;
  for (const auto& member : object) names += std::string(member.key()) + " ";
  EXPECT_EQ(names, "number hash parentHash timestamp version topic from signer bytes received_at validated_us ");
  EXPECT_EQ(object.at("number"), 42);
  EXPECT_EQ(object.at("version"), 4);
  EXPECT_EQ(object.at("timestamp"), 1'714'564'800);
  EXPECT_EQ(object.at("signer"), "0x1111111111111111111111111111111111111111");
  EXPECT_TRUE(object.at("hash").as_string().starts_with("0xabab"));
  EXPECT_TRUE(object.at("parentHash").as_string().starts_with("0xcdcd"));
  EXPECT_TRUE(object.at("from").as_string().starts_with("16Uiu2"));
  EXPECT_EQ(object.at("bytes"), 1234);
  EXPECT_EQ(object.at("received_at"), "2024-05-01T12:00:00.000042Z");
  EXPECT_EQ(object.at("validated_us"), 321);
}

TEST_F(FeedTest, AppendsAndNeedsNoClose) {
  const std::string path = folder_ / "feed.jsonl";
  std::ofstream(path) << "before\n";
  const auto feed = open(path);
  feed->on_block(make_block(1));
  feed->on_block(make_block(2));
  EXPECT_EQ(content(path), "before\n" + to_feed_line(make_block(1)) + "\n" + to_feed_line(make_block(2)) + "\n");
}

TEST_F(FeedTest, AFileThatCannotBeOpenedIsNamed) {
  const auto feed = Feed::open(loop_, folder_ / "no" / "feed");
  ASSERT_FALSE(feed);
  EXPECT_NE(feed.error().find("no/feed: No such file"), std::string::npos) << feed.error();
}

TEST_F(FeedTest, AFailedWriteIsAWarningAndNothingElse) {
  const auto feed = open("/dev/full");
  const log::Capture log;
  feed->on_block(make_block(1));
  feed->on_block(make_block(2));
  EXPECT_NE(log.text().find("No space left"), std::string::npos) << log.text();
  EXPECT_EQ(feed->pending(), 0u);
}

TEST_F(FeedTest, AReaderThatIsSlowGetsEveryLineOnceItReads) {
  const std::string path = folder_ / "pipe";
  ASSERT_EQ(mkfifo(path.c_str(), 0600), 0);
  const int reader = ::open(path.c_str(), O_RDONLY | O_NONBLOCK);
  const auto feed = open(path);
  std::string expected;
  for (std::uint64_t number = 0; number < 400; ++number) {  // more than the pipe holds
    feed->on_block(make_block(number));
    expected += to_feed_line(make_block(number)) + "\n";
  }
  EXPECT_GT(feed->pending(), 0u);
  std::string got;
  std::string piece(64 * 1024, '\0');
  for (int turn = 0; turn < 100 && got.size() < expected.size(); ++turn) {
    loop_.run_for(std::chrono::milliseconds(60));
    while (const ssize_t size = std::max<ssize_t>(::read(reader, piece.data(), piece.size()), 0)) {
      got.append(piece, 0, static_cast<std::size_t>(size));
    }
  }
  EXPECT_EQ(got, expected);
  ::close(reader);
}

TEST_F(FeedTest, WhatWaitsForAReaderIsBounded) {
  const std::string path = folder_ / "pipe";
  ASSERT_EQ(mkfifo(path.c_str(), 0600), 0);
  const int reader = ::open(path.c_str(), O_RDONLY | O_NONBLOCK);
  const auto feed = open(path);
  const log::Capture log;
  for (std::uint64_t number = 0; number < 4000; ++number) feed->on_block(make_block(number));
  EXPECT_LE(feed->pending(), Feed::kMaxPending);
  EXPECT_NE(log.text().find("too slow"), std::string::npos);
  ::close(reader);
}

TEST_F(FeedTest, AReaderThatGoesAwayDoesNotEndTheNode) {
  const std::string path = folder_ / "pipe";
  ASSERT_EQ(mkfifo(path.c_str(), 0600), 0);
  const int reader = ::open(path.c_str(), O_RDONLY | O_NONBLOCK);
  const auto feed = open(path);
  ::close(reader);
  const log::Capture log;
  feed->on_block(make_block(1));
  EXPECT_NE(log.text().find("Broken pipe"), std::string::npos) << log.text();
}

}  // namespace
}  // namespace opwire::node
