// Multiaddrs in text and binary: what is accepted, how it is shown, what is refused.
#include <gtest/gtest.h>

#include "opwire/multiformats/errors.hpp"
#include "opwire/multiformats/multiaddr.hpp"
#include "opwire/multiformats/multibase.hpp"
#include "opwire/multiformats/vectors_for_test.hpp"

namespace opwire {
namespace {

using multiformats::unhex;
using multiformats::errors::kBadMultiaddr;
using multiformats::errors::kUnknownProtocol;

const std::string kId = "QmaeANgBs1DTSxWSrPPtobgQuxW8XTfsS4ydbK4rCHzqxG";
const std::string kIdHex = "1220b6c8a8c0a3105fc27afca4fb1173791f038e4343fd56b7c67b616dbc30a04ccd";

void expect_text_refused(const std::string& text, const ErrorKind& kind = kBadMultiaddr) {
  const auto address = Multiaddr::parse_text(text);
  ASSERT_FALSE(address) << text;
  EXPECT_TRUE(address.error().is(kind)) << text << ": " << address.error().message();
}

void expect_binary_refused(const std::string& hex, const ErrorKind& kind = kBadMultiaddr) {
  const auto address = Multiaddr::parse(unhex(hex));
  ASSERT_FALSE(address) << hex;
  EXPECT_TRUE(address.error().is(kind)) << hex << ": " << address.error().message();
}

struct Pair {
  std::string text;
  std::string hex;
};

// Both ways: the text is the canonical one.
const Pair kPairs[] = {
    {"/ip4/1.2.3.4", "0401020304"},
    {"/ip4/0.0.0.0/tcp/0", "0400000000060000"},
    {"/ip4/127.0.0.1/tcp/65535", "047f00000106ffff"},
    {"/ip4/127.0.0.1/udp/1234", "047f000001910204d2"},
    {"/ip4/10.0.0.0/ipcidr/24", "040a0000002b18"},
    {"/ip6/2601:9:4f81:9700:803e:ca65:66e8:c21", "29260100094f819700803eca6566e80c21"},
    {"/ip6/::", "2900000000000000000000000000000000"},
    {"/ip6zone/eth0/ip6/fe80::1/tcp/80",
     "2a0465746830"
     "29fe800000000000000000000000000001"
     "060050"},
    {"/ip6/::ffff:1.2.3.4/tcp/80", "2900000000000000000000ffff01020304060050"},
    {"/dns/example.org/tcp/443", "350b6578616d706c652e6f72670601bb"},
    {"/dns4/a.b", "3603612e62"},
    {"/dns6/a.b", "3703612e62"},
    {"/dnsaddr/_x.a-b", "38065f782e612d62"},
    {"/p2p/" + kId, "a50322" + kIdHex},
    {"/p2p/" + kId + "/p2p-circuit", "a50322" + kIdHex + "a202"},
    {"/ip4/1.2.3.4/tcp/80/ws", "0401020304060050dd03"},
    {"/ip4/1.2.3.4/tcp/80/wss", "0401020304060050de03"},
    {"/ip4/1.2.3.4/tcp/80/tls/ws", "0401020304060050c003dd03"},
    {"/ip4/1.2.3.4/tcp/80/tls/sni/*.libp2p.direct/ws",
     "0401020304060050c003"
     "c1030f2a2e6c69627032702e646972656374"
     "dd03"},
    {"/ip4/1.2.3.4/tcp/80/http", "0401020304060050e003"},
    {"/ip4/1.2.3.4/tcp/80/https", "0401020304060050bb03"},
    {"/ip4/1.2.3.4/tcp/80/noise", "0401020304060050c603"},
    {"/ip4/1.2.3.4/udp/80/quic", "040102030491020050cc03"},
    {"/ip4/1.2.3.4/udp/80/quic-v1", "040102030491020050cd03"},
    {"/ip4/1.2.3.4/udp/80/webrtc-direct", "0401020304910200509802"},
    {"/webrtc", "9902"},
    {"/memory/18446744073709551615", "8906ffffffffffffffff"},
    {"/tcp/80/ip4/1.2.3.4", "0600500401020304"},  // any order: what it means is for a transport to say
    {"/ip4/1.2.3.4/tcp/80/p2p/12D3KooWBtg3aaRMjxwedh83aGiUkwSxDwUZkzuJcfaqUmo7R3pq",
     "0401020304060050a5032600240801122"
     "01ed1e8fae2c4a144b8be8fd4b47bf3d3b34b871c3cacf6010f0e42d474fce27e"},
};

TEST(MultiaddrText, TextAndBinary) {
  for (const auto& [text, hex] : kPairs) {
    const auto from_text = Multiaddr::parse_text(text);
    ASSERT_TRUE(from_text) << text << ": " << from_text.error().message();
    EXPECT_EQ(codec::to_hex(from_text->bytes()), hex) << text;
    EXPECT_EQ(from_text->to_string(), text);
    const auto from_binary = Multiaddr::parse(unhex(hex));
    ASSERT_TRUE(from_binary) << text;
    EXPECT_EQ(*from_binary, *from_text);
  }
}

TEST(MultiaddrText, Webtransport) {
  const std::string hash = "uEiAkH5a4DPGKUuOBjYw0CgwjvcJCJMD2K_1aluKR_tpevQ";
  const std::string text = "/ip4/1.2.3.4/udp/80/quic-v1/webtransport/certhash/" + hash + "/certhash/" + hash;
  const auto address = Multiaddr::parse_text(text);
  ASSERT_TRUE(address);
  EXPECT_EQ(address->to_string(), text);
  EXPECT_EQ(address->value(Protocol::kCerthash)->size(), 34U);
}

TEST(MultiaddrText, OtherSpellingsAreMadeCanonical) {
  const std::string cid = "b" + multiformats::to_base32(unhex("0172" + kIdHex));
  const Pair spellings[] = {
      {"/ipfs/" + kId, "/p2p/" + kId},
      {"/p2p/" + cid, "/p2p/" + kId},
      {"/ipfs/" + cid, "/p2p/" + kId},
      {"/ip6/2001:0DB8:0:0::0001", "/ip6/2001:db8::1"},
      {"/ip6/::ffff:0102:0304", "/ip6/::ffff:1.2.3.4"},
      {"/certhash/f1220" + std::string(64, '0'), "/certhash/uEiAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"},
  };
  for (const auto& [spelling, canonical] : spellings) {
    const auto address = Multiaddr::parse_text(spelling);
    ASSERT_TRUE(address) << spelling;
    EXPECT_EQ(address->to_string(), canonical);
  }
}

TEST(MultiaddrText, RefusesBadText) {
  for (const auto* text : {"",
                           "/",
                           "//",
                           "///",
                           "ip4/1.2.3.4",
                           " /ip4/1.2.3.4",
                           "x/ip4/1.2.3.4",
                           "/ip4",
                           "/ip4/",
                           "/ip4//tcp/1",
                           "//ip4/1.2.3.4",
                           "/ip4/1.2.3.4//tcp/80",
                           "/ip4/::1",
                           "/ip4/1.2.3",
                           "/ip4/1.2.3.4.5",
                           "/ip4/256.1.1.1",
                           "/ip4/1.2.3.4 ",
                           "/ip4/fdpsofodsajfdoisa",
                           "/ip6/1.2.3.4",
                           "/ip6/:::",
                           "/ip6/fe80::1%eth0",
                           "/ip6/[::1]",
                           "/tcp",
                           "/tcp/",
                           "/tcp/65536",
                           "/tcp/-1",
                           "/tcp/+1",
                           "/tcp/0x50",
                           "/tcp/080",
                           "/tcp/8 0",
                           "/tcp/http",
                           "/tcp/99999999999999999999",
                           "/udp/65536",
                           "/ip4/1.2.3.4/tcp",
                           "/ip4/1.2.3.4/tcp/jj",
                           "/dns",
                           "/dns4/",
                           "/dns4//tcp/1",
                           "/dns4/a b",
                           "/dns4/a\tb",
                           "/dns4/a\nb",
                           "/dns4/\xc3\xa9",
                           "/dns4/a\x7f",
                           "/ip6zone",
                           "/ip6zone//ip6/::1",
                           "/p2p",
                           "/p2p/",
                           "/p2p/hello",
                           "/p2p/QmaeANgBs1DTSxWSrPPtobgQuxW8XTfsS4ydbK4rCHzqx",
                           "/ipfs",
                           "/ipfs/tcp",
                           "/p2p/p2p-circuit",
                           "/certhash",
                           "/certhash/u",
                           "/certhash/uEg",
                           "/certhash/uEiAAAA",
                           "/certhash/hello",
                           "/certhash/EiAA",
                           "/memory/-1",
                           "/memory/18446744073709551616",
                           "/memory/a",
                           "/ipcidr/256",
                           "/ip4/1.2.3.4/ipcidr"})
    expect_text_refused(text);
}

TEST(MultiaddrText, RefusesUnknownProtocols) {
  for (const auto* text :
       {"/hello", "/IP4/1.2.3.4", "/ip4/1.2.3.4/80", "/ip4/1.2.3.4/tcp/80/x", "/ws/x", "/p2p-circuit/a", "/unix/tmp/x",
        "/onion3/x:80", "/sctp/80", "/http-path/x", "/tcp /80", "/ip4 /1.2.3.4", "/ip4/1.2.3.4/tcp/80\n/ws"})
    EXPECT_FALSE(Multiaddr::parse_text(text)) << text;
  expect_text_refused("/hello/x", kUnknownProtocol);
  expect_text_refused("/ip4/1.2.3.4/sctp/80", kUnknownProtocol);
}

TEST(MultiaddrText, RefusesTextWithNulBytes) {
  expect_text_refused(std::string("/dns4/a\0b", 9));
  expect_text_refused(std::string("/tcp/80\0", 8));
}

TEST(MultiaddrText, RefusesBadBinary) {
  for (const auto* hex : {"",
                          "80",
                          "8400",
                          "04",
                          "04010203",
                          "0600",
                          "04010203040600",
                          "9102",
                          "91020050ff",
                          "29"
                          "00000000000000",
                          "3500",
                          "3505612e62",
                          "3501"
                          "2f",
                          "3501"
                          "20",
                          "3501"
                          "ff",
                          "3501"
                          "00",
                          "3580",
                          "358000",
                          "a503",
                          "a50300",
                          "a50301aa",
                          "a5030401020304",
                          "a503ffffffffffffffff7f",
                          "a503ffffffffffffffffff01",
                          "2a00",
                          "d203",
                          "d20300",
                          "d203021200",
                          "d203031205aa",
                          "8906ff",
                          "c10300",
                          "8080808080808080808001"})
    EXPECT_FALSE(Multiaddr::parse(unhex(hex))) << hex;
  expect_binary_refused("a50321" + kIdHex.substr(0, 66));  // a digest one byte short
  expect_binary_refused(
      "a50322"
      "11" +
      kIdHex.substr(2));                                    // of another function
  expect_binary_refused("8400" + std::string("01020304"));  // the code's varint is not minimal
  expect_binary_refused(
      "3583"
      "00"
      "612e62");  // so is the length's
}

TEST(MultiaddrText, RefusesUnknownCodes) {
  expect_binary_refused("900300", kUnknownProtocol);  // unix
  expect_binary_refused("ff01", kUnknownProtocol);
  expect_binary_refused(
      "0401020304"
      "21"
      "0050",
      kUnknownProtocol);                                  // dccp
  expect_binary_refused("8480808010", kUnknownProtocol);  // 2^32 + 4 is not ip4
}

TEST(MultiaddrText, Limits) {
  std::string text;
  for (std::size_t i = 0; i < Multiaddr::kMaxComponents; ++i) text += "/p2p-circuit";
  const auto most = Multiaddr::parse_text(text);
  ASSERT_TRUE(most);
  EXPECT_TRUE(Multiaddr::parse(most->bytes()));
  expect_text_refused(text + "/ws");
  EXPECT_FALSE(Multiaddr::parse(most->with(Protocol::kWs).bytes()));

  const std::string name(251, 'a');  // with code and length prefix: 254 bytes
  text = "/dns/" + name + "/dns/" + name + "/dns/" + name + "/dns/" + name;
  EXPECT_EQ(Multiaddr::parse_text(text + "/ip4/1.2.3.4/tcp/1").value().bytes().size(), Multiaddr::kMaxSize);
  expect_text_refused(text + "/ip4/1.2.3.4/tcp/1/ws");
  EXPECT_FALSE(
      Multiaddr::parse(Multiaddr::parse_text(text + "/ip4/1.2.3.4/tcp/1").value().with(Protocol::kWs).bytes()));
  expect_text_refused("/dns/" + std::string(256, 'a'));
  expect_text_refused("/dns/" + std::string(1 << 20, 'a'));
}

// Operators' flags have them, and go-multiaddr takes them.
TEST(MultiaddrText, TrailingSlashesAreDropped) {
  for (const std::string_view text : {"/ip4/1.2.3.4/tcp/80/", "/ip4/1.2.3.4/tcp/80//"}) {
    EXPECT_EQ(Multiaddr::parse_text(text).value().to_string(), "/ip4/1.2.3.4/tcp/80");
  }
}

}  // namespace
}  // namespace opwire
