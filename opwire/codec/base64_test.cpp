#include "opwire/codec/base64.hpp"

#include <gtest/gtest.h>

#include "opwire/base/rng.hpp"
#include "opwire/codec/errors.hpp"

namespace opwire::codec {
namespace {

// RFC 4648, section 10.
TEST(Base64, Rfc4648) {
  const std::pair<const char*, const char*> cases[] = {{"", ""},
                                                       {"f", "Zg=="},
                                                       {"fo", "Zm8="},
                                                       {"foo", "Zm9v"},
                                                       {"foob", "Zm9vYg=="},
                                                       {"fooba", "Zm9vYmE="},
                                                       {"foobar", "Zm9vYmFy"}};
  for (const auto& [plain, encoded] : cases) {
    EXPECT_EQ(to_base64(as_bytes(plain)), encoded);
    EXPECT_EQ(as_text(from_base64(encoded).value()), plain);
  }
}

TEST(Base64, EveryLengthComesBack) {
  SeededRng rng(7);
  for (std::size_t size = 0; size < 100; ++size) {
    Bytes bytes(size);
    rng.fill(bytes);
    EXPECT_EQ(from_base64(to_base64(bytes)).value(), bytes);
  }
}

TEST(Base64, RefusesWhatIsNotBase64) {
  for (const char* text : {"A", "AA", "AAA", "A===", "====", "AA=A", "=AAA", "AAAA====", "AA==AAAA", "AA-_", "AA A",
                           "AAAA\n", "\xff\xff\xff\xff"}) {
    EXPECT_EQ(from_base64(text).error(), errors::kBadBase64) << text;
  }
}

}  // namespace
}  // namespace opwire::codec
