#include "opwire/codec/hex.hpp"

#include <gtest/gtest.h>

#include "opwire/codec/errors.hpp"

namespace opwire::codec {
namespace {

TEST(Hex, WritesLowerCase) {
  EXPECT_EQ(to_hex(Bytes{0x00, 0x1f, 0xab, 0xff}), "001fabff");
  EXPECT_EQ(to_hex0x(Bytes{0x0a}), "0x0a");
  EXPECT_EQ(to_hex({}), "");
  EXPECT_EQ(to_hex0x({}), "0x");
}

TEST(Hex, ReadsEitherCaseWithAndWithoutPrefix) {
  const Bytes expected{0x00, 0x1f, 0xab, 0xff};
  for (const char* text : {"001fabff", "001FABFF", "0x001fabff", "0X001FaBfF"}) {
    EXPECT_EQ(from_hex(text).value(), expected) << text;
  }
  EXPECT_TRUE(from_hex("").value().empty());
  EXPECT_TRUE(from_hex("0x").value().empty());
}

TEST(Hex, EveryByteComesBack) {
  for (unsigned value = 0; value < 256; ++value) {
    const Bytes bytes{static_cast<std::uint8_t>(value)};
    EXPECT_EQ(from_hex(to_hex(bytes)).value(), bytes);
  }
}

TEST(Hex, RefusesOddLengthAndOtherCharacters) {
  for (const char* text : {"0", "0x0", "0g", "g0", "0x 1", "-1", "0x0x", "\xff\xff", "00 "}) {
    EXPECT_EQ(from_hex(text).error(), errors::kBadHex) << text;
  }
}

TEST(Hex, EveryCharacterThatIsNoDigitIsRefusedInBothPlaces) {
  for (int c = 0; c < 256; ++c) {
    if (std::isxdigit(c)) continue;
    const char other = static_cast<char>(c);
    EXPECT_FALSE(from_hex(std::string("1") + other)) << c;
    EXPECT_FALSE(from_hex(std::string("f") + other + "00")) << c;
    EXPECT_FALSE(from_hex(std::string(1, other) + "f")) << c;
  }
}

TEST(Hex, FixedLengthMustFitExactly) {
  const std::string address = "0x9965507d1a55bcc2695c58ba16fb37d819b0a4dc";
  EXPECT_EQ(to_hex0x(from_hex_as<Address>(address).value().view()), address);
  EXPECT_EQ(from_hex_as<Address>(address + "00").error(), errors::kBadHex);
  EXPECT_EQ(from_hex_as<Address>("0x").error(), errors::kBadHex);
  EXPECT_EQ(from_hex_as<Hash256>(address).error(), errors::kBadHex);
}

// The examples of EIP-55.
TEST(Hex, ChecksumForm) {
  for (const char* text :
       {"0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed", "0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359",
        "0xdbF03B407c01E7cD3CBea99509d93f8DDDC8C6FB", "0xD1220A0cf47c7B9Be7A2E6BA89F429762e7b9aDb",
        "0x52908400098527886E0F7030069857D2E4169EE7", "0xde709f2102306220921060314715629080e2fb77"}) {
    EXPECT_EQ(to_checksum_hex(from_hex_as<Address>(text).value()), text);
  }
}

}  // namespace
}  // namespace opwire::codec
