#include "opwire/net/http/parser.hpp"

#include <algorithm>
#include <optional>

#include <boost/beast/http/basic_parser.hpp>

#include "opwire/net/http/errors.hpp"

namespace opwire::http {
namespace beast = boost::beast;
namespace {

using beast::http::error;
using ErrorCode = beast::error_code;

// A body of announced length begins with this much at most.
constexpr std::size_t kFirstReserve = 16 * 1024;
constexpr std::size_t kShortestEnd = 5;  // 0, line end, line end

std::string_view view(beast::string_view text) {
  return {text.data(), text.size()};
}

Error to_error(const ErrorCode& code) {
  if (code == error::header_limit || code == error::buffer_overflow) return errors::kHeaderTooLarge;
  if (code == error::body_limit) return errors::kBodyTooLarge;
  if (code == error::bad_version) return errors::kBadVersion;
  if (code == error::bad_content_length || code == error::multiple_content_length ||
      code == error::bad_transfer_encoding) {
    return errors::kBadFraming;
  }
  return {errors::kMalformed, "syntax"};
}

// Beast takes several readings of a length for one, and bodies in codings that it does not undo. Whoever stands before
// us might read them otherwise, so they are refused.
Result<void> check_framing(const Headers& headers, bool http_1_0) {
  const std::string* coding = headers.find("Transfer-Encoding");
  const std::string* length = headers.find("Content-Length");
  if (coding != nullptr && length != nullptr) return Error(errors::kBadFraming, "both length and transfer coding");
  if (coding != nullptr) {
    if (http_1_0) return Error(errors::kBadFraming, "transfer coding in HTTP/1.0");
    if (headers.count("Transfer-Encoding") > 1) return Error(errors::kBadFraming, "several transfer codings");
    if (!equal_ignoring_case(*coding, "chunked")) return errors::kUnknownCoding;
  }
  if (length != nullptr) {
    const bool digits = std::all_of(length->begin(), length->end(), [](char c) { return c >= '0' && c <= '9'; });
    if (headers.count("Content-Length") > 1 || !digits) return Error(errors::kBadFraming, "Content-Length");
  }
  return {};
}

template <bool kIsRequest>
class Parser : public beast::http::basic_parser<kIsRequest> {
 public:
  using Message = std::conditional_t<kIsRequest, Request, Response>;

  explicit Parser(const ParserLimits& limits) : header_limit_(limits.header) {
    this->eager(true);
    this->header_limit(static_cast<std::uint32_t>(limits.header));
    this->body_limit(limits.body);
  }

  Result<std::size_t> feed(ByteView bytes) {
    if (this->is_done() || bytes.empty()) return std::size_t{0};
    // Beast asserts that the last chunk's header does not come in shorter pieces. No body in chunks ends in fewer
    // bytes.
    if (this->is_header_done() && this->chunked() && bytes.size() < kShortestEnd) return std::size_t{0};
    ErrorCode code;
    const std::size_t used = this->put({bytes.data(), bytes.size()}, code);
    if (refusal) return *refusal;
    if (code && code != error::need_more) return to_error(code);
    // Chunk headers and trailers have no limit in Beast.
    if (!this->is_done() && bytes.size() - used > header_limit_) return errors::kHeaderTooLarge;
    return used;
  }

  Message message;
  bool http_1_0 = false;
  std::optional<Error> refusal;

 private:
  void on_request_impl(beast::http::verb, beast::string_view method, beast::string_view target, int version,
                       ErrorCode& code) override {
    if constexpr (kIsRequest) {
      message.method = view(method);
      message.target = view(target);
      http_1_0 = version == 10;
    }
    code = {};
  }
  void on_response_impl(int status, beast::string_view, int version, ErrorCode& code) override {
    if constexpr (!kIsRequest) {
      message.status = static_cast<unsigned>(status);
      http_1_0 = version == 10;
    }
    code = {};
  }
  void on_field_impl(beast::http::field, beast::string_view name, beast::string_view value, ErrorCode& code) override {
    code = {};
    if (!this->is_header_done() && !in_body_) message.headers.add(view(name), view(value));  // trailers are dropped
  }
  void on_header_impl(ErrorCode& code) override {
    code = {};
    in_body_ = true;
    auto checked = check_framing(message.headers, http_1_0);
    if (checked) checked = check_request();
    if (checked) return;
    refusal = checked.error();
    code = error::bad_value;
  }
  void on_body_init_impl(const boost::optional<std::uint64_t>& length, ErrorCode& code) override {
    code = {};
    if (length) message.body.reserve(static_cast<std::size_t>(std::min<std::uint64_t>(*length, kFirstReserve)));
  }
  std::size_t on_body_impl(beast::string_view body, ErrorCode& code) override {
    code = {};
    message.body.append(body.data(), body.size());
    return body.size();
  }
  void on_chunk_header_impl(std::uint64_t, beast::string_view, ErrorCode& code) override { code = {}; }
  std::size_t on_chunk_body_impl(std::uint64_t, beast::string_view body, ErrorCode& code) override {
    return on_body_impl(body, code);
  }
  void on_finish_impl(ErrorCode& code) override { code = {}; }

  Result<void> check_request() const {
    if constexpr (kIsRequest) {
      const std::size_t hosts = message.headers.count("Host");
      if (hosts > 1 || (hosts == 0 && !http_1_0)) return Error(errors::kMalformed, "Host");
      const bool wants_body = message.method == "POST" || message.method == "PUT" || message.method == "PATCH";
      const bool has_length =
          message.headers.contains("Content-Length") || message.headers.contains("Transfer-Encoding");
      if (wants_body && !has_length) return errors::kNoLength;
    }
    return {};
  }

  std::size_t header_limit_;
  bool in_body_ = false;
};

}  // namespace

struct RequestParser::Impl : Parser<true> {
  using Parser::Parser;
};
struct ResponseParser::Impl : Parser<false> {
  using Parser::Parser;
};

RequestParser::RequestParser(const ParserLimits& limits) : impl_(std::make_unique<Impl>(limits)) {}
RequestParser::~RequestParser() = default;
Result<std::size_t> RequestParser::feed(ByteView bytes) {
  return impl_->feed(bytes);
}
bool RequestParser::header_done() const {
  return impl_->is_header_done();
}
bool RequestParser::done() const {
  return impl_->is_done();
}
bool RequestParser::keep_alive() const {
  return impl_->keep_alive();
}
bool RequestParser::expects_continue() const {
  return !impl_->http_1_0 && impl_->message.headers.contains("Expect");
}
bool RequestParser::is_http_1_0() const {
  return impl_->http_1_0;
}
const Request& RequestParser::request() const {
  return impl_->message;
}
Request RequestParser::take() {
  return std::move(impl_->message);
}

ResponseParser::ResponseParser(const ParserLimits& limits, bool to_head) : impl_(std::make_unique<Impl>(limits)) {
  impl_->skip(to_head);
}
ResponseParser::~ResponseParser() = default;
Result<std::size_t> ResponseParser::feed(ByteView bytes) {
  return impl_->feed(bytes);
}
Result<void> ResponseParser::end() {
  if (impl_->is_done()) return {};
  if (!impl_->got_some()) return errors::kClosedEarly;
  ErrorCode code;
  impl_->put_eof(code);
  if (code) return errors::kClosedEarly;
  return {};
}
bool ResponseParser::done() const {
  return impl_->is_done();
}
bool ResponseParser::keep_alive() const {
  return impl_->keep_alive();
}
Response ResponseParser::take() {
  return std::move(impl_->message);
}

}  // namespace opwire::http
