// The JSON commands on stdin.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "interop/common/events.hpp"
#include "opwire/base/result.hpp"
#include "opwire/runtime/loop.hpp"

namespace opwire::interop {

class Command {
 public:
  explicit Command(Fields fields) : fields_(std::move(fields)) {}

  std::string name() const { return text("cmd"); }
  /// What is missing or of another type is empty, false or the default.
  std::string text(std::string_view field) const;
  bool flag(std::string_view field) const;
  std::size_t number(std::string_view field, std::size_t otherwise = 0) const;
  std::vector<std::size_t> numbers(std::string_view field) const;

 private:
  Fields fields_;
};

/// Obeys one command. Errors: kCommand, or why it failed.
using Obey = std::function<Task<Result<void>>(Command)>;

/// Obeys stdin until it closes or says quit; a command that fails is answered with an error event.
Task<void> follow_commands(Loop& loop, Obey obey);

}  // namespace opwire::interop
