#include "opwire/rpc/access.hpp"

#include <gtest/gtest.h>

namespace opwire::rpc {
namespace {

http::Request request(const char* name, const std::string& value) {
  http::Request request("POST", "/");
  if (name != nullptr) request.headers.add(name, value);
  return request;
}

TEST(Access, KnowsItsHosts) {
  AccessOptions options;
  for (const char* host : {"localhost", "localhost:9545", "LocalHost", "127.0.0.1", "10.0.0.1:9545", "[::1]:9545",
                           "[2001:db8::1]", "::1", ""}) {
    EXPECT_TRUE(is_known_host(options, request("Host", host))) << host;
  }
  EXPECT_TRUE(is_known_host(options, request(nullptr, "")));
  for (const char* host :
       {"evil.example", "localhost.evil.example:9545", "127.0.0.1.evil.example", "[", "[::1", ":1:2"}) {
    EXPECT_EQ(is_known_host(options, request("Host", host)), std::string_view(host) == "[::1") << host;
  }
  options.vhosts = {"node.example"};
  EXPECT_TRUE(is_known_host(options, request("Host", "node.example:80")));
  EXPECT_FALSE(is_known_host(options, request("Host", "localhost")));
  options.vhosts = {"*"};
  EXPECT_TRUE(is_known_host(options, request("Host", "evil.example")));
}

TEST(Access, PagesMayAskOnlyWhereTheyAreNamed) {
  AccessOptions options;
  EXPECT_TRUE(is_known_origin(options, request(nullptr, "")));
  const http::Request page = request("Origin", "https://page.example");
  EXPECT_FALSE(is_known_origin(options, page));
  http::Response answer(200);
  allow_origin(options, page, answer);
  EXPECT_TRUE(answer.headers.empty());
  options.cors = {"https://page.example"};
  EXPECT_TRUE(is_known_origin(options, page));
  allow_origin(options, page, answer);
  EXPECT_EQ(*answer.headers.find("Access-Control-Allow-Origin"), "https://page.example");
  EXPECT_EQ(*answer.headers.find("Vary"), "Origin");
  EXPECT_FALSE(is_known_origin(options, request("Origin", "https://other.example")));
}

TEST(Access, AnswersWhetherAPageMayAsk) {
  http::Request question = request("Origin", "https://page.example");
  question.method = "OPTIONS";
  EXPECT_FALSE(is_preflight(question));
  question.headers.add("Access-Control-Request-Method", "POST");
  question.headers.add("Access-Control-Request-Headers", "content-type");
  EXPECT_TRUE(is_preflight(question));
  AccessOptions options;
  EXPECT_FALSE(answer_preflight(options, question).headers.contains("Access-Control-Allow-Methods"));
  options.cors = {"*"};
  const http::Response answer = answer_preflight(options, question);
  EXPECT_EQ(answer.status, 204u);
  EXPECT_EQ(*answer.headers.find("Access-Control-Allow-Origin"), "https://page.example");
  EXPECT_EQ(*answer.headers.find("Access-Control-Allow-Headers"), "content-type");
}

}  // namespace
}  // namespace opwire::rpc
