// The text of chains/bootnodes.csv, put into the library by the build.
#pragma once

#include <string_view>

namespace opwire::opstack {

extern const std::string_view kBootnodesCsv;

}  // namespace opwire::opstack
