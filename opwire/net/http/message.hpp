// HTTP/1.1 messages as values (RFC 9110). A body is whole, in memory, and its transfer coding is undone.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace opwire::http {

/// Header fields in their order. Names are compared without regard to case.
class Headers {
 public:
  struct Field {
    std::string name, value;
  };

  void add(std::string_view name, std::string_view value);
  /// Replaces all fields of that name.
  void set(std::string_view name, std::string_view value);
  void remove(std::string_view name);
  /// The first of that name, or null.
  const std::string* find(std::string_view name) const;
  std::size_t count(std::string_view name) const;
  bool contains(std::string_view name) const { return find(name) != nullptr; }
  /// Whether the comma-separated list in any field of that name has the token.
  bool has_token(std::string_view name, std::string_view token) const;

  auto begin() const { return fields_.begin(); }
  auto end() const { return fields_.end(); }
  std::size_t size() const noexcept { return fields_.size(); }
  bool empty() const noexcept { return fields_.empty(); }

 private:
  std::vector<Field> fields_;
};

struct Request {
  Request() = default;
  Request(std::string method_name, std::string target_name, std::string content = {})
      : method(std::move(method_name)), target(std::move(target_name)), body(std::move(content)) {}

  std::string method = "GET";
  std::string target = "/";  ///< as it stands in the request line: not decoded
  Headers headers;
  std::string body;
};

struct Response {
  Response() = default;
  explicit Response(unsigned code) : status(code) {}
  Response(unsigned code, std::string content, std::string_view content_type);
  /// A short text for people, with a line end.
  static Response text(unsigned code, std::string_view text);

  unsigned status = 200;
  Headers headers;
  std::string body;
};

/// "Not Found"; "Unknown" for a status that has no name here.
std::string_view reason_of(unsigned status) noexcept;
/// ASCII, as header names and tokens are compared.
bool equal_ignoring_case(std::string_view a, std::string_view b) noexcept;

}  // namespace opwire::http
