// A gossip verdict as the payload commands print it.
#pragma once

#include "opwire/base/error.hpp"

namespace opwire::cli {

/// "REJECT block.wrong_signer: signed by another key …" or IGNORE, on stdout; kFailed.
int report_refusal(const Error& error);

}  // namespace opwire::cli
