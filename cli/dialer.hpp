// A host that only dials, with a fresh identity, for commands that ask one peer something.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "opwire/p2p/host/host.hpp"
#include "opwire/runtime/reactor.hpp"

namespace opwire::cli {

/// "/ip4/…/tcp/…/p2p/ID", or a line for the user.
Result<Multiaddr, std::string> parse_peer_address(const std::string& text);

std::unique_ptr<Host> make_dialer(Loop& loop);

/// Dials the peer and gives the connected host to work; closes it afterwards. The exit code is work's, or kFailed with
/// a line on stderr when nobody answers.
int with_peer(const Multiaddr& peer, const std::function<Task<int>(Host&, Multiaddr)>& work);

}  // namespace opwire::cli
