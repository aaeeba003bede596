#include "opwire/base/check.hpp"

#include <execinfo.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>

namespace opwire::detail {

void check_failed(const char* condition, const char* file, int line) noexcept {
  std::fprintf(stderr, "opwire: broken invariant: %s (%s:%d)\n", condition, file, line);
  void* frames[64];
  backtrace_symbols_fd(frames, backtrace(frames, 64), STDERR_FILENO);
  std::abort();
}

}  // namespace opwire::detail
