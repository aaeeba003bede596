// Any bytes as requests, whole and in pieces: both ways find the same messages, and no message is beyond its limits.
#include "opwire/base/bytes.hpp"
#include "opwire/base/check.hpp"
#include "opwire/net/http/errors.hpp"
#include "opwire/net/http/parser.hpp"

using namespace opwire;
using namespace opwire::http;

namespace {

constexpr ParserLimits kLimits{512, 1024};

struct Outcome {
  std::string requests;
  std::string error;
};

// As a connection does it: what was not used is given again with step more bytes.
Outcome parse_all(ByteView bytes, std::size_t step) {
  Outcome outcome;
  std::size_t at = 0;
  std::size_t end = 0;
  while (at < bytes.size()) {
    RequestParser parser(kLimits);
    while (!parser.done()) {
      const auto used = parser.feed(bytes.subspan(at, end - at));
      if (!used) {
        outcome.error = used.error().name();
        return outcome;
      }
      OPW_CHECK(*used <= end - at);
      at += *used;
      if (parser.done()) break;
      OPW_CHECK(end - at <= kLimits.header);
      if (end == bytes.size()) return outcome;
      end = std::min(bytes.size(), end + step);
    }
    const Request request = parser.take();
    OPW_CHECK(request.body.size() <= kLimits.body);
    outcome.requests += request.method + " " + request.target + " " + request.body + "\n";
  }
  return outcome;
}

void parse_response(ByteView bytes) {
  ResponseParser parser(kLimits, false);
  const auto used = parser.feed(bytes);
  if (!used) return;
  if (!parser.done()) (void)parser.end();
  OPW_CHECK(parser.take().body.size() <= kLimits.body);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const ByteView bytes(data, size);
  const Outcome whole = parse_all(bytes, std::max<std::size_t>(size, 1));
  const Outcome pieces = parse_all(bytes, 1 + (size > 0 ? data[0] % 7 : 0));
  // At the very limit of a header, pieces and the whole may differ by what Beast counts at a time.
  const std::string_view too_large = http::errors::kHeaderTooLarge.name;
  if (pieces.error == too_large || whole.error == too_large) return 0;
  // In pieces a bad header may wait for its end, and another limit may speak first; what is taken does not differ.
  OPW_CHECK(pieces.error.empty() || !whole.error.empty());
  OPW_CHECK(whole.requests == pieces.requests);
  parse_response(bytes);
  return 0;
}
