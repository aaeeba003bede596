// The command line of opwiredisc.
#pragma once

#include <string>
#include <vector>

#include "opwire/discv5/contact.hpp"
#include "opwire/net/endpoint.hpp"

namespace opwire::interop {

struct DiscOptions {
  std::string command;  ///< "listen" or "bench"
  std::string test;     ///< of bench: "handshakes" or "pings"
  net::Endpoint listen;
  Bytes key;
  std::uint64_t chain = 0;  ///< 0: no entry
  std::vector<discv5::Contact> bootnodes;
  discv5::Contact to;
  std::size_t count = 1000;
  std::size_t in_flight = 1;
};

/// The error is a line for the user.
Result<DiscOptions, std::string> parse_disc_options(int argc, char** argv);
/// A record with an IPv4 address, or a line for the user.
Result<discv5::Contact, std::string> parse_contact(const std::string& text);

}  // namespace opwire::interop
