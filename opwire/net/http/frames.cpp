#include "opwire/net/http/frames.hpp"

#include <algorithm>
#include <cstring>

#include "opwire/net/http/errors.hpp"

namespace opwire::http {
namespace {

constexpr std::size_t kMaxControl = 125;
constexpr std::uint8_t kFin = 0x80;
constexpr std::uint8_t kReserved = 0x70;
constexpr std::uint8_t kMasked = 0x80;

bool is_known(std::uint8_t opcode) {
  return opcode <= 2 || (opcode >= 8 && opcode <= 10);
}

// How long a header is, by what its second byte says.
std::size_t header_length(std::uint8_t second) {
  const std::uint8_t length = second & 0x7f;
  return std::size_t{2} + (length == 126 ? 2 : length == 127 ? 8 : 0) + ((second & kMasked) != 0 ? 4 : 0);
}

// Eight bytes at a time. phase: how many bytes of the frame came before.
void apply_mask(char* data, std::size_t size, const ByteArray<4>& mask, std::size_t phase) {
  ByteArray<8> turned{};
  for (std::size_t i = 0; i < turned.size(); ++i) turned[i] = mask[(phase + i) & 3];
  std::uint64_t word = 0;
  std::memcpy(&word, turned.data(), sizeof(word));
  std::size_t i = 0;
  for (; i + sizeof(word) <= size; i += sizeof(word)) {
    std::uint64_t bytes = 0;
    std::memcpy(&bytes, data + i, sizeof(bytes));
    bytes ^= word;
    std::memcpy(data + i, &bytes, sizeof(bytes));
  }
  for (; i < size; ++i) data[i] = static_cast<char>(data[i] ^ turned[i & 7]);
}

}  // namespace

bool is_sendable_close_code(std::uint16_t code) noexcept {
  if (code >= 3000 && code <= 4999) return true;
  return (code >= 1000 && code <= 1003) || (code >= 1007 && code <= 1014);
}

std::uint16_t close_code_for(const Error& error) noexcept {
  if (error.is(errors::kBadText)) return kInvalidData;
  if (error.is(errors::kMessageTooLong)) return kTooBig;
  return kProtocolError;
}

Result<std::optional<FrameEvent>> FrameDecoder::next(ByteView& bytes) {
  while (!closed_) {
    if (!in_payload_) {
      OPW_TRYV(take_header(bytes));
      if (!in_payload_) return std::optional<FrameEvent>();
    }
    OPW_TRYV(take_payload(bytes));
    if (left_ > 0) return std::optional<FrameEvent>();
    OPW_TRY(std::optional<FrameEvent> event, end_frame());
    if (event) return event;
  }
  bytes = {};
  return std::optional<FrameEvent>();
}

Result<void> FrameDecoder::take_header(ByteView& bytes) {
  while (true) {
    const std::size_t wanted = header_size_ < 2 ? 2 : header_length(header_[1]);
    const std::size_t taken = std::min(wanted - header_size_, bytes.size());
    std::copy_n(bytes.begin(), taken, header_.begin() + static_cast<std::ptrdiff_t>(header_size_));
    header_size_ += taken;
    bytes = bytes.subspan(taken);
    if (header_size_ < wanted) return {};
    if (wanted == 2) OPW_TRYV(on_header());
    if (header_size_ == header_length(header_[1])) break;
  }
  const std::uint8_t* at = header_.data() + 2;
  std::uint64_t length = header_[1] & 0x7f;
  if (length == 126) {
    length = load_be<std::uint16_t>(at);
    if (length < 126) return Error(errors::kFrame, "length is not in its shortest form");
    at += 2;
  } else if (length == 127) {
    length = load_be<std::uint64_t>(at);
    if (length <= 0xffff) return Error(errors::kFrame, "length is not in its shortest form");
    at += 8;
  }
  if (masked_) std::copy_n(at, mask_.size(), mask_.begin());
  return on_length(length);
}

// What the first two bytes tell.
Result<void> FrameDecoder::on_header() {
  if ((header_[0] & kReserved) != 0) return Error(errors::kFrame, "reserved bits");
  const std::uint8_t opcode = header_[0] & 0x0f;
  if (!is_known(opcode)) return Error(errors::kFrame, "unknown opcode");
  opcode_ = static_cast<Opcode>(opcode);
  fin_ = (header_[0] & kFin) != 0;
  masked_ = (header_[1] & kMasked) != 0;
  if (masked_ != (own_ == Role::kServer)) return Error(errors::kFrame, masked_ ? "masked" : "not masked");
  if (in_control()) {
    if (!fin_) return Error(errors::kFrame, "control frame in fragments");
    if ((header_[1] & 0x7f) > kMaxControl) return Error(errors::kFrame, "long control frame");
    return {};
  }
  if ((opcode_ == Opcode::kContinuation) != message_opcode_.has_value()) {
    return Error(errors::kFrame, message_opcode_ ? "message inside a message" : "continuation of nothing");
  }
  return {};
}

Result<void> FrameDecoder::on_length(std::uint64_t length) {
  if (!in_control()) {
    if (length > max_message_ - message_.size()) return errors::kMessageTooLong;
    if (opcode_ != Opcode::kContinuation) {
      message_opcode_ = opcode_;
      text_ = Utf8Check();
    }
  }
  header_size_ = 0;
  left_ = length;
  mask_at_ = 0;
  in_payload_ = true;
  return {};
}

Result<void> FrameDecoder::take_payload(ByteView& bytes) {
  const std::size_t taken = static_cast<std::size_t>(std::min<std::uint64_t>(left_, bytes.size()));
  std::string& to = in_control() ? control_ : message_;
  const std::size_t before = to.size();
  to.append(as_text(bytes.first(taken)));
  bytes = bytes.subspan(taken);
  left_ -= taken;
  if (masked_) {
    apply_mask(to.data() + before, taken, mask_, mask_at_);
    mask_at_ += taken;
  }
  if (!in_control() && message_opcode_ == Opcode::kText) {
    const bool good = text_.feed(as_bytes(to).subspan(before));
    if (!good) return errors::kBadText;
  }
  return {};
}

Result<std::optional<FrameEvent>> FrameDecoder::end_frame() {
  in_payload_ = false;
  if (in_control()) {
    OPW_TRY(FrameEvent event, end_control());
    return std::optional<FrameEvent>(std::move(event));
  }
  if (!fin_) return std::optional<FrameEvent>();
  if (message_opcode_ == Opcode::kText && !text_.complete()) return errors::kBadText;
  FrameEvent event;
  event.opcode = *std::exchange(message_opcode_, std::nullopt);
  event.data = std::exchange(message_, {});
  return std::optional<FrameEvent>(std::move(event));
}

Result<FrameEvent> FrameDecoder::end_control() {
  FrameEvent event;
  event.opcode = opcode_;
  event.data = std::exchange(control_, {});
  if (opcode_ != Opcode::kClose) return event;
  closed_ = true;
  if (event.data.empty()) return event;
  if (event.data.size() == 1) return Error(errors::kFrame, "half a close code");
  event.close_code = load_be<std::uint16_t>(as_bytes(event.data).data());
  event.data.erase(0, 2);
  if (!is_sendable_close_code(event.close_code)) return Error(errors::kFrame, "close code");
  Utf8Check reason;
  if (!reason.feed(as_bytes(event.data)) || !reason.complete()) return errors::kBadText;
  return event;
}

void append_frame(std::string& out, Opcode opcode, ByteView payload, Rng* mask_rng) {
  ByteArray<14> header{};
  header[0] = kFin | static_cast<std::uint8_t>(opcode);
  std::size_t size = 2;
  if (payload.size() < 126) {
    header[1] = static_cast<std::uint8_t>(payload.size());
  } else if (payload.size() <= 0xffff) {
    header[1] = 126;
    store_be(&header[2], static_cast<std::uint16_t>(payload.size()));
    size = 4;
  } else {
    header[1] = 127;
    store_be(&header[2], static_cast<std::uint64_t>(payload.size()));
    size = 10;
  }
  ByteArray<4> mask{};
  if (mask_rng != nullptr) {
    header[1] |= kMasked;
    mask_rng->fill(mask);
    std::copy(mask.begin(), mask.end(), &header[size]);
    size += mask.size();
  }
  out.append(as_text(ByteView(header).first(size)));
  const std::size_t begin = out.size();
  out.append(as_text(payload));
  if (mask_rng == nullptr) return;
  apply_mask(out.data() + begin, payload.size(), mask, 0);
}

void append_close(std::string& out, std::uint16_t code, std::string_view reason, Rng* mask_rng) {
  std::string payload;
  if (code != kNoCode) {
    payload.push_back(static_cast<char>(code >> 8));
    payload.push_back(static_cast<char>(code & 0xff));
    std::size_t size = std::min(reason.size(), kMaxControl - 2);
    // Not in the middle of a character.
    while (size < reason.size() && size > 0 && (static_cast<std::uint8_t>(reason[size]) & 0xc0) == 0x80) --size;
    payload.append(reason.substr(0, size));
  }
  append_frame(out, Opcode::kClose, as_bytes(payload), mask_rng);
}

}  // namespace opwire::http
