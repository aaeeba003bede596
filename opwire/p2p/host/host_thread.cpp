#include "opwire/p2p/host/host_thread.hpp"

namespace opwire {
namespace {

using Answer = std::function<Bytes(const PeerId&, Bytes)>;

Task<Result<std::unique_ptr<Host>>> make_host(Loop& loop, HostOptions options) {
  co_return Host::make(loop, std::move(options));
}

Task<std::vector<Multiaddr>> addresses_of(Host& host) {
  co_return host.addresses();
}

Task<Result<identify::PeerInfo>> identify_peer(Host& host, Multiaddr address) {
  OPW_CO_TRYV(co_await host.connect(address));
  co_return co_await host.identify(address.peer_id().value());
}

Task<Result<std::vector<Duration>>> ping_peer(Host& host, Multiaddr address, std::size_t count) {
  OPW_CO_TRYV(co_await host.connect(address));
  co_return co_await host.ping(address.peer_id().value(), count);
}

Task<Result<Bytes>> ask(Host& host, PeerId peer, std::string protocol, Bytes body, std::size_t limit) {
  std::vector<std::string> protocols{std::move(protocol)};
  OPW_CO_TRY(PeerStream stream, co_await host.new_stream(peer, std::move(protocols)));
  OPW_CO_TRYV(co_await write(*stream, body));
  OPW_CO_TRYV(co_await stream->close_write());
  co_return co_await read_to_end(*stream, limit);
}

Task<void> answer_one(PeerStream stream, std::size_t limit, Answer answer) {
  Result<Bytes> body = co_await read_to_end(*stream, limit);
  if (!body) {
    stream->reset();
    co_return;
  }
  const Bytes reply = answer(stream.peer(), std::move(*body));
  const Result<void> sent = co_await write(*stream, reply);
  if (sent) (void)co_await stream->close_write();
}

}  // namespace

Result<std::unique_ptr<HostThread>> HostThread::make(HostOptions options) {
  const PeerId id = PeerId::of(options.key.public_key());
  std::unique_ptr<HostThread> made(new HostThread(id));
  Loop& loop = made->thread_.loop();
  OPW_TRY(made->host_,
          made->thread_
              .start<Result<std::unique_ptr<Host>>>([&loop, &options] { return make_host(loop, std::move(options)); })
              .get());
  return made;
}

HostThread::~HostThread() {
  if (!host_) return;
  thread_.start<void>([this] { return host_->close(); }).get();
  // A host's parts belong to its loop, so they also end there.
  thread_.start<void>([this] { return drop(std::move(host_)); }).get();
}

Task<void> HostThread::drop(std::unique_ptr<Host> host) {
  host.reset();
  co_return;
}

std::vector<Multiaddr> HostThread::addresses() {
  return thread_.start<std::vector<Multiaddr>>([this] { return addresses_of(*host_); }).get();
}

std::future<Result<void>> HostThread::connect(Multiaddr address) {
  return thread_.start<Result<void>>([this, address] { return host_->connect(address); });
}

std::future<Result<identify::PeerInfo>> HostThread::identify(Multiaddr address) {
  return thread_.start<Result<identify::PeerInfo>>([this, address] { return identify_peer(*host_, address); });
}

std::future<Result<std::vector<Duration>>> HostThread::ping(Multiaddr address, std::size_t count) {
  return thread_.start<Result<std::vector<Duration>>>(
      [this, address, count] { return ping_peer(*host_, address, count); });
}

std::future<Result<Bytes>> HostThread::request(PeerId peer, std::string protocol, Bytes body, std::size_t limit) {
  return thread_.start<Result<Bytes>>(
      [this, peer, protocol, body = std::move(body), limit] { return ask(*host_, peer, protocol, body, limit); });
}

void HostThread::serve(std::string protocol, std::size_t limit, Answer answer) {
  thread_.loop().post([this, protocol = std::move(protocol), limit, answer = std::move(answer)] {
    host_->set_stream_handler(
        protocol, [limit, answer](PeerStream stream) { return answer_one(std::move(stream), limit, answer); });
  });
}

}  // namespace opwire
