// Broken invariants end the process, in release builds too.
#pragma once

namespace opwire::detail {
[[noreturn]] void check_failed(const char* condition, const char* file, int line) noexcept;
}  // namespace opwire::detail

/// Aborts with a backtrace when an invariant of our own is broken. Never on a condition that a peer's bytes can reach.
#define OPW_CHECK(condition) \
  (static_cast<bool>(condition) ? void(0) : ::opwire::detail::check_failed(#condition, __FILE__, __LINE__))
