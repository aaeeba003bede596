// The lines of stdin, brought to the loop by a thread of their own.
#pragma once

#include <memory>
#include <string>
#include <thread>

#include "opwire/runtime/loop.hpp"
#include "opwire/runtime/mailbox.hpp"

namespace opwire::interop {

class Input {
 public:
  explicit Input(Loop& loop);
  /// Ends the thread, whatever stdin does.
  ~Input();
  Input(const Input&) = delete;
  Input& operator=(const Input&) = delete;

  /// Nothing: stdin has ended.
  Task<std::optional<std::string>> line() { return lines_->pop(); }

 private:
  using Lines = Mailbox<std::string>;
  void read_all(Loop& loop);

  std::shared_ptr<Lines> lines_;
  int stop_[2];  // a pipe that wakes the thread
  std::thread thread_;
};

}  // namespace opwire::interop
