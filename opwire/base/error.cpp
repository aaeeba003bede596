#include "opwire/base/error.hpp"

#include <system_error>

namespace opwire {

std::string_view to_string(Consequence consequence) noexcept {
  switch (consequence) {
    case Consequence::kLocal:
      return "local";
    case Consequence::kIgnore:
      return "ignore";
    case Consequence::kPenalise:
      return "penalise";
    case Consequence::kResetStream:
      return "reset stream";
    case Consequence::kCloseConnection:
      return "close connection";
  }
  return "unknown";
}

std::string Error::message() const {
  std::string text = kind_->text;
  if (context_ != nullptr) text.append(" (").append(context_).append(")");
  if (system_error_ != 0) text.append(": ").append(std::system_category().message(system_error_));
  return text;
}

}  // namespace opwire
