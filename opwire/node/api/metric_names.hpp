// What the sources of NodeMetrics share.
#pragma once

#include <chrono>
#include <string>

#include "opwire/base/time.hpp"

namespace opwire::node {

inline std::string op_node(const char* name) {
  return std::string("op_node_default_") + name;
}

template <class Number>
double real(Number number) {
  return static_cast<double>(number);
}

inline double seconds_of(Duration duration) {
  return std::chrono::duration<double>(duration).count();
}

}  // namespace opwire::node
