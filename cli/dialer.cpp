#include "cli/dialer.hpp"

#include "cli/command.hpp"

namespace opwire::cli {
namespace {

Task<int> dial_and_work(Host& host, Multiaddr peer, const std::function<Task<int>(Host&, Multiaddr)>& work) {
  const Result<void> connected = co_await host.connect(peer);
  int code = kFailed;
  if (connected) {
    code = co_await work(host, peer);
  } else {
    fail(kFailed, peer.to_string() + ": " + connected.error().message());
  }
  co_await host.close();
  co_return code;
}

}  // namespace

Result<Multiaddr, std::string> parse_peer_address(const std::string& text) {
  auto address = Multiaddr::parse_text(text);
  if (!address) return "'" + text + "': " + address.error().message() + "; a peer is /ip4/IP/tcp/PORT/p2p/ID";
  if (!address->peer_id()) return "'" + text + "' does not end in /p2p/ID";
  return std::move(*address);
}

std::unique_ptr<Host> make_dialer(Loop& loop) {
  SystemRng rng;
  HostOptions options(crypto::PrivateKey::generate(crypto::KeyType::kSecp256k1, rng));
  auto host = Host::make(loop, std::move(options));
  OPW_CHECK(host.has_value());  // it listens nowhere
  return std::move(*host);
}

int with_peer(const Multiaddr& peer, const std::function<Task<int>(Host&, Multiaddr)>& work) {
  ReactorLoop loop;
  const std::unique_ptr<Host> host = make_dialer(loop);
  return loop.run(dial_and_work(*host, peer, work));
}

}  // namespace opwire::cli
