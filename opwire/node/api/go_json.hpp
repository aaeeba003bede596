// JSON text as Go's encoding/json writes what op-node serves: fields in their order, no spaces, null for what Go calls
// a nil slice, numbers in Go's form.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace opwire::node {

class GoJson {
 public:
  GoJson& open(char bracket);   ///< '{' or '['
  GoJson& close(char bracket);  ///< '}' or ']'
  GoJson& key(std::string_view name);

  GoJson& text(std::string_view value);  ///< bytes that are no UTF-8 become U+FFFD
  GoJson& number(std::uint64_t value);
  GoJson& number(double value);  ///< 0 for what is not finite
  GoJson& flag(bool value);
  GoJson& null();
  GoJson& raw(std::string_view json);
  /// null when empty.
  GoJson& texts(const std::vector<std::string>& values);

  std::string take() { return std::move(out_); }

 private:
  void separate();
  std::string out_;
  bool first_ = true;
};

}  // namespace opwire::node
