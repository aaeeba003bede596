// The text of chains/chains.csv, put into the library by the build.
#pragma once

#include <string_view>

namespace opwire::opstack {

extern const std::string_view kChainsCsv;

}  // namespace opwire::opstack
