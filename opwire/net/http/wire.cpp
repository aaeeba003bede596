#include "opwire/net/http/wire.hpp"

#include <algorithm>
#include <cstdio>

#include "opwire/net/http/errors.hpp"

namespace opwire::http {
namespace {

bool is_token(std::string_view text) {
  constexpr std::string_view kOthers = "!#$%&'*+-.^_`|~";
  return !text.empty() && std::all_of(text.begin(), text.end(), [&](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           kOthers.find(c) != std::string_view::npos;
  });
}

bool is_value(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte == '\t' || (byte >= ' ' && byte != 0x7f);
  });
}

bool is_target(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c < 0x7f; });
}

bool is_writable(const Headers& headers) {
  return std::all_of(headers.begin(), headers.end(),
                     [](const Headers::Field& field) { return is_token(field.name) && is_value(field.value); });
}

void append_field(std::string& out, std::string_view name, std::string_view value) {
  out.append(name).append(": ").append(value).append("\r\n");
}

bool has_no_body(unsigned status) {
  return status / 100 == 1 || status == 204 || status == 304;
}

bool is_framing(std::string_view name) {
  return equal_ignoring_case(name, "Content-Length") || equal_ignoring_case(name, "Transfer-Encoding");
}

}  // namespace

std::string http_date(WallTime time) {
  using namespace std::chrono;
  static constexpr const char* kDays[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  static constexpr const char* kMonths[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                            "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const auto day = floor<days>(time);
  const year_month_day date(day);
  const hh_mm_ss clock(floor<seconds>(time - day));
  char text[40];
  std::snprintf(text, sizeof(text), "%s, %02u %s %04d %02d:%02d:%02d GMT", kDays[weekday(day).c_encoding()],
                static_cast<unsigned>(date.day()), kMonths[static_cast<unsigned>(date.month()) - 1],
                static_cast<int>(date.year()), static_cast<int>(clock.hours().count()),
                static_cast<int>(clock.minutes().count()), static_cast<int>(clock.seconds().count()));
  return text;
}

Result<std::string> encode_request_head(const Request& request, std::string_view host) {
  if (!is_token(request.method) || !is_target(request.target) || !is_writable(request.headers)) {
    return errors::kBadRequest;
  }
  std::string head = request.method + " " + request.target + " HTTP/1.1\r\n";
  if (!request.headers.contains("Host")) append_field(head, "Host", host);
  for (const auto& field : request.headers) {
    if (!is_framing(field.name)) append_field(head, field.name, field.value);
  }
  const bool plain = request.method == "GET" || request.method == "HEAD";
  if (!plain || !request.body.empty()) append_field(head, "Content-Length", std::to_string(request.body.size()));
  head.append("\r\n");
  return head;
}

std::string encode_response_head(Response& response, const ResponseTraits& traits) {
  if (response.status < 100 || response.status > 999 || !is_writable(response.headers)) {
    response = Response::text(500, "the answer cannot be written as HTTP");
  }
  std::string head = "HTTP/1.1 " + std::to_string(response.status) + " ";
  head.append(reason_of(response.status)).append("\r\n");
  append_field(head, "Date", http_date(traits.now));
  for (const auto& field : response.headers) {
    const bool ours =
        is_framing(field.name) || (response.status != 101 && equal_ignoring_case(field.name, "Connection"));
    if (!ours) append_field(head, field.name, field.value);
  }
  if (has_no_body(response.status)) {
    response.body.clear();
  } else {
    append_field(head, "Content-Length", std::to_string(response.body.size()));
  }
  if (!traits.keep_alive) append_field(head, "Connection", "close");
  if (traits.keep_alive && traits.http_1_0) append_field(head, "Connection", "keep-alive");
  head.append("\r\n");
  return head;
}

}  // namespace opwire::http
