#include "opwire/p2p/swarm/connection.hpp"

#include <algorithm>

#include "opwire/p2p/multistream/select.hpp"
#include "opwire/p2p/swarm/errors.hpp"

namespace opwire::swarm {

// A stream together with what has to last as long as it: its connection and its place in the counts. It stands below
// the agreement on a protocol, so that every byte is counted.
class Connection::LeasedStream final : public Stream {
 public:
  LeasedStream(std::shared_ptr<Connection> connection, StreamLease lease, std::unique_ptr<Stream> stream)
      : connection_(std::move(connection)), lease_(std::move(lease)), stream_(std::move(stream)) {}

  Result<void> set_protocol(const std::string& protocol) { return lease_.set_protocol(protocol); }

  Task<Result<void>> wait_readable() override { return stream_->wait_readable(); }
  Task<Result<std::size_t>> read_some(MutableByteView into) override {
    OPW_CO_TRY(const std::size_t size, co_await stream_->read_some(into));
    lease_.traffic().in += size;
    co_return size;
  }
  Task<Result<Buffer>> read(std::size_t max) override {
    OPW_CO_TRY(Buffer bytes, co_await stream_->read(max));
    lease_.traffic().in += bytes.size();
    co_return bytes;
  }
  // Counted when it is handed on: a write that breaks may have sent any part of it.
  Task<Result<void>> write(ByteViews pieces) override {
    for (const ByteView piece : pieces) lease_.traffic().out += piece.size();
    return stream_->write(pieces);
  }
  Task<Result<void>> close_write() override { return stream_->close_write(); }
  void reset() noexcept override { stream_->reset(); }

 private:
  std::shared_ptr<Connection> connection_;
  StreamLease lease_;
  std::unique_ptr<Stream> stream_;
};

Connection::Connection(const ConnectionContext& context, ConnectionId id, Upgraded upgraded, ConnectionLease lease)
    : context_(context),
      info_{id,
            upgraded.peer,
            upgraded.role,
            std::move(upgraded.local),
            std::move(upgraded.remote),
            std::move(upgraded.security),
            std::move(upgraded.muxer),
            context.loop.now(),
            0},
      lease_(std::move(lease)),
      raw_(upgraded.raw),
      muxed_(std::move(upgraded.muxed)),
      tasks_(context.loop) {}

ConnectionInfo Connection::info() const {
  ConnectionInfo info = info_;
  info.streams = muxed_->stream_count();
  return info;
}

Task<Error> Connection::run() {
  const Error why = co_await muxed_->run([this](std::unique_ptr<Stream> stream) { on_stream(std::move(stream)); });
  closing_ = ended_ = true;
  tasks_.cancel();
  co_await tasks_.join();
  co_return why;
}

void Connection::close() {
  closing_ = true;
  muxed_->close();
}

void Connection::abort() {
  closing_ = true;
  if (!ended_) raw_->reset();
}

void Connection::on_stream(std::unique_ptr<Stream> stream) {
  Result<StreamLease> lease = context_.limits.open_stream(Role::kListener, info_.peer);
  if (!lease) return refuse(*stream, lease.error());
  tasks_.spawn(serve(lend(std::move(stream), std::move(*lease))));
}

void Connection::refuse(Stream& stream, const Error& why) {
  stream.reset();
  if (!closing_) context_.on_refused(info_.peer, why);
}

std::unique_ptr<Connection::LeasedStream> Connection::lend(std::unique_ptr<Stream> stream, StreamLease lease) {
  return std::make_unique<LeasedStream>(shared_from_this(), std::move(lease), std::move(stream));
}

Task<void> Connection::serve(std::unique_ptr<LeasedStream> stream) {
  const Result<std::string> protocol = co_await accept_protocol(*stream);
  if (!protocol) co_return refuse(*stream, protocol.error());
  const Result<void> counted = stream->set_protocol(*protocol);
  if (!counted) co_return refuse(*stream, counted.error());
  const StreamHandler* const found = context_.handlers.find(*protocol);
  if (found == nullptr) co_return refuse(*stream, opwire::errors::kClosed);  // removed meanwhile
  const StreamHandler handler = *found;
  PeerStream agreed(std::move(stream), info_.peer, info_.id, *protocol);
  co_await handler(std::move(agreed));
}

Task<Result<std::string>> Connection::accept_protocol(Stream& stream) {
  bool late = false;
  Timer timer(context_.loop, [&late, &stream] {
    late = true;
    stream.reset();
  });
  timer.arm_in(context_.options.negotiate_timeout);
  const HandlerTable& handlers = context_.handlers;
  Result<std::string> protocol = co_await multistream::accept_protocol(
      stream, [&handlers](std::string_view offered) { return handlers.has(offered); });
  if (late) co_return Error(opwire::errors::kTimeout, "agreeing on a stream's protocol");
  co_return protocol;
}

Task<Result<PeerStream>> Connection::open(std::vector<std::string> protocols, std::string known) {
  const std::shared_ptr<Connection> self = shared_from_this();
  if (closing_) co_return opwire::errors::kClosed;
  const TimePoint deadline = context_.loop.now() + context_.options.new_stream_timeout;
  OPW_CO_TRY(StreamLease lease, context_.limits.open_stream(Role::kDialer, info_.peer));
  OPW_CO_TRY(std::unique_ptr<Stream> opened, co_await muxed_->open_stream());
  std::unique_ptr<LeasedStream> lent = lend(std::move(opened), std::move(lease));
  LeasedStream& counted = *lent;  // `stream` owns it, or what agree() puts around it
  std::unique_ptr<Stream> stream = std::move(lent);
  OPW_CO_TRY(std::string protocol, co_await agree(stream, std::move(protocols), std::move(known), deadline));
  OPW_CO_TRYV(counted.set_protocol(protocol));
  co_return PeerStream(std::move(stream), info_.peer, info_.id, std::move(protocol));
}

Task<Result<std::string>> Connection::agree(std::unique_ptr<Stream>& stream, std::vector<std::string> protocols,
                                            std::string known, TimePoint deadline) {
  bool late = false;
  Stream* const negotiated = stream.get();
  Timer timer(context_.loop, [&late, negotiated] {
    late = true;
    negotiated->reset();
  });
  timer.arm(std::min(deadline, context_.loop.now() + context_.options.negotiate_timeout));
  Result<std::string> agreed(known);
  if (known.empty()) {
    agreed = co_await multistream::select_protocol(*stream, std::move(protocols));
  } else {
    Result<std::unique_ptr<Stream>> lazy = co_await multistream::select_lazily(std::move(stream), known);
    if (lazy) {
      stream = std::move(*lazy);
    } else {
      agreed = lazy.error();
    }
  }
  if (late) co_return Error(opwire::errors::kTimeout, "agreeing on a stream's protocol");
  co_return agreed;
}

}  // namespace opwire::swarm
