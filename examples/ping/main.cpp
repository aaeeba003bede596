// Derives this machine's throw-away peer identity: the smallest program that uses the installed library.
#include <iostream>

#include "opwire/base/rng.hpp"
#include "opwire/crypto/hash.hpp"

int main() {
  opwire::SystemRng rng;
  opwire::Bytes seed(32);
  rng.fill(seed);
  const auto digest = opwire::crypto::sha256(seed);
  std::cout << "a digest of " << digest.view().size() << " bytes\n";
}
