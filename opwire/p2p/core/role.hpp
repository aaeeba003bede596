#pragma once

#include <string_view>

namespace opwire {

/// Which end of a connection we are.
enum class Role : unsigned char { kDialer, kListener };
inline constexpr std::string_view to_string(Role role) {
  return role == Role::kDialer ? "outbound" : "inbound";
}

}  // namespace opwire
