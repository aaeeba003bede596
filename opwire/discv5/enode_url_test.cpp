#include "opwire/discv5/enode_url.hpp"

#include <gtest/gtest.h>

#include "opwire/codec/hex.hpp"
#include "opwire/discv5/errors.hpp"
#include "opwire/discv5/vectors_for_test.hpp"

namespace opwire::discv5 {
namespace {

const std::string kNode =
    "enode://"
    "d25ce99435982b04d60c4b41ba256b84b888626db7bee45a9419382300fbe907359ae5ef250346785bff8d3b9d07cd3e017a27e2ee3c"
    "fda3bcbb0ba762ac9674@";

std::string host_of(const std::string& address) {
  const auto url = EnodeUrl::parse(kNode + address);
  if (!url) return url.error().message();
  return url->host + " " + std::to_string(url->tcp) + " " + std::to_string(url->udp);
}

TEST(EnodeUrl, AllOfTheOpStacksAreRead) {
  const boost::json::object file = test::load("opstack/bootnodes_all.json");
  unsigned count = 0;
  for (const auto& [text, sources] : file.at("enodes").as_object()) {
    const auto url = EnodeUrl::parse(text);
    if (text.find("//0000") != std::string_view::npos) {
      EXPECT_FALSE(url) << "a placeholder, whose key is no point";
      continue;
    }
    ASSERT_TRUE(url) << text;
    const bool bare_ip6 = text.find("@::") != std::string_view::npos;
    if (!bare_ip6) EXPECT_EQ(url->to_text(), text);
    EXPECT_EQ(EnodeUrl::parse(url->to_text()).value().id(), url->id());
    ++count;
  }
  EXPECT_EQ(count, 46u);
}

TEST(EnodeUrl, TheIdIsThatOfTheRecord) {
  const boost::json::object example = test::load("enr-eip778.json");
  const NodeRecord record = NodeRecord::parse_text(test::text_at(example, "text")).value();
  const EnodeUrl url = EnodeUrl::of(record).value();
  EXPECT_EQ(EnodeUrl::parse(url.to_text()).value().id(), record.id());
  EXPECT_TRUE(equal(EnodeUrl::parse(url.to_text()).value().public_key(), record.public_key()));
  EXPECT_EQ(url.to_text().substr(136), "@127.0.0.1:0?discport=30303");
}

TEST(EnodeUrl, ARecordOfAnAddressOfEitherKindOrOfNone) {
  const ByteView key = as_bytes("a private key of thirty-two byte");
  const Bytes ip6{0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1};
  const NodeRecord record = NodeRecordDraft().set("ip6", ip6).set("udp6", std::uint64_t{9}).sign(key, 1).value();
  EXPECT_EQ(EnodeUrl::of(record).value().to_text().substr(136), "@[2001:db8::1]:0?discport=9");
  EXPECT_FALSE(EnodeUrl::of(NodeRecordDraft().sign(key, 1).value()));
}

TEST(EnodeUrl, HostsAndPorts) {
  EXPECT_EQ(host_of("35.197.61.230:30305"), "35.197.61.230 30305 30305");
  EXPECT_EQ(host_of("bootnode.conduit.xyz:0?discport=30301"), "bootnode.conduit.xyz 0 30301");
  EXPECT_EQ(host_of("[2001:db8::1]:9222?discport=9223"), "2001:db8::1 9222 9223");
  EXPECT_EQ(host_of("::ffff:35.197.61.230:0?discport=30301"), "::ffff:35.197.61.230 0 30301");
  EXPECT_EQ(host_of("10.0.0.1:1?a=b&discport=2&c"), "10.0.0.1 1 2") << "what we do not know is passed over";
  EXPECT_EQ(EnodeUrl::parse(kNode + "[::1]:5").value().to_text(), kNode + "[::1]:5");
}

TEST(EnodeUrl, WhatIsWrongIsNamed) {
  for (const char* address : {"", "10.0.0.1", ":1", "10.0.0.1:", "10.0.0.1:65536", "10.0.0.1:-1",
                              "10.0.0.1:1?discport=x", "a b:1", "[10.0.0.1]:1", "[::1:1", "::1]:1"}) {
    const auto url = EnodeUrl::parse(kNode + address);
    ASSERT_FALSE(url) << address;
    EXPECT_TRUE(url.error().is(errors::kBadEnode)) << address;
  }
  EXPECT_TRUE(EnodeUrl::parse("enr:-IS4").error().is(errors::kBadEnode));
  EXPECT_TRUE(EnodeUrl::parse("enode://" + std::string(128, '0') + "@10.0.0.1:1").error().is(errors::kBadEnode));
  EXPECT_TRUE(EnodeUrl::parse("enode://" + std::string(126, '1') + "@10.0.0.1:1").error().is(errors::kBadEnode));
  EXPECT_TRUE(EnodeUrl::parse("enode://" + std::string(128, 'x') + "@10.0.0.1:1").error().is(errors::kBadEnode));
  EXPECT_TRUE(EnodeUrl::parse(kNode + std::string(300, 'a') + ":1").error().is(errors::kBadEnode));
}

}  // namespace
}  // namespace opwire::discv5
