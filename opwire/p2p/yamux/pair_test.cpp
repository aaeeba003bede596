// Two cores, a random application on each side, bytes cut at random: everything written is read, in order.
#include <gtest/gtest.h>

#include <map>

#include "opwire/base/rng.hpp"
#include "opwire/p2p/yamux/frames_for_test.hpp"

namespace opwire::yamux {
namespace {

using test::Side;

/// The n-th byte that a stream carries in one direction.
std::uint8_t byte_at(StreamId id, bool from_dialer, std::size_t n) {
  return static_cast<std::uint8_t>(id * 31 + from_dialer * 7 + n + n / 251);
}

class App {
 public:
  App(Role role, Rng& rng) : side(role), dialer_(role == Role::kDialer), rng_(rng) {}

  void step() {
    side.now += std::chrono::microseconds(rng_.below(2000));
    while (const auto touched = side.core.next_touched()) {
      if (touched->what & kNew) streams_[touched->stream];
    }
    if (streams_.size() < 8 && rng_.below(10) == 0) {
      if (const auto id = side.core.open(side.now)) streams_[*id];
    }
    std::vector<StreamId> done;
    for (auto& [id, stream] : streams_) {
      write(id, stream);
      read(id, stream);
      if (stream.ended && stream.closed) done.push_back(id);
    }
    for (const StreamId id : done) {
      side.core.release(id, side.now);
      streams_.erase(id);
      ++finished;
    }
  }

  Side side;
  std::size_t finished = 0;

 private:
  struct Stream {
    std::size_t written = 0, got = 0;
    bool closed = false, ended = false;
  };

  void write(StreamId id, Stream& stream) {
    if (stream.closed || rng_.below(3) == 0) return;
    const std::size_t room = side.core.write_room(id).value();
    Bytes bytes(std::min<std::size_t>(room, rng_.below(rng_.below(20) == 0 ? 50'000 : 500)));
    for (std::uint8_t& byte : bytes) byte = byte_at(id, dialer_, stream.written++);
    side.core.write_copy(id, bytes);
    if (stream.written > 50'000 || rng_.below(50) == 0) {
      side.core.close_write(id);
      stream.closed = true;
    }
  }

  void read(StreamId id, Stream& stream) {
    if (stream.ended || rng_.below(3) == 0) return;
    while (const auto got = side.core.read(id, 1 + rng_.below(70'000), side.now).value()) {
      if (got->empty()) {
        stream.ended = true;
        return;
      }
      for (const std::uint8_t byte : got->view()) ASSERT_EQ(byte, byte_at(id, !dialer_, stream.got++));
    }
  }

  std::map<StreamId, Stream> streams_;
  const bool dialer_;
  Rng& rng_;
};

void carry(App& from, App& to, Rng& rng) {
  const Bytes bytes = from.side.sent_bytes(1 + rng.below(200'000));
  const Buffer block = Buffer::copy_of(bytes);
  for (std::size_t at = 0; at < bytes.size();) {
    const std::size_t size = std::min<std::size_t>(bytes.size() - at, 1 + rng.below(rng.below(4) == 0 ? 20 : 70'000));
    ASSERT_TRUE(to.side.core.feed(block.slice(at, size), to.side.now));
    at += size;
  }
}

TEST(Pair, WhatIsWrittenIsRead) {
  for (const std::uint64_t seed : {1, 2, 3}) {
    SeededRng rng(seed);
    App dialer(Role::kDialer, rng), listener(Role::kListener, rng);
    for (int i = 0; i < 400; ++i) {
      dialer.step();
      listener.step();
      carry(dialer, listener, rng);
      carry(listener, dialer, rng);
      ASSERT_FALSE(testing::Test::HasFatalFailure());
    }
    EXPECT_GT(dialer.finished, 20u);
    EXPECT_GT(listener.finished, 20u);
  }
}

}  // namespace
}  // namespace opwire::yamux
