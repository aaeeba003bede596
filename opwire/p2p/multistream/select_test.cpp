// Negotiation over a pipe, and the lines of the catalogue that need a stream (M6 to M8).
#include "opwire/p2p/multistream/select.hpp"

#include <gtest/gtest.h>

#include "opwire/net/memory_stream.hpp"
#include "opwire/p2p/multistream/errors.hpp"
#include "opwire/p2p/multistream/token.hpp"
#include "opwire/runtime/scope.hpp"
#include "opwire/runtime/simulated_loop.hpp"

namespace opwire::multistream {
namespace {

using std::chrono::seconds;
using Outcome = std::optional<Result<std::string>>;

Task<void> select_and_note(Stream& stream, std::vector<std::string> protocols, Outcome& outcome) {
  outcome.emplace(co_await select_protocol(stream, std::move(protocols)));
}
Task<void> accept_and_note(Stream& stream, std::string protocol, Outcome& outcome) {
  std::function<bool(std::string_view)> supports = [protocol](std::string_view asked) { return asked == protocol; };
  outcome.emplace(co_await accept_protocol(stream, std::move(supports)));
}

/// Gives one byte a read.
class SlowStream final : public Stream {
 public:
  explicit SlowStream(std::unique_ptr<Stream> stream) : stream_(std::move(stream)) {}
  Task<Result<void>> wait_readable() override { return stream_->wait_readable(); }
  Task<Result<std::size_t>> read_some(MutableByteView into) override { return stream_->read_some(into.first(1)); }
  Task<Result<void>> write(ByteViews pieces) override { return stream_->write(pieces); }
  Task<Result<void>> close_write() override { return stream_->close_write(); }
  void reset() noexcept override { stream_->reset(); }

 private:
  std::unique_ptr<Stream> stream_;
};

struct Select : testing::Test {
  Select() { std::tie(proposer, responder) = net::make_stream_pair(loop); }
  ~Select() override {
    if (proposer) proposer->reset();
    responder->reset();
    loop.run(tasks.join());
  }
  void negotiate(std::vector<std::string> proposed, std::string supported) {
    tasks.spawn(select_and_note(*proposer, std::move(proposed), selected));
    tasks.spawn(accept_and_note(*responder, std::move(supported), accepted));
    loop.run_for(seconds(1));
  }
  void accept(std::string supported) {
    tasks.spawn(accept_and_note(*responder, std::move(supported), accepted));
    loop.run_for(seconds(1));
  }
  void send(Stream& from, std::initializer_list<std::string_view> texts, std::string_view more = {}) {
    Bytes bytes;
    for (const std::string_view text : texts) append_token(bytes, text);
    bytes.insert(bytes.end(), more.begin(), more.end());
    ASSERT_TRUE(loop.run(write(from, bytes)));
  }
  std::string read(Stream& stream) {
    const auto bytes = loop.run(stream.read(1000));
    return bytes ? std::string(as_text(*bytes)) : "<" + std::string(bytes.error().name()) + ">";
  }

  SimulatedLoop loop;
  std::unique_ptr<Stream> proposer, responder;
  Scope tasks{loop};
  Outcome selected, accepted;
};

TEST_F(Select, BothAgree) {
  negotiate({"/a", "/b"}, "/b");
  EXPECT_EQ(selected->value(), "/b");
  EXPECT_EQ(accepted->value(), "/b");
}

TEST_F(Select, F6OneByteASegment) {
  proposer = std::make_unique<SlowStream>(std::move(proposer));
  responder = std::make_unique<SlowStream>(std::move(responder));
  negotiate({"/a", "/b"}, "/b");
  EXPECT_EQ(selected->value(), "/b");
  EXPECT_EQ(accepted->value(), "/b");
}

TEST_F(Select, NothingInCommon) {
  negotiate({"/a", "/b"}, "/c");
  EXPECT_TRUE(selected->error().is(errors::kNotSupported));
  EXPECT_FALSE(accepted) << "the responder waits for further proposals";
}

TEST_F(Select, M6APeerThatNeverAnswersIsEndedByReset) {
  tasks.spawn(select_and_note(*proposer, std::vector<std::string>{"/a"}, selected));
  loop.run_for(seconds(60));
  EXPECT_FALSE(selected);
  proposer->reset();
  loop.run_for(seconds(1));
  EXPECT_TRUE(selected->error().is(opwire::errors::kClosed));
}

TEST_F(Select, M7WhatFollowsTheProposalIsLeftForTheApplication) {
  send(*proposer, {kHeader, "/a"}, "application data");
  ASSERT_TRUE(loop.run(proposer->close_write()));
  accept("/a");
  EXPECT_EQ(accepted->value(), "/a");
  EXPECT_EQ(read(*responder), "application data");
}

TEST_F(Select, M8HalfClosedWithOnlyTheHeader) {
  send(*proposer, {kHeader});
  ASSERT_TRUE(loop.run(proposer->close_write()));
  accept("/a");
  EXPECT_TRUE(accepted->error().is(opwire::errors::kEndOfStream));
}

TEST_F(Select, F5LengthThenEnd) {
  send(*proposer, {}, "\x13/multi");
  ASSERT_TRUE(loop.run(proposer->close_write()));
  accept("/a");
  EXPECT_TRUE(accepted->error().is(opwire::errors::kEndOfStream));
}

TEST_F(Select, LazilyTheApplicationWritesBeforeTheAnswer) {
  std::unique_ptr<Stream> stream = loop.run(select_lazily(std::move(proposer), "/a")).value();
  ASSERT_TRUE(loop.run(write(*stream, as_bytes("request"))));
  accept("/a");
  EXPECT_EQ(accepted->value(), "/a");
  EXPECT_EQ(read(*responder), "request");
  ASSERT_TRUE(loop.run(write(*responder, as_bytes("answer"))));
  EXPECT_EQ(read(*stream), "answer");
}

TEST_F(Select, LazilyARefusalResetsTheStream) {
  std::unique_ptr<Stream> stream = loop.run(select_lazily(std::move(proposer), "/a")).value();
  ASSERT_TRUE(loop.run(write(*stream, as_bytes("\x03na\n looks like a proposal"))));
  send(*responder, {kHeader, kNotAvailable});
  EXPECT_EQ(read(*stream), "<multistream.not_supported>");
  EXPECT_EQ(loop.run(write(*responder, as_bytes("x"))).error().name(), "reset");
}

}  // namespace
}  // namespace opwire::multistream
