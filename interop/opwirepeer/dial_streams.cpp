// streams N MAXOPEN: many short streams, some at once.
#include "interop/opwirepeer/dial.hpp"
#include "interop/opwirepeer/generator.hpp"
#include "interop/opwirepeer/protocols.hpp"

namespace opwire::interop {
namespace {

constexpr std::size_t kLargestEcho = 4096;

// Varies between 0 and kLargestEcho; stream 0 carries nothing at all.
std::size_t echo_size(std::size_t stream) {
  return static_cast<std::uint32_t>(stream * 2'654'435'761U) % (kLargestEcho + 1);
}

Task<Result<void>> echo_once(Peer& peer, PeerId to, std::size_t index) {
  std::vector<std::string> protocols{kEcho};
  OPW_CO_TRY(PeerStream stream, co_await peer.host().new_stream(to, std::move(protocols)));
  Bytes sent(echo_size(index));
  Generator(index).fill(sent);
  if (!sent.empty()) OPW_CO_TRYV(co_await write(*stream, sent));
  OPW_CO_TRYV(co_await stream->close_write());
  OPW_CO_TRY(const Bytes received, co_await read_to_end(*stream, kLargestEcho));
  if (received != sent) co_return errors::kContent;
  co_return Result<void>();
}

Task<Result<Fields>> echo_all(Dialer& dialer, Peer& peer) {
  const std::size_t count = dialer.numbers[0];
  std::size_t bytes = 0;
  for (std::size_t i = 0; i < count; ++i) bytes += echo_size(i);
  const Meter meter;
  OPW_CO_TRYV(co_await in_parallel(dialer.loop, count, dialer.numbers[1],
                                   [&](std::size_t index) { return echo_once(peer, dialer.peer_id, index); }));
  Fields fields{{"streams", count}, {"max_open", dialer.numbers[1]}, {"bytes", bytes}};
  fields["streams_per_second"] = static_cast<double>(count) / stop(meter, fields);
  co_return fields;
}

}  // namespace

Task<Result<Fields>> test_streams(Dialer& dialer) {
  return with_peer(dialer, echo_all);
}

}  // namespace opwire::interop
