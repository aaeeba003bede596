#include "opwire/rpc/call_text.hpp"

#include <gtest/gtest.h>

namespace opwire::rpc {
namespace {

TEST(CallText, WritesACall) {
  EXPECT_EQ(to_call_text(7, "eth_chainId", "[]"), R"({"jsonrpc":"2.0","id":7,"method":"eth_chainId","params":[]})");
}

TEST(CallText, ReadsAResult) {
  const auto answer = parse_answer(R"({"jsonrpc":"2.0","id":7,"result":"0xa"})");
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->id, 7U);
  EXPECT_FALSE(answer->reply.failure);
  EXPECT_EQ(answer->reply.result, boost::json::value("0xa"));
}

TEST(CallText, ANullResultIsAResult) {
  const auto answer = parse_answer(R"({"jsonrpc":"2.0","id":7,"result":null})");
  ASSERT_TRUE(answer);
  EXPECT_FALSE(answer->reply.failure);
  EXPECT_TRUE(answer->reply.result.is_null());
}

TEST(CallText, ReadsAnErrorAndBoundsItsText) {
  const std::string text = R"({"jsonrpc":"2.0","id":null,"error":{"code":-38002,"message":")" + std::string(5000, 'x') +
                           R"(","data":{"err":"why"}}})";
  const auto answer = parse_answer(text);
  ASSERT_TRUE(answer);
  EXPECT_FALSE(answer->id);
  ASSERT_TRUE(answer->reply.failure);
  EXPECT_EQ(answer->reply.failure->code, -38002);
  EXPECT_EQ(answer->reply.failure->message.size(), kMaxFailureText);
  EXPECT_EQ(answer->reply.failure->data.at("err"), boost::json::value("why"));
}

TEST(CallText, RefusesWhatIsNoAnswer) {
  for (const std::string& text : {std::string(), std::string("<html>"), std::string("[]"),
                                  std::string(R"({"jsonrpc":"2.0","id":1})"), std::string(R"({"id":1,"error":"text"})"),
                                  R"({"id":1,"result":)" + std::string(100, '[') + std::string(100, ']') + "}"}) {
    const auto answer = parse_answer(text);
    ASSERT_FALSE(answer) << text;
    EXPECT_TRUE(answer.error().is(errors::kNotAnswer));
  }
}

TEST(CallText, ServerMessagesAreAnswersOrNotifications) {
  const auto answer = parse_server_message(R"({"jsonrpc":"2.0","id":7,"result":"0xa"})");
  ASSERT_TRUE(answer);
  EXPECT_EQ(std::get<Answer>(*answer).id, 7U);
  const auto item = parse_server_message(
      R"({"jsonrpc":"2.0","method":"eth_subscription","params":{"subscription":"0x9c","result":{"number":"0x1"}}})");
  ASSERT_TRUE(item);
  EXPECT_EQ(std::get<Notification>(*item).subscription, "0x9c");
  EXPECT_EQ(std::get<Notification>(*item).result.at("number"), boost::json::value("0x1"));
  for (const char* text :
       {R"({"method":"eth_subscription"})", R"({"method":"x","params":[]})", R"({"method":"x","params":{"result":1}})",
        R"({"method":"x","params":{"subscription":1,"result":1}})",
        R"({"method":"x","params":{"subscription":"1"}})"}) {
    EXPECT_FALSE(parse_server_message(text)) << text;
  }
}

}  // namespace
}  // namespace opwire::rpc
