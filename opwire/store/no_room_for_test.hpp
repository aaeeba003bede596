// A full disk.
#pragma once

#include <sys/resource.h>

#include <csignal>
#include <cstdint>

#include "opwire/base/check.hpp"

namespace opwire::store::test {

/// While it lives, no file of this process grows beyond that size.
class NoRoom {
 public:
  explicit NoRoom(std::uintmax_t size) : before_(std::signal(SIGXFSZ, SIG_IGN)) {
    OPW_CHECK(::getrlimit(RLIMIT_FSIZE, &limit_) == 0);
    rlimit smaller = limit_;
    smaller.rlim_cur = size;
    OPW_CHECK(::setrlimit(RLIMIT_FSIZE, &smaller) == 0);
  }
  ~NoRoom() {
    ::setrlimit(RLIMIT_FSIZE, &limit_);
    std::signal(SIGXFSZ, before_);
  }

 private:
  rlimit limit_{};
  void (*before_)(int);
};

}  // namespace opwire::store::test
