// Recorded gossip frames of testdata/opstack.
#pragma once

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <string>

#include <boost/json.hpp>

#include "opwire/codec/hex.hpp"
#include "opwire/opstack/gossip/block_check.hpp"
#include "opwire/opstack/gossip/topics.hpp"

namespace opwire::opstack {

inline boost::json::value load_testdata(const std::string& name) {
  std::ifstream file(std::string(OPWIRE_TESTDATA) + "/opstack/" + name);
  EXPECT_TRUE(file) << name;
  return boost::json::parse(std::string(std::istreambuf_iterator<char>(file), {}));
}

inline Bytes hex_bytes(std::string_view text) {
  return codec::from_hex(text).value();
}

/// Chain 901 as the recorded frames of op-node have it: all forks up to Jovian, one after another.
inline CheckContext devnet_context(std::uint64_t now, Fork active) {
  CheckContext context;
  context.chain = ChainId{901};
  for (std::size_t fork = 1; fork <= static_cast<std::size_t>(active); ++fork) {
    context.forks.set_time(static_cast<Fork>(fork), 0);
  }
  context.signer = AuthorisedSigner(codec::from_hex_as<Address>("0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266").value());
  context.now = from_unix_seconds(now);
  return context;
}

}  // namespace opwire::opstack
