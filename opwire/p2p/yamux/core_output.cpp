#include <algorithm>

#include "opwire/p2p/yamux/core.hpp"

namespace opwire::yamux {

bool SessionCore::has_output() const noexcept {
  if (error_) return go_away_.has_value() && !go_away_sent_;
  return ping_.has_value() || !pongs_.empty() || !control_.empty() || !control_due_.empty() || !ready_.empty();
}

void SessionCore::collect(std::vector<OutPiece>& out, std::size_t max_bytes, TimePoint now) {
  if (!error_) {
    collect_pings(out, now);
    collect_control(out);
    collect_data(out, max_bytes);
  } else if (has_output()) {
    go_away_sent_ = true;
    out.push_back({encode_header({FrameType::kGoAway, 0, 0, static_cast<std::uint32_t>(*go_away_)}), {}});
  }
}

void SessionCore::collect_pings(std::vector<OutPiece>& out, TimePoint now) {
  if (ping_) {
    out.push_back({encode_header({FrameType::kPing, kSyn, 0, *ping_}), {}});
    keep_alive_.on_sent(now);
    ping_.reset();
  }
  for (const std::uint32_t value : pongs_) out.push_back({encode_header({FrameType::kPing, kAck, 0, value}), {}});
  pongs_.clear();
}

void SessionCore::collect_control(std::vector<OutPiece>& out) {
  for (const Header& header : control_) out.push_back({encode_header(header), {}});
  control_.clear();
  while (!control_due_.empty()) {
    StreamState& stream = control_due_.front();
    control_due_.pop_front();
    std::uint16_t flags = 0;
    if (std::exchange(stream.syn_due, false)) flags |= kSyn;
    if (std::exchange(stream.ack_due, false)) flags |= kAck;
    const std::uint32_t credit = std::exchange(stream.credit_due, 0u);
    if (flags == 0 && credit == 0) continue;  // a FIN came in between
    out.push_back({encode_header({FrameType::kWindowUpdate, flags, stream.id, credit}), {}});
  }
}

void SessionCore::collect_data(std::vector<OutPiece>& out, std::size_t max_bytes) {
  std::size_t bytes = 0;
  while (bytes < max_bytes && !ready_.empty()) {
    StreamState& stream = ready_.front();
    ready_.pop_front();
    if (stream.pending() > 0) {
      bytes += collect_data_frame(out, stream);
      link(stream);
    } else {
      out.push_back({encode_header({FrameType::kWindowUpdate, kFin, stream.id, 0}), {}});
      stream.fin_sent = true;
      erase_if_finished(stream);
    }
  }
}

std::size_t SessionCore::collect_data_frame(std::vector<OutPiece>& out, StreamState& stream) {
  const std::size_t size = std::min({options_.max_frame_payload, std::size_t{stream.send_window}, stream.pending()});
  std::optional<HeaderBytes> header = encode_header({FrameType::kData, 0, stream.id, static_cast<std::uint32_t>(size)});
  for (std::size_t left = size; left > 0; left -= out.back().payload.size()) {
    out.push_back({std::exchange(header, std::nullopt), take_unsent(stream, left)});
  }
  stream.send_window -= static_cast<std::uint32_t>(size);
  if (stream.in_flight == 0) in_flight_.push_back(stream.id);
  stream.in_flight += size;
  return kHeaderSize + size;
}

ByteView SessionCore::take_unsent(StreamState& stream, std::size_t max) {
  if (stream.copied.empty()) return stream.lent.take(max);
  owners_.push_back(stream.copied.pop(max));
  return owners_.back();
}

void SessionCore::on_written() {
  owners_.clear();
  for (const StreamId id : in_flight_) {
    if (StreamState* const stream = find(id)) {
      stream->in_flight = 0;
      touch(*stream, kWritable);
    }
  }
  in_flight_.clear();
}

void SessionCore::end(const Error& why, std::optional<GoAwayCode> tell) {
  if (error_) return;
  error_ = why;
  go_away_ = tell;
}

}  // namespace opwire::yamux
