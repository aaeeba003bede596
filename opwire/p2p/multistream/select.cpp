#include "opwire/p2p/multistream/select.hpp"

#include "opwire/p2p/multistream/negotiation.hpp"

namespace opwire::multistream {

namespace {

Task<Result<std::string>> read_token(Stream& stream, TokenReader& reader) {
  ByteArray<kMaxToken> space;
  while (true) {
    const MutableByteView bytes = MutableByteView(space).first(reader.wanted());
    OPW_CO_TRYV(co_await read_exact(stream, bytes));
    OPW_CO_TRY(const std::optional<std::string_view> token, reader.feed(bytes));
    if (token) co_return std::string(*token);
  }
}

template <class Side>
Task<Result<std::string>> negotiate(Stream& stream, Side& side) {
  TokenReader reader;
  while (true) {
    OPW_CO_TRY(const std::string token, co_await read_token(stream, reader));
    OPW_CO_TRY(const Step step, side.on_token(token));
    if (!step.send.empty()) OPW_CO_TRYV(co_await write(stream, step.send));
    if (step.selected) co_return *step.selected;
  }
}

class LazyStream final : public Stream {
 public:
  LazyStream(std::unique_ptr<Stream> stream, Proposer proposer)
      : stream_(std::move(stream)), proposer_(std::move(proposer)) {}

  Task<Result<void>> wait_readable() override {
    OPW_CO_TRYV(co_await confirm());
    co_return co_await stream_->wait_readable();
  }
  Task<Result<std::size_t>> read_some(MutableByteView into) override {
    OPW_CO_TRYV(co_await confirm());
    co_return co_await stream_->read_some(into);
  }
  Task<Result<Buffer>> read(std::size_t max) override {
    OPW_CO_TRYV(co_await confirm());
    co_return co_await stream_->read(max);
  }
  Task<Result<void>> write(ByteViews pieces) override { return stream_->write(pieces); }
  Task<Result<void>> close_write() override { return stream_->close_write(); }
  void reset() noexcept override { stream_->reset(); }

 private:
  Task<Result<void>> confirm() {
    if (!confirmed_) {
      const Result<std::string> protocol = co_await negotiate(*stream_, proposer_);
      if (!protocol) {
        stream_->reset();
        co_return protocol.error();
      }
      confirmed_ = true;
    }
    co_return Result<void>();
  }

  std::unique_ptr<Stream> stream_;
  Proposer proposer_;
  bool confirmed_ = false;
};

}  // namespace

Task<Result<std::string>> select_protocol(Stream& stream, std::vector<std::string> protocols) {
  Proposer proposer(std::move(protocols));
  const Bytes start = proposer.start();
  OPW_CO_TRYV(co_await write(stream, start));
  co_return co_await negotiate(stream, proposer);
}

Task<Result<std::string>> accept_protocol(Stream& stream, std::function<bool(std::string_view)> supports) {
  Responder responder(std::move(supports));
  const Bytes start = responder.start();
  OPW_CO_TRYV(co_await write(stream, start));
  co_return co_await negotiate(stream, responder);
}

Task<Result<std::unique_ptr<Stream>>> select_lazily(std::unique_ptr<Stream> stream, std::string protocol) {
  std::vector<std::string> protocols;
  protocols.push_back(std::move(protocol));
  Proposer proposer(std::move(protocols));
  const Bytes start = proposer.start();
  OPW_CO_TRYV(co_await write(*stream, start));
  co_return std::unique_ptr<Stream>(std::make_unique<LazyStream>(std::move(stream), std::move(proposer)));
}

}  // namespace opwire::multistream
