// opwire payload publish: a block in a file goes out to a network.
#pragma once

#include "cli/command.hpp"

namespace opwire::cli {

std::vector<Command> add_payload_publish(CLI::App& group);

}  // namespace opwire::cli
