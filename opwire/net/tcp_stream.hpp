// A connected socket as a Stream (internal to tcp.hpp).
#pragma once

#include <memory>

#include <boost/asio/ip/tcp.hpp>

#include "opwire/net/stream.hpp"

namespace opwire::net {

/// Once close_write() was called, destroying it leaves it to the kernel to deliver what was written.
std::unique_ptr<Stream> make_tcp_stream(boost::asio::ip::tcp::socket socket);

}  // namespace opwire::net
