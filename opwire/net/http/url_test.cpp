#include "opwire/net/http/url.hpp"

#include <gtest/gtest.h>

#include "opwire/net/http/errors.hpp"

namespace opwire::http {
namespace {

TEST(Url, EachScheme) {
  struct Case {
    const char* text;
    Url::Scheme scheme;
    std::uint16_t port;
    bool tls;
  };
  for (const Case& one :
       {Case{"http://a", Url::Scheme::kHttp, 80, false}, Case{"https://a", Url::Scheme::kHttps, 443, true},
        Case{"ws://a", Url::Scheme::kWs, 80, false}, Case{"wss://a", Url::Scheme::kWss, 443, true},
        Case{"HTTP://a:8551", Url::Scheme::kHttp, 8551, false}}) {
    const auto url = parse_url(one.text);
    ASSERT_TRUE(url) << one.text;
    EXPECT_EQ(url->scheme, one.scheme);
    EXPECT_EQ(url->port, one.port);
    EXPECT_EQ(url->is_tls(), one.tls);
    EXPECT_EQ(url->target, "/");
  }
}

TEST(Url, AllParts) {
  const auto url = parse_url("http://user:pa%40ss@Node-1.Example:8545/v1/rpc?key=a/b#part");
  ASSERT_TRUE(url);
  EXPECT_EQ(url->user_info, "user:pa%40ss");
  EXPECT_EQ(url->host, "node-1.example");
  EXPECT_EQ(url->authority(), "node-1.example:8545");
  EXPECT_EQ(url->target, "/v1/rpc?key=a/b");
  EXPECT_EQ(url->to_string(), "http://node-1.example:8545/v1/rpc?key=a/b");
}

TEST(Url, Ipv6) {
  const auto url = parse_url("ws://[::1]:8546?x");
  ASSERT_TRUE(url);
  EXPECT_EQ(url->host, "::1");
  EXPECT_EQ(url->authority(), "[::1]:8546");
  EXPECT_EQ(url->target, "/?x");
  EXPECT_EQ(parse_url("http://[2001:db8::1]")->authority(), "[2001:db8::1]");
}

TEST(Url, WhatIsNone) {
  for (const char* text : {"",
                           "http",
                           "http:",
                           "http://",
                           "http:///x",
                           "ftp://a",
                           "://a",
                           "a:80",
                           "http://a:0",
                           "http://a:65536",
                           "http://a:x",
                           "http://a:-1",
                           "http://[::1",
                           "http://[1.2.3.4]",
                           "http://[::1]x",
                           "http://[fe80::1%25eth0]",
                           "http://::1",
                           "http://a b",
                           "http://a\r\n",
                           "http://a/\x01",
                           "http://a%2f",
                           "http://user@",
                           "http://\xc3\xa4"}) {
    const auto url = parse_url(text);
    EXPECT_FALSE(url) << text;
    if (!url) EXPECT_TRUE(url.error().is(errors::kBadUrl));
  }
  EXPECT_FALSE(parse_url("http://a/" + std::string(2048, 'x')));
}

}  // namespace
}  // namespace opwire::http
