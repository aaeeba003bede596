// The command line: flags may stand before, between and after the arguments, as with gopeer.
#pragma once

#include <string>
#include <vector>

#include "opwire/base/result.hpp"
#include "opwire/base/time.hpp"
#include "opwire/crypto/keys.hpp"

namespace opwire::interop {

enum ExitCode : int { kOk = 0, kFailed = 1, kUsage = 2 };

struct Options {
  std::string command;  ///< listen or dial
  std::vector<std::string> arguments;

  crypto::KeyType key_type = crypto::KeyType::kSecp256k1;
  std::string listen = "/ip4/127.0.0.1/tcp/0";
  std::vector<std::string> connect;  ///< listen: whom to connect to when ready
  std::vector<std::string> gossip;   ///< listen: topics to subscribe to
  bool op_ids = false;               ///< gossip as op-node does; else messages are signed
  bool asks = true;                  ///< for messages that IHAVE told of
  std::size_t in_flight = 1;         ///< dial, perf setups
  Duration timeout = std::chrono::minutes(5);
};

/// The error is a line for the user.
Result<Options, std::string> parse_options(int argc, char** argv);

/// A number of at least 1.
Result<std::size_t, std::string> parse_count(const std::string& text);

}  // namespace opwire::interop
