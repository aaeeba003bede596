#include "opwire/node/api/go_json.hpp"

#include <array>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>
#include <charconv>
#include <cmath>

#include "opwire/net/http/utf8.hpp"

namespace opwire::node {
namespace {

bool is_utf8(std::string_view text) {
  http::Utf8Check check;
  return check.feed(as_bytes(text)) && check.complete();
}

// Of a text that is not UTF-8 as a whole only its ASCII can be trusted.
std::string to_utf8(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (static_cast<unsigned char>(c) < 0x80) {
      out += c;
    } else {
      out += "\xef\xbf\xbd";
    }
  }
  return out;
}

// Go: without exponent from 1e-6 to below 1e21, else with one that has no leading zero.
std::string to_number(double value) {
  if (!std::isfinite(value) || value == 0) return "0";
  const double size = std::abs(value);
  const bool plain = size >= 1e-6 && size < 1e21;
  std::array<char, 64> digits{};
  const auto format = plain ? std::chars_format::fixed : std::chars_format::scientific;
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value, format);
  std::string text(digits.data(), end.ptr);
  const std::size_t zero = text.find("e-0");
  if (zero != std::string::npos) text.erase(zero + 2, 1);
  return text;
}

}  // namespace

void GoJson::separate() {
  if (!first_) out_ += ',';
  first_ = false;
}

GoJson& GoJson::open(char bracket) {
  separate();
  out_ += bracket;
  first_ = true;
  return *this;
}

GoJson& GoJson::close(char bracket) {
  out_ += bracket;
  first_ = false;
  return *this;
}

GoJson& GoJson::key(std::string_view name) {
  text(name);
  out_ += ':';
  first_ = true;  // its value follows
  return *this;
}

GoJson& GoJson::text(std::string_view value) {
  return raw(boost::json::serialize(boost::json::string_view(is_utf8(value) ? std::string(value) : to_utf8(value))));
}

GoJson& GoJson::number(std::uint64_t value) {
  return raw(std::to_string(value));
}

GoJson& GoJson::number(double value) {
  return raw(to_number(value));
}

GoJson& GoJson::flag(bool value) {
  return raw(value ? "true" : "false");
}

GoJson& GoJson::null() {
  return raw("null");
}

GoJson& GoJson::raw(std::string_view json) {
  separate();
  out_ += json;
  return *this;
}

GoJson& GoJson::texts(const std::vector<std::string>& values) {
  if (values.empty()) return null();
  open('[');
  for (const std::string& value : values) text(value);
  return close(']');
}

}  // namespace opwire::node
