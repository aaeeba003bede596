#include "opwire/net/http/frames.hpp"

#include <gtest/gtest.h>

#include "opwire/net/http/errors.hpp"
#include "opwire/net/http/handshake.hpp"

namespace opwire::http {
namespace {

constexpr std::size_t kMax = 1000;

Result<std::vector<FrameEvent>> decode(std::string_view text, Role role = Role::kClient, std::size_t step = 1 << 20) {
  FrameDecoder decoder(role, kMax);
  std::vector<FrameEvent> events;
  for (std::size_t at = 0; at < text.size(); at += step) {
    ByteView piece = as_bytes(text.substr(at, step));
    while (!piece.empty()) {
      OPW_TRY(auto event, decoder.next(piece));
      if (!event) break;
      events.push_back(std::move(*event));
    }
  }
  return events;
}

std::string_view failure(std::string_view text, Role role = Role::kClient) {
  const auto whole = decode(text, role);
  const auto bytewise = decode(text, role, 1);
  EXPECT_EQ(whole.has_value(), bytewise.has_value());
  return whole ? "none" : whole.error().name();
}

template <std::size_t N>
std::string_view raw(const char (&text)[N]) {
  return {text, N - 1};
}

TEST(Frames, ExamplesOfTheSpecification) {
  for (const std::size_t step : {1, 2, 100}) {
    EXPECT_EQ(decode(raw("\x81\x05Hello"), Role::kClient, step)->at(0).data, "Hello");
    EXPECT_EQ(decode(raw("\x81\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58"), Role::kServer, step)->at(0).data, "Hello");
    const auto parts = decode(raw("\x01\x03Hel\x89\x02hi\x80\x02lo"), Role::kClient, step);
    ASSERT_EQ(parts->size(), 2U);
    EXPECT_EQ(parts->at(0).opcode, Opcode::kPing);
    EXPECT_EQ(parts->at(0).data, "hi");
    EXPECT_EQ(parts->at(1).opcode, Opcode::kText);
    EXPECT_EQ(parts->at(1).data, "Hello");
  }
  EXPECT_EQ(websocket_accept("dGhlIHNhbXBsZSBub25jZQ=="), "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
}

TEST(Frames, EachLengthThereAndBack) {
  SeededRng rng(1);
  for (const std::size_t size : {0, 1, 125, 126, 127, 999, 65'535, 65'536, 70'000}) {
    for (Rng* mask : {static_cast<Rng*>(nullptr), static_cast<Rng*>(&rng)}) {
      std::string framed;
      append_frame(framed, Opcode::kBinary, as_bytes(std::string(size, 'x')), mask);
      ByteView bytes = as_bytes(framed);
      FrameDecoder decoder(mask != nullptr ? Role::kServer : Role::kClient, 100'000);
      const auto event = decoder.next(bytes);
      ASSERT_TRUE(event && *event) << size;
      EXPECT_EQ((*event)->data, std::string(size, 'x'));
      EXPECT_TRUE(bytes.empty());
    }
  }
}

TEST(Frames, WhatBreaksTheProtocol) {
  EXPECT_EQ(failure(raw("\x81\x05Hello"), Role::kServer), errors::kFrame.name);                  // not masked
  EXPECT_EQ(failure(raw("\x81\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58")), errors::kFrame.name);  // masked by a server
  EXPECT_EQ(failure(raw("\xc1\x05Hello")), errors::kFrame.name);
  EXPECT_EQ(failure(raw("\xa1\x05Hello")), errors::kFrame.name);
  EXPECT_EQ(failure(raw("\x91\x05Hello")), errors::kFrame.name);
  EXPECT_EQ(failure(raw("\x83\x05Hello")), errors::kFrame.name);
  EXPECT_EQ(failure(raw("\x8b\x05Hello")), errors::kFrame.name);
  EXPECT_EQ(failure(raw("\x09\x02hi")), errors::kFrame.name);          // ping in fragments
  EXPECT_EQ(failure(raw("\x89\x7e\x00\x7e")), errors::kFrame.name);    // long ping
  EXPECT_EQ(failure(raw("\x80\x02lo")), errors::kFrame.name);          // continuation of nothing
  EXPECT_EQ(failure(raw("\x01\x01H\x81\x01i")), errors::kFrame.name);  // message in a message
  EXPECT_EQ(failure(raw("\x82\x7e\x00\x05Hello")), errors::kFrame.name);
  EXPECT_EQ(failure(raw("\x82\x7f\x00\x00\x00\x00\x00\x00\x00\x05Hello")), errors::kFrame.name);
}

TEST(Frames, DeclaredLengthIsCheckedFirst) {
  EXPECT_EQ(failure(raw("\x82\x7f\xff\xff\xff\xff\xff\xff\xff\xff")), errors::kMessageTooLong.name);
  EXPECT_EQ(failure(raw("\x82\x7e\x03\xe9")), errors::kMessageTooLong.name);
  EXPECT_EQ(failure(raw("\x82\x7e\x03\xe8")), "none");
  const std::string part = "\x02\x7e\x03" + std::string(1, '\xe8') + std::string(1000, 'x');
  EXPECT_EQ(failure(part + std::string("\x80\x01", 2)), errors::kMessageTooLong.name);
}

TEST(Frames, Utf8) {
  const auto text = [](std::string_view data) {
    return failure("\x81" + std::string(1, static_cast<char>(data.size())) + std::string(data));
  };
  EXPECT_EQ(text("\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80"), "none");
  EXPECT_EQ(text("\xf4\x8f\xbf\xbf"), "none");
  for (const char* bad : {"\xc0\x80", "\xc1\xbf", "\xe0\x9f\xbf", "\xed\xa0\x80", "\xf0\x8f\xbf\xbf",
                          "\xf4\x90\x80\x80", "\xf5\x80", "\x80", "\xff", "\xc3", "\xe2\x82", "\xc3\x28"}) {
    EXPECT_EQ(text(bad), errors::kBadText.name) << ::testing::PrintToString(bad);
  }
  EXPECT_EQ(failure(raw("\x01\x01\xc3\x80\x01\xa4")), "none");  // a character in two fragments
  EXPECT_EQ(failure(raw("\x82\x01\xff")), "none");
  // Found before the message is whole.
  EXPECT_EQ(failure(raw("\x01\x02\xff\xff")), errors::kBadText.name);
}

TEST(Frames, Close) {
  EXPECT_EQ(decode(raw("\x88\x00"))->at(0).close_code, kNoCode);
  const auto close =
      decode(raw("\x88\x05\x03\xe9"
                 "bye\x81\x01x\xff\xff"));
  ASSERT_EQ(close->size(), 1U);  // what follows is dropped
  EXPECT_EQ(close->at(0).close_code, kGoingAway);
  EXPECT_EQ(close->at(0).data, "bye");
  EXPECT_EQ(failure(raw("\x88\x01\x03")), errors::kFrame.name);
  EXPECT_EQ(failure(raw("\x88\x03\x03\xe8\xff")), errors::kBadText.name);
  for (const std::uint16_t code : {0, 999, 1004, 1005, 1006, 1015, 1016, 2999, 5000, 65535}) {
    std::string frame = "\x88\x02";
    frame += {static_cast<char>(code >> 8), static_cast<char>(code & 0xff)};
    EXPECT_EQ(failure(frame), errors::kFrame.name) << code;
  }
  std::string long_reason;
  append_close(long_reason, 1000, std::string(122, 'x') + "\xc3\xa4", nullptr);
  EXPECT_EQ(decode(long_reason)->at(0).data, std::string(122, 'x'));
}

TEST(Handshake, ServerRefuses) {
  SeededRng rng(1);
  const Request good = make_websocket_request("/", {}, rng);
  EXPECT_TRUE(is_websocket_request(good));
  EXPECT_EQ(answer_websocket(good).status, 101U);
  Request other = good;
  other.method = "POST";
  EXPECT_EQ(answer_websocket(other).status, 400U);
  other = good;
  other.headers.set("Sec-WebSocket-Version", "8");
  EXPECT_EQ(answer_websocket(other).status, 426U);
  EXPECT_EQ(*answer_websocket(other).headers.find("Sec-WebSocket-Version"), "13");
  for (const char* key : {"", "x", "AAAA", "dGhlIHNhbXBsZSBub25jZQ", "dGhlIHNhbXBsZSBub25jZSBpcyBsb25n"}) {
    other = good;
    other.headers.set("Sec-WebSocket-Key", key);
    EXPECT_EQ(answer_websocket(other).status, 400U) << key;
  }
}

TEST(Handshake, ClientRefuses) {
  SeededRng rng(1);
  const Request request = make_websocket_request("/", {}, rng);
  const Response good = answer_websocket(request);
  EXPECT_TRUE(check_websocket_answer(request, good));
  for (const char* name : {"Upgrade", "Connection", "Sec-WebSocket-Accept"}) {
    Response bad = good;
    bad.headers.remove(name);
    EXPECT_FALSE(check_websocket_answer(request, bad)) << name;
  }
  Response bad = good;
  bad.headers.add("Sec-WebSocket-Extensions", "permessage-deflate");
  EXPECT_FALSE(check_websocket_answer(request, bad));
  EXPECT_FALSE(check_websocket_answer(request, Response(200)));
  EXPECT_FALSE(check_websocket_answer(make_websocket_request("/", {}, rng), good));
}

}  // namespace
}  // namespace opwire::http
