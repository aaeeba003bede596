// opwirepeer: opwire as a peer for interop tests and measurements. interop/README.md describes its commands, its JSON
// lines and the bytes of its protocols.
#include <cstdio>

#include "interop/opwirepeer/dial.hpp"
#include "interop/opwirepeer/listen.hpp"
#include "interop/opwirepeer/options.hpp"

int main(int argc, char** argv) {
  using namespace opwire::interop;
  const auto options = parse_options(argc, argv);
  if (!options) {
    std::fprintf(stderr, "opwirepeer: %s\n", options.error().c_str());
    return kUsage;
  }
  return options->command == "listen" ? run_listen(*options) : run_dial(*options);
}
