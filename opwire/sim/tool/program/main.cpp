#include "opwire/sim/tool/tool.hpp"

int main(int argc, char** argv) {
  return opwire::sim::main_of(argc, argv);
}
