#include "opwire/opstack/reputation/ip.hpp"

#include <gtest/gtest.h>

#include "opwire/opstack/reputation/errors.hpp"

namespace opwire::opstack::reputation {
namespace {

Ip ip(std::string_view text) {
  return Ip::parse_text(text).value();
}

TEST(Ip, AMappedAddressIsTheOneInside) {
  EXPECT_EQ(ip("::ffff:192.0.2.1"), ip("192.0.2.1"));
  EXPECT_EQ(ip("::ffff:192.0.2.1").to_string(), "192.0.2.1");
  const Multiaddr mapped = Multiaddr::parse_text("/ip6/::ffff:192.0.2.1/tcp/9222").value();
  EXPECT_EQ(Ip::of(mapped), ip("192.0.2.1"));
  EXPECT_EQ(std::hash<Ip>{}(*Ip::of(mapped)), std::hash<Ip>{}(ip("192.0.2.1")));
}

TEST(Ip, AreInOrder) {
  EXPECT_LT(ip("9.0.0.0"), ip("10.0.0.0"));
  EXPECT_LT(ip("255.0.0.0"), ip("2001:db8::"));
}

TEST(Ip, WhatIsNoAddressIsRefused) {
  EXPECT_EQ(Ip::from(Bytes(5)).error().name(), errors::kNoIp.name);
  EXPECT_FALSE(Ip::parse_text("10.0.0.0/8"));
  EXPECT_FALSE(Ip::parse_text(""));
  EXPECT_FALSE(Ip::of(Multiaddr::parse_text("/dns4/example.org/tcp/1").value()));
  EXPECT_EQ(ip("2001:db8::1").to_string(), "2001:db8::1");
}

}  // namespace
}  // namespace opwire::opstack::reputation
