// Whole files, and "-" for standard input.
#pragma once

#include <string>

#include "opwire/base/bytes.hpp"
#include "opwire/base/result.hpp"

namespace opwire::cli {

/// At most limit bytes. The error names the file and the reason.
Result<Bytes, std::string> read_input(const std::string& path, std::size_t limit);

}  // namespace opwire::cli
