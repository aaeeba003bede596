#include "cli/verdict.hpp"

#include <cstdio>

#include "cli/command.hpp"

namespace opwire::cli {

int report_refusal(const Error& error) {
  const char* verdict = error.consequence() == Consequence::kIgnore ? "IGNORE" : "REJECT";
  std::printf("%s %s: %s\n", verdict, std::string(error.name()).c_str(), error.message().c_str());
  return kFailed;
}

}  // namespace opwire::cli
