// Any text as the file of the secret and as a token: what is taken is 64 digits and nothing else, and its tokens have a
// token's shape and are taken.
#include <algorithm>
#include <cctype>

#include "opwire/base/bytes.hpp"
#include "opwire/base/check.hpp"
#include "opwire/rpc/jwt.hpp"

namespace {

using namespace opwire;

bool is_base64url(std::string_view text) {
  return std::ranges::all_of(text, [](unsigned char c) { return std::isalnum(c) != 0 || c == '-' || c == '_'; });
}

void check_token(std::string_view token) {
  constexpr std::string_view kHead = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.";
  constexpr std::size_t kSignature = 43;  // 32 bytes, six bits a character
  OPW_CHECK(token.starts_with(kHead));
  token.remove_prefix(kHead.size());
  const std::size_t dot = token.find('.');
  OPW_CHECK(dot != std::string_view::npos && token.size() - dot - 1 == kSignature);
  OPW_CHECK(is_base64url(token.substr(0, dot)) && is_base64url(token.substr(dot + 1)));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  constexpr std::size_t kDigits = 2 * rpc::Jwt::kSecretSize;
  const std::string_view text = as_text({data, size});
  const auto jwt = rpc::Jwt::parse(text);
  const rpc::Jwt ours(ByteArray<rpc::Jwt::kSecretSize>{});
  (void)ours.verify(text, from_unix_seconds(1'700'000'000));
  if (!jwt) {
    OPW_CHECK(jwt.error() == "not 64 hexadecimal digits");  // no word of the text
    return 0;
  }
  const std::string token = jwt->token(from_unix_seconds(1'700'000'000));
  check_token(token);
  OPW_CHECK(jwt->verify(token, from_unix_seconds(1'700'000'000)));
  const auto is_digit = [](unsigned char c) { return std::isxdigit(c) != 0; };
  const auto last = std::find_if(text.rbegin(), text.rend(), is_digit);
  const auto end = static_cast<std::size_t>(text.rend() - last);
  OPW_CHECK(end >= kDigits);
  const std::string digits(text.substr(end - kDigits, kDigits));
  for (const std::string& same : {digits, "0x" + digits, " " + digits + "\n"}) {
    const auto again = rpc::Jwt::parse(same);
    OPW_CHECK(again && again->token(from_unix_seconds(1'700'000'000)) == token);
  }
  OPW_CHECK(!rpc::Jwt::parse(digits + "00") && !rpc::Jwt::parse(digits.substr(2)));
  return 0;
}
