#include "opwire/net/endpoint.hpp"

#include <unordered_set>

#include <gtest/gtest.h>

namespace opwire::net {
namespace {

const ByteArray<4> kLoopback4{127, 0, 0, 1};
const ByteArray<16> kLoopback6{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1};
const ByteArray<16> kMapped{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 127, 0, 0, 1};

TEST(Endpoint, WrittenAsText) {
  EXPECT_EQ(Endpoint(kLoopback4, 9222).to_string(), "127.0.0.1:9222");
  EXPECT_EQ(Endpoint(kLoopback6, 9222).to_string(), "[::1]:9222");
  EXPECT_EQ(Endpoint().to_string(), "0.0.0.0:0");
}

TEST(Endpoint, AMappedAddressIsIPv4) {
  const Endpoint endpoint(kMapped, 1);
  EXPECT_EQ(endpoint, Endpoint(kLoopback4, 1));
  EXPECT_FALSE(endpoint.is_v6);
  EXPECT_TRUE(equal(endpoint.ip(), kLoopback4));
  EXPECT_EQ(Endpoint::parse("[::ffff:127.0.0.1]:1"), endpoint);
}

TEST(Endpoint, FamilyAddressAndPortTellThemApart) {
  ByteArray<16> begins_alike{127, 0, 0, 1};
  const std::unordered_set<Endpoint> all{Endpoint(kLoopback4, 1), Endpoint(kLoopback4, 2), Endpoint(kLoopback6, 1),
                                         Endpoint(begins_alike, 1), Endpoint(kMapped, 1)};
  EXPECT_EQ(all.size(), 4u);
  EXPECT_NE(Endpoint(begins_alike, 1), Endpoint(kLoopback4, 1));
}

TEST(Endpoint, ReadFromText) {
  EXPECT_EQ(Endpoint::parse("127.0.0.1:30303"), Endpoint(kLoopback4, 30303));
  EXPECT_EQ(Endpoint::parse("127.0.0.1:65535"), Endpoint(kLoopback4, 65535));
  EXPECT_EQ(Endpoint::parse("[::1]:30303"), Endpoint(kLoopback6, 30303));
  EXPECT_EQ(Endpoint::parse("[0:0:0:0:0:0:0:1]:0"), Endpoint(kLoopback6, 0));
}

TEST(Endpoint, OtherTextsAreRefused) {
  for (const auto* text : {"",
                           ":",
                           ":1",
                           "1.2.3.4",
                           "1.2.3.4:",
                           "1.2.3.4:65536",
                           "1.2.3.4:-1",
                           "1.2.3.4:+1",
                           "1.2.3.4: 1",
                           "1.2.3.4:1 ",
                           " 1.2.3.4:1",
                           "1.2.3:1",
                           "1.2.3.256:1",
                           "01.2.3.4:1",
                           "[1.2.3.4]:1",
                           "::1:1",
                           "[::1]",
                           "[::1]1",
                           "[::1:1",
                           "::1]:1",
                           "[]:1",
                           "[:1",
                           "]:1",
                           "[fe80::1%lo]:1",
                           "[fe80::1%1]:1",
                           "localhost:1",
                           "[::g]:1",
                           "1.2.3.4:0x1"})
    EXPECT_FALSE(Endpoint::parse(text)) << text;
  EXPECT_FALSE(Endpoint::parse(std::string_view("1.2.3.4\0:1", 10)));
}

TEST(Endpoint, IsReadFromAHostAsPeopleWriteIt) {
  EXPECT_EQ(Endpoint::parse_ip("1.2.3.4", 5)->to_string(), "1.2.3.4:5");
  EXPECT_EQ(Endpoint::parse_ip("::1", 5)->to_string(), "[::1]:5");
  EXPECT_EQ(Endpoint::parse_ip("::ffff:1.2.3.4", 0)->to_string(), "1.2.3.4:0");
  for (const char* text : {"", "name", "[::1]", "1.2.3", "1.2.3.4:5", "::1%lo"})
    EXPECT_FALSE(Endpoint::parse_ip(text, 5)) << text;
  EXPECT_TRUE(Endpoint::parse_ip("::", 5)->is_unspecified());
  EXPECT_FALSE(Endpoint::parse_ip("0.0.0.1", 5)->is_unspecified());
}

}  // namespace
}  // namespace opwire::net
