#include "opwire/p2p/transport/address_resolver.hpp"

#include <gtest/gtest.h>

#include "opwire/net/errors.hpp"
#include "opwire/runtime/simulated_loop.hpp"

namespace opwire::transport {
namespace {

Multiaddr address(std::string_view text) {
  return Multiaddr::parse_text(text).value();
}

const char* const kOne = "16Uiu2HAm6bxqpf3BKgGKgPMXz9ASpRKyZiBDfJjNXmXmPZjgZ7W1";

class AddressResolver : public testing::Test {
 protected:
  AddressResolver() {
    const ByteArray<4> v4{1, 2, 3, 4};
    ByteArray<16> v6{};
    v6[0] = 0x26;
    resolver.add_address("node.example", v4);
    resolver.add_address("node.example", v6);
    resolver.add_address("only4.example", v4);
  }
  std::vector<std::string> resolve(std::string_view text) {
    const auto found = loop.run(resolve_address(resolver, address(text), loop.now()));
    std::vector<std::string> texts;
    if (!found) return {found.error().name().data()};
    for (const Multiaddr& one : *found) texts.push_back(one.to_string());
    return texts;
  }
  using Texts = std::vector<std::string>;

  SimulatedLoop loop;
  net::StaticResolver resolver;
};

TEST_F(AddressResolver, AddressesWithoutANameStay) {
  EXPECT_FALSE(has_name(address("/ip4/1.2.3.4/tcp/1")));
  EXPECT_EQ(resolve("/ip4/1.2.3.4/tcp/1"), Texts{"/ip4/1.2.3.4/tcp/1"});
}

TEST_F(AddressResolver, NamesOfEitherFamilyOrBoth) {
  EXPECT_TRUE(has_name(address("/dns4/node.example/tcp/1")));
  EXPECT_EQ(resolve("/dns4/node.example/tcp/1"), Texts{"/ip4/1.2.3.4/tcp/1"});
  EXPECT_EQ(resolve("/dns6/node.example/tcp/1"), Texts{"/ip6/2600::/tcp/1"});
  EXPECT_EQ(resolve("/dns/node.example/tcp/1"), (Texts{"/ip6/2600::/tcp/1", "/ip4/1.2.3.4/tcp/1"}));
  EXPECT_EQ(resolve("/dns/only4.example/tcp/1"), Texts{"/ip4/1.2.3.4/tcp/1"});
  EXPECT_EQ(resolve("/dns6/only4.example/tcp/1"), Texts{"net.resolve"});
  EXPECT_EQ(resolve("/dns4/nowhere.example/tcp/1"), Texts{"net.resolve"});
}

TEST_F(AddressResolver, DnsaddrLeadsToWhatEndsTheSame) {
  const std::string peer = std::string("/p2p/") + kOne;
  resolver.add_text("_dnsaddr.boot.example", "dnsaddr=/ip4/5.6.7.8/tcp/1" + peer);
  resolver.add_text("_dnsaddr.boot.example", "dnsaddr=/dns4/node.example/tcp/2" + peer);
  resolver.add_text("_dnsaddr.boot.example", "dnsaddr=/ip4/5.6.7.8/tcp/3");
  resolver.add_text("_dnsaddr.boot.example", "dnsaddr=nonsense");
  resolver.add_text("_dnsaddr.boot.example", "v=spf1");
  Texts found = resolve("/dnsaddr/boot.example" + peer);
  std::sort(found.begin(), found.end());
  EXPECT_EQ(found, (Texts{"/ip4/1.2.3.4/tcp/2" + peer, "/ip4/5.6.7.8/tcp/1" + peer}));
  EXPECT_EQ(resolve("/dnsaddr/boot.example").size(), 3u);
}

TEST_F(AddressResolver, LoopsAndFloodsAreBounded) {
  resolver.add_text("_dnsaddr.loop.example", "dnsaddr=/dnsaddr/loop.example");
  EXPECT_EQ(resolve("/dnsaddr/loop.example"), Texts{"net.resolve"});
  for (int i = 0; i < 300; ++i) {
    resolver.add_text("_dnsaddr.many.example", "dnsaddr=/ip4/5.6.7.8/tcp/" + std::to_string(i + 1));
  }
  EXPECT_EQ(resolve("/dnsaddr/many.example").size(), 100u);
}

}  // namespace
}  // namespace opwire::transport
