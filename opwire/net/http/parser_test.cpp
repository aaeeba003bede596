#include "opwire/net/http/parser.hpp"

#include <gtest/gtest.h>

#include "opwire/net/http/errors.hpp"
#include "opwire/net/http/wire.hpp"

namespace opwire::http {
namespace {

Result<Request> parse(const std::string& text, ParserLimits limits = {}, std::size_t step = 1 << 20) {
  RequestParser parser(limits);
  std::string pending;
  for (std::size_t at = 0; at < text.size() && !parser.done(); at += step) {
    pending += text.substr(at, step);
    OPW_TRY(const std::size_t used, parser.feed(as_bytes(pending)));
    pending.erase(0, used);
  }
  if (!parser.done()) return opwire::errors::kEndOfStream;
  return parser.take();
}

const ErrorKind& refusal(const std::string& text, ParserLimits limits = {}) {
  const auto whole = parse(text, limits);
  const auto bytewise = parse(text, limits, 1);
  if (whole || bytewise) ADD_FAILURE() << "taken: " << text.substr(0, 200);
  if (whole || bytewise) return opwire::errors::kSystem;
  // In pieces, a bad header may not be known as such before it is complete.
  if (!bytewise.error().is(opwire::errors::kEndOfStream)) EXPECT_EQ(whole.error().name(), bytewise.error().name());
  return whole.error().kind();
}

#define EXPECT_REFUSED(kind, ...) EXPECT_STREQ(refusal(__VA_ARGS__).name, (kind).name)

std::string post(const std::string& fields, const std::string& body = {}) {
  return "POST / HTTP/1.1\r\nHost: a\r\n" + fields + "\r\n" + body;
}

TEST(RequestParser, AllParts) {
  for (const std::size_t step : {1, 3, 1000}) {
    const auto request = parse(post("Content-Length: 5\r\nX-One:  two \r\n", "hello"), {}, step);
    ASSERT_TRUE(request) << request.error().message();
    EXPECT_EQ(request->method, "POST");
    EXPECT_EQ(request->target, "/");
    EXPECT_EQ(*request->headers.find("x-oNE"), "two");
    EXPECT_EQ(request->body, "hello");
  }
}

TEST(RequestParser, Chunked) {
  for (const std::size_t step : {1, 4, 1000}) {
    const auto request = parse(
        post("Transfer-Encoding: Chunked\r\n", "3\r\nabc\r\nA;ext=\"v\"\r\n0123456789\r\n0\r\nX-Trailer: 1\r\n\r\n"),
        {}, step);
    ASSERT_TRUE(request) << request.error().message();
    EXPECT_EQ(request->body, "abc0123456789");
    EXPECT_FALSE(request->headers.contains("X-Trailer"));
  }
}

TEST(RequestParser, LeavesTheNextOneAlone) {
  RequestParser parser{ParserLimits()};
  const std::string first = post("Content-Length: 2\r\n", "ab");
  EXPECT_EQ(parser.feed(as_bytes(first + "GET / HT")).value_or(0), first.size());
  EXPECT_TRUE(parser.done());
  EXPECT_TRUE(parser.keep_alive());
}

TEST(RequestParser, AmbiguousLengths) {
  EXPECT_REFUSED(errors::kBadFraming, post("Content-Length: 3\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n"));
  EXPECT_REFUSED(errors::kBadFraming, post("Transfer-Encoding: chunked\r\nContent-Length: 3\r\n", "0\r\n\r\n"));
  EXPECT_REFUSED(errors::kBadFraming, post("Transfer-Encoding: identity\r\nContent-Length: 3\r\n", "abc"));
  EXPECT_REFUSED(errors::kBadFraming, post("Content-Length: 3\r\nContent-Length: 4\r\n", "abc"));
  EXPECT_REFUSED(errors::kBadFraming, post("Content-Length: 3\r\nContent-Length: 3\r\n", "abc"));
  EXPECT_REFUSED(errors::kBadFraming, post("Content-Length: 3, 3\r\n", "abc"));
  for (const char* length :
       {"", "-1", "+3", "0x3", "3 ", "3a", "1e3", "18446744073709551616", "99999999999999999999999"}) {
    const bool good = std::string_view(length) == "3 ";  // spaces around a value do not count
    const auto request = parse(post("Content-Length: " + std::string(length) + "\r\n", "abc"));
    EXPECT_EQ(request.has_value(), good) << length;
    if (!request) EXPECT_TRUE(request.error().is(errors::kBadFraming)) << length << request.error().message();
  }
  EXPECT_REFUSED(errors::kBadFraming, "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n");
}

TEST(RequestParser, OtherCodings) {
  EXPECT_REFUSED(errors::kUnknownCoding, post("Transfer-Encoding: gzip, chunked\r\n", "0\r\n\r\n"));
  EXPECT_REFUSED(errors::kUnknownCoding, post("Transfer-Encoding: chunked, gzip\r\n", "0\r\n\r\n"));
  EXPECT_REFUSED(errors::kUnknownCoding, post("Transfer-Encoding: xchunked\r\n", "0\r\n\r\n"));
  EXPECT_REFUSED(errors::kBadFraming, post("Transfer-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n"));
  EXPECT_REFUSED(errors::kMalformed, post("Transfer-Encoding : chunked\r\n", "0\r\n\r\n"));
}

TEST(RequestParser, BadChunks) {
  const std::string chunked = "Transfer-Encoding: chunked\r\n";
  for (const char* body : {"x\r\n\r\n", "-1\r\n\r\n", "\r\n\r\n\r\n", "3\r\nabcd\r\n0\r\n\r\n", "3\nabc\r\n0\r\n\r\n",
                           "ffffffffffffffffff\r\n", "3 x\r\n"}) {
    const auto request = parse(post(chunked, body));
    ASSERT_FALSE(request) << body;
    EXPECT_EQ(request.error().consequence(), Consequence::kCloseConnection) << body << request.error().message();
  }
  EXPECT_REFUSED(errors::kBodyTooLarge, post(chunked, "fffffffffffffff\r\n"));
  EXPECT_REFUSED(errors::kHeaderTooLarge, post(chunked, "3;" + std::string(40'000, 'x')));
  EXPECT_REFUSED(errors::kHeaderTooLarge, post(chunked, "0\r\nX: " + std::string(40'000, 'x')));
}

TEST(RequestParser, Limits) {
  ParserLimits limits{1024, 100};
  EXPECT_REFUSED(errors::kBodyTooLarge, post("Content-Length: 101\r\n"), limits);
  EXPECT_REFUSED(errors::kBodyTooLarge, post("Content-Length: 104857600\r\n"), limits);
  EXPECT_REFUSED(errors::kBodyTooLarge,
                 post("Transfer-Encoding: chunked\r\n", "40\r\n" + std::string(64, 'x') + "\r\n40\r\n"), limits);
  EXPECT_REFUSED(errors::kHeaderTooLarge, "GET /" + std::string(2000, 'x'), limits);
  EXPECT_REFUSED(errors::kHeaderTooLarge, post("X: " + std::string(2000, 'x')), limits);
  std::string many;
  for (int i = 0; i < 200; ++i) many += "A: b\r\n";
  EXPECT_REFUSED(errors::kHeaderTooLarge, post(many + "Content-Length: 0\r\n"), limits);
  EXPECT_TRUE(parse(post("Content-Length: 100\r\n", std::string(100, 'x')), limits));
}

TEST(RequestParser, Malformed) {
  EXPECT_REFUSED(errors::kMalformed, std::string("GET / HTTP/1.1\r\nHost: a\0b\r\n\r\n", 27));
  EXPECT_REFUSED(errors::kMalformed, std::string("GET /\0 HTTP/1.1\r\n\r\n", 20));
  EXPECT_REFUSED(errors::kMalformed, "GET / HTTP/1.1\r\nHost: a\r\nno colon\r\n\r\n");
  EXPECT_REFUSED(errors::kMalformed, "GET / HTTP/1.1\r\n\r\n");
  EXPECT_REFUSED(errors::kMalformed, "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n");
  EXPECT_REFUSED(errors::kMalformed, "G(T / HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_REFUSED(errors::kMalformed, "\x16\x03\x01\x02\x01\x01\xfc\x03");
  EXPECT_REFUSED(errors::kBadVersion, "GET / HTTP/1.1\nHost: a\n\n");
  EXPECT_REFUSED(errors::kBadVersion, "GET / HTTP/2.0\r\nHost: a\r\n\r\n");
  EXPECT_REFUSED(errors::kBadVersion, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
  EXPECT_REFUSED(errors::kNoLength, post(""));
}

TEST(RequestParser, KeepAlive) {
  const auto keeps = [](const char* text) {
    RequestParser parser{ParserLimits()};
    EXPECT_TRUE(parser.feed(as_bytes(text)));
    EXPECT_TRUE(parser.done()) << text;
    return parser.keep_alive();
  };
  EXPECT_TRUE(keeps("GET / HTTP/1.1\r\nHost: a\r\n\r\n"));
  EXPECT_FALSE(keeps("GET / HTTP/1.1\r\nHost: a\r\nConnection: x, Close\r\n\r\n"));
  EXPECT_FALSE(keeps("GET / HTTP/1.0\r\n\r\n"));
  EXPECT_TRUE(keeps("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n"));
}

Result<Response> parse_response(std::string_view text, bool ended, bool to_head = false) {
  ResponseParser parser(ParserLimits{1024, 100}, to_head);
  OPW_TRY(const std::size_t used, parser.feed(as_bytes(text)));
  (void)used;
  if (!parser.done() && ended) OPW_TRYV(parser.end());
  if (!parser.done()) return opwire::errors::kEndOfStream;
  return parser.take();
}

TEST(ResponseParser, EachWayToEnd) {
  EXPECT_EQ(parse_response("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nab", false)->body, "ab");
  EXPECT_EQ(parse_response("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n0\r\n\r\n", false)->body,
            "ab");
  EXPECT_EQ(parse_response("HTTP/1.1 200 OK\r\n\r\nab", true)->body, "ab");
  EXPECT_EQ(parse_response("HTTP/1.1 204 No Content\r\n\r\n", false)->status, 204U);
  EXPECT_EQ(parse_response("HTTP/1.1 200 OK\r\nContent-Length: 200000000\r\n\r\n", false, true)->body, "");
}

TEST(ResponseParser, Failures) {
  const auto failure = [](std::string_view text) { return std::string(parse_response(text, true).error().name()); };
  EXPECT_EQ(failure("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nab"), errors::kClosedEarly.name);
  EXPECT_EQ(failure("HTTP/1.1 200"), errors::kClosedEarly.name);
  EXPECT_EQ(failure("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n"), errors::kClosedEarly.name);
  EXPECT_EQ(failure("HTTP/1.1 200 OK\r\nContent-Length: 200000000\r\n\r\n"), errors::kBodyTooLarge.name);
  EXPECT_EQ(failure("HTTP/1.1 200 OK\r\n\r\n" + std::string(101, 'x')), errors::kBodyTooLarge.name);
  EXPECT_EQ(failure("HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n"), errors::kUnknownCoding.name);
  EXPECT_EQ(failure("SSH-2.0-OpenSSH\r\n"), errors::kBadVersion.name);
  EXPECT_EQ(failure("HTTP/1.1 20x OK\r\n\r\n"), errors::kMalformed.name);
}

TEST(Wire, RequestsThatCannotBeWritten) {
  Request request("GET", "/");
  request.headers.add("X", "a\r\nY: b");
  EXPECT_TRUE(encode_request_head(request, "a").error().is(errors::kBadRequest));
  EXPECT_FALSE(encode_request_head(Request("GET", "/a b"), "a"));
  EXPECT_FALSE(encode_request_head(Request("GE T", "/"), "a"));
  EXPECT_EQ(encode_request_head(Request("POST", "/x", "abc"), "a:1").value(),
            "POST /x HTTP/1.1\r\nHost: a:1\r\nContent-Length: 3\r\n\r\n");
}

TEST(Wire, ResponsesThatCannotBeWrittenBecome500) {
  Response response(200, "body", "text/plain");
  response.headers.add("X", "a\nb");
  const std::string head = encode_response_head(response, ResponseTraits());
  EXPECT_TRUE(head.starts_with("HTTP/1.1 500 ")) << head;
  EXPECT_EQ(head.find("a\nb"), std::string::npos);
}

TEST(Wire, Date) {
  EXPECT_EQ(http_date(from_unix_seconds(784111777)), "Sun, 06 Nov 1994 08:49:37 GMT");
}

}  // namespace
}  // namespace opwire::http
