// Measures a discv5 listener from outside.
#pragma once

#include "interop/opwiredisc/options.hpp"

namespace opwire::interop {

/// The exit code.
int run_disc_bench(const DiscOptions& options);

}  // namespace opwire::interop
