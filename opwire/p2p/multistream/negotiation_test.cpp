// Both sides of a negotiation, and the catalogue of bad input (M1 to M9) as far as it does not need a clock.
#include "opwire/p2p/multistream/negotiation.hpp"

#include <gtest/gtest.h>

#include "opwire/p2p/multistream/errors.hpp"

namespace opwire::multistream {
namespace {

/// Feeds bytes as a careful reader does: only what is wanted. What is left stays in bytes.
template <class Side>
Result<std::optional<std::string>> feed(Side& side, TokenReader& reader, ByteView& bytes, Bytes& answer) {
  while (bytes.size() >= reader.wanted()) {
    const std::size_t size = reader.wanted();
    OPW_TRY(const auto token, reader.feed(bytes.first(size)));
    bytes = bytes.subspan(size);
    if (!token) continue;
    OPW_TRY(const Step step, side.on_token(*token));
    answer.insert(answer.end(), step.send.begin(), step.send.end());
    if (step.selected) return step.selected;
  }
  return std::optional<std::string>();
}

template <class Side>
Result<std::optional<std::string>> feed(Side& side, std::string_view text) {
  TokenReader reader;
  ByteView bytes = as_bytes(text);
  Bytes answer;
  return feed(side, reader, bytes, answer);
}

Bytes tokens(std::initializer_list<std::string_view> texts) {
  Bytes bytes;
  for (const std::string_view text : texts) append_token(bytes, text);
  return bytes;
}

Responder responder_of(std::string protocol) {
  return Responder([protocol](std::string_view asked) { return asked == protocol; });
}

TEST(Multistream, TokensHaveTheLayoutOfTheSpec) {
  EXPECT_EQ(as_text(tokens({"/multistream/1.0.0"})), "\x13/multistream/1.0.0\n");
  EXPECT_EQ(as_text(tokens({"na"})), "\x03na\n");
}

TEST(Multistream, TheProposerSendsHeaderAndFirstProposalTogether) {
  EXPECT_EQ(Proposer({"/noise", "/tls/1.0.0"}).start(), tokens({kHeader, "/noise"}));
}

TEST(Multistream, AgreesOnTheFirstProposalThatIsSupported) {
  Proposer proposer({"/a", "/b", "/c"});
  Responder responder = responder_of("/b");
  TokenReader to_responder, to_proposer;
  Bytes from_proposer = proposer.start(), from_responder = responder.start();
  std::optional<std::string> at_proposer, at_responder;
  while (!at_proposer) {
    ByteView in = from_proposer;
    if (!at_responder) at_responder = feed(responder, to_responder, in, from_responder).value();
    from_proposer.clear();
    in = from_responder;
    at_proposer = feed(proposer, to_proposer, in, from_proposer).value();
    from_responder.clear();
  }
  EXPECT_EQ(at_proposer, "/b");
  EXPECT_EQ(at_responder, "/b");
}

TEST(Multistream, LsIsAnUnknownProtocol) {
  Responder responder = responder_of("/a");
  ASSERT_TRUE(responder.on_token(kHeader));
  EXPECT_EQ(responder.on_token("ls").value().send, tokens({"na"}));
  EXPECT_EQ(responder.on_token("").value().send, tokens({"na"}));
}

TEST(Multistream, TheProposerEndsWhenAllIsRefused) {
  Proposer proposer({"/a", "/b"});
  ASSERT_TRUE(proposer.on_token(kHeader));
  EXPECT_EQ(proposer.on_token("na").value().send, tokens({"/b"}));
  const Error error = proposer.on_token("na").error();
  EXPECT_TRUE(error.is(errors::kNotSupported));
  EXPECT_EQ(error.consequence(), Consequence::kLocal);
}

TEST(MultistreamBadInput, M1TokenLength) {
  const std::string longest(kMaxToken - 1, 'x');
  Responder generous([&](std::string_view asked) { return asked == longest; });
  Bytes bytes = tokens({kHeader, longest});
  EXPECT_EQ(feed(generous, as_text(bytes)).value(), longest);  // exactly 1024
  const std::string header(as_text(tokens({kHeader})));
  for (const std::string_view length : {"\x81\x08", "\xFF\x7F", "\xFF\xFF\x03"}) {
    Responder responder = responder_of("/a");
    EXPECT_TRUE(feed(responder, header + std::string(length)).error().is(errors::kTokenTooLong));
  }
}

TEST(MultistreamBadInput, F2LengthNotMinimal) {
  Responder responder = responder_of("/a");
  EXPECT_TRUE(feed(responder, std::string_view("\x93\x00/multistream", 14)).error().is(errors::kBadLength));
}

TEST(MultistreamBadInput, M2NoNewline) {
  Responder responder = responder_of("/a");
  EXPECT_TRUE(feed(responder, "\x12/multistream/1.0.0").error().is(errors::kNoNewline));
  Responder empty = responder_of("/a");
  EXPECT_TRUE(feed(empty, std::string_view("\0", 1)).error().is(errors::kNoNewline));
}

TEST(MultistreamBadInput, M3AMillionProposals) {
  Responder responder = responder_of("/a");
  ASSERT_TRUE(responder.on_token(kHeader));
  unsigned answered = 0;
  while (const Result<Step> step = responder.on_token("/nonsense")) {
    ASSERT_EQ(step->send, tokens({"na"}));
    ASSERT_LT(++answered, 1'000'000u);
  }
  EXPECT_EQ(answered, Responder::kMaxProposals);
  EXPECT_TRUE(responder.on_token("/nonsense").error().is(errors::kTooManyProposals));
}

TEST(MultistreamBadInput, M4FloodOfRefusals) {
  Proposer proposer({"/a"});
  const Result<std::optional<std::string>> done = feed(proposer, as_text(tokens({kHeader, "na", "na", "na"})));
  EXPECT_TRUE(done.error().is(errors::kNotSupported));
}

TEST(MultistreamBadInput, M5HeaderRepeated) {
  Responder responder = responder_of("/a");
  ASSERT_TRUE(responder.on_token(kHeader));
  EXPECT_EQ(responder.on_token(kHeader).value().send, tokens({"na"}));
  Proposer proposer({"/a"});
  ASSERT_TRUE(proposer.on_token(kHeader));
  EXPECT_TRUE(proposer.on_token(kHeader).error().is(errors::kWrongAnswer));
}

TEST(MultistreamBadInput, NoHeader) {
  Responder responder = responder_of("/a");
  EXPECT_TRUE(responder.on_token("/a").error().is(errors::kBadHeader));
  Proposer proposer({"/a"});
  EXPECT_TRUE(proposer.on_token("/multistream/2.0.0").error().is(errors::kBadHeader));
}

TEST(MultistreamBadInput, M7DataRightAfterTheProposalIsLeftAlone) {
  Responder responder = responder_of("/a");
  TokenReader reader;
  std::string text(as_text(tokens({kHeader, "/a"})));
  text += "application data";
  ByteView bytes = as_bytes(text);
  Bytes answer;
  EXPECT_EQ(feed(responder, reader, bytes, answer).value(), "/a");
  EXPECT_EQ(as_text(bytes), "application data");
}

TEST(MultistreamBadInput, M9AnotherProtocolEchoed) {
  Proposer proposer({"/a"});
  ASSERT_TRUE(proposer.on_token(kHeader));
  EXPECT_TRUE(proposer.on_token("/b").error().is(errors::kWrongAnswer));
}

}  // namespace
}  // namespace opwire::multistream
