#include "cli/command.hpp"

int main(int argc, char** argv) {
  return opwire::cli::run_program(argc, argv);
}
