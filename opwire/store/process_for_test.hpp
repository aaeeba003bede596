// Another process of the same program, with a channel to it.
#pragma once

#include <poll.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdint>
#include <optional>

#include "opwire/base/check.hpp"

namespace opwire::store::test {

/// Words of eight bytes. Ends with the process at the other side.
class Channel {
 public:
  explicit Channel(int fd) : fd_(fd) {}
  bool send(std::uint64_t word) const { return ::send(fd_, &word, sizeof(word), MSG_NOSIGNAL) == sizeof(word); }
  /// Nothing at the end.
  std::optional<std::uint64_t> receive() const {
    std::uint64_t word = 0;
    if (::recv(fd_, &word, sizeof(word), MSG_WAITALL) != sizeof(word)) return std::nullopt;
    return word;
  }
  bool has_word(int milliseconds) const {
    pollfd poll_for{fd_, POLLIN, 0};
    return ::poll(&poll_for, 1, milliseconds) == 1;
  }

 private:
  int fd_;
};

class Process {
 public:
  /// body: the process's whole life. No archive is open here when it begins: LMDB's locks are a process's own.
  template <class Body>
  explicit Process(Body body) {
    int ends[2];
    OPW_CHECK(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) == 0);
    child_ = ::fork();
    OPW_CHECK(child_ >= 0);
    if (child_ == 0) {
      ::close(ends[0]);
      body(Channel(ends[1]));
      ::_exit(0);
    }
    ::close(ends[1]);
    fd_ = ends[0];
  }
  ~Process() {
    kill();
    ::close(fd_);
  }
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;

  Channel channel() const { return Channel(fd_); }
  void signal(int number) const { OPW_CHECK(::kill(child_, number) == 0); }
  /// At once, wherever it is.
  void kill() {
    if (child_ <= 0) return;
    signal(SIGKILL);
    OPW_CHECK(::waitpid(child_, nullptr, 0) == child_);
    child_ = -1;
  }

 private:
  pid_t child_ = -1;
  int fd_ = -1;
};

}  // namespace opwire::store::test
