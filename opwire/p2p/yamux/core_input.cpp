#include <algorithm>

#include "opwire/p2p/yamux/core.hpp"
#include "opwire/p2p/yamux/errors.hpp"

namespace opwire::yamux {

Result<void> SessionCore::feed(Buffer bytes, TimePoint now) {
  if (error_) return *error_;
  if (!bytes.empty()) keep_alive_.on_received(now);
  while (!bytes.empty()) {
    if (body_.left > 0) {
      on_body(bytes.take_front(body_.left));
    } else {
      const Buffer part = bytes.take_front(kHeaderSize - header_used_);
      std::memcpy(&header_[header_used_], part.data(), part.size());
      header_used_ += part.size();
      if (header_used_ < kHeaderSize) break;
      header_used_ = 0;
      const Result<Header> header = parse_header(header_);
      if (!header) return fail(header.error());
      if (const Result<void> done = on_frame(*header, now); !done) return fail(done.error());
    }
    if (error_) return *error_;
  }
  return {};
}

Result<void> SessionCore::on_frame(const Header& header, TimePoint now) {
  switch (header.type) {
    case FrameType::kData:
    case FrameType::kWindowUpdate:
      return on_stream_frame(header, now);
    case FrameType::kPing:
      on_ping(header, now);
      return {};
    case FrameType::kGoAway:
      switch (header.length) {
        case 0:
          return Error(errors::kGoAway, "normal");
        case 1:
          return Error(errors::kGoAway, "protocol error");
        case 2:
          return Error(errors::kGoAway, "internal error");
        default:
          return Error(errors::kGoAway, "unknown code");
      }
  }
  return {};
}

Result<void> SessionCore::on_stream_frame(const Header& header, TimePoint now) {
  if (header.stream == 0) return errors::kBadStreamId;
  if (header.has(kSyn)) OPW_TRYV(on_syn(header, now));
  StreamState* const stream = find_live(header.stream);
  if (stream != nullptr && header.has(kAck)) acknowledge(*stream);
  if (stream != nullptr && header.has(kRst)) {
    fail_stream(*stream, opwire::errors::kReset);
    erase_if_finished(*stream);
  }
  if (header.type == FrameType::kData) return on_data(header);
  return header.has(kRst) ? Result<void>() : on_window_update(header);
}

Result<void> SessionCore::on_syn(const Header& header, TimePoint now) {
  if ((header.stream % 2 == 1) == dialer_) return errors::kBadStreamId;
  if (find(header.stream) != nullptr) return errors::kDuplicateStream;
  if (header.has(kRst)) return {};
  if (incoming_ >= options_.max_incoming_streams) {
    send_reset(header.stream);
    return {};
  }
  StreamState& stream = add(header.stream, false, now);
  stream.ack_due = true;
  link(stream);
  touch(stream, kNew);
  return {};
}

Result<void> SessionCore::on_data(const Header& header) {
  body_ = {0, header.length, header.has(kFin)};
  StreamState* const stream = find_live(header.stream);
  if (stream == nullptr) {
    // Late data of a stream that is gone, or refused: a peer may have had a whole window under way.
    if (header.length > options_.max_window) return errors::kFrameTooLong;
    return {};
  }
  if (header.length > stream->window.remaining()) return errors::kWindowExceeded;
  if (stream->fin_received && header.length > 0) {
    fail_stream(*stream, errors::kDataAfterFin);
    send_reset(header.stream);
    erase_if_finished(*stream);
    return {};
  }
  stream->window.on_announced(header.length);
  body_.stream = header.stream;
  if (body_.left == 0) on_body({});
  return {};
}

void SessionCore::on_body(Buffer bytes) {
  body_.left -= static_cast<std::uint32_t>(bytes.size());
  StreamState* const stream = find_live(body_.stream);
  if (stream == nullptr) return;
  if (!stream->read_closed && !bytes.empty()) {
    if (stream->inbox.empty()) touch(*stream, kReadable);
    stream->inbox.push(std::move(bytes));
  }
  if (body_.left == 0 && body_.fin) on_fin(*stream);
}

Result<void> SessionCore::on_window_update(const Header& header) {
  StreamState* const stream = find_live(header.stream);
  if (stream == nullptr) return {};
  if (header.length > UINT32_MAX - stream->send_window) return errors::kWindowOverflow;
  stream->send_window += header.length;
  link(*stream);
  if (header.has(kFin)) on_fin(*stream);
  return {};
}

void SessionCore::on_fin(StreamState& stream) {
  if (stream.fin_received) return;
  stream.fin_received = true;
  stream.credit_due = 0;
  touch(stream, kReadable);
}

void SessionCore::on_ping(const Header& header, TimePoint now) {
  if (!header.has(kSyn)) {
    keep_alive_.on_pong(header.length, now);
  } else if (pongs_.size() < options_.max_pongs) {
    pongs_.push_back(header.length);
  }
}

Result<void> SessionCore::on_time(TimePoint now) {
  if (error_) return *error_;
  if (keep_alive_.expired(now)) return fail(errors::kPingTimeout);
  if (const auto value = keep_alive_.due(now)) ping_ = value;
  while (!lingering_.empty() && lingering_.front().linger_until <= now) {
    StreamState& stream = lingering_.front();
    fail_stream(stream, opwire::errors::kTimeout);
    send_reset(stream.id);
    erase_if_finished(stream);
  }
  return error_ ? Result<void>(*error_) : Result<void>();
}

TimePoint SessionCore::next_time() const noexcept {
  if (error_) return TimePoint::max();
  return lingering_.empty() ? keep_alive_.next() : std::min(keep_alive_.next(), lingering_.front().linger_until);
}

Error SessionCore::fail(const Error& error) {
  const bool gone = error.is(errors::kGoAway);
  end(error, gone ? std::nullopt : std::optional(GoAwayCode::kProtocolError));
  return *error_;
}

}  // namespace opwire::yamux
