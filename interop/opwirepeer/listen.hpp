// opwirepeer listen: serves until stdin closes or says {"cmd":"quit"}.
#pragma once

#include "interop/opwirepeer/options.hpp"

namespace opwire::interop {

/// The exit code.
int run_listen(const Options& options);

}  // namespace opwire::interop
