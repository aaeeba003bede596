// The command line as Go programs would take it, in a form that CLI11 reads the same way.
#pragma once

#include <string>
#include <vector>

#include "opwire/base/result.hpp"

namespace opwire::cli {

/// "--flag=" gives the flag of the table an empty text (CLI11 would take the next argument); a truth value cannot be
/// empty. The error names the flag.
Result<std::vector<std::string>, std::string> to_arguments(int argc, const char* const* argv);

}  // namespace opwire::cli
