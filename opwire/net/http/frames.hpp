// WebSocket frames (RFC 6455 section 5) without I/O: bytes in, messages and control frames out, and back. No
// extensions.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "opwire/base/bytes.hpp"
#include "opwire/base/result.hpp"
#include "opwire/base/rng.hpp"
#include "opwire/net/http/utf8.hpp"

namespace opwire::http {

enum class Role : unsigned char { kClient, kServer };

enum class Opcode : std::uint8_t {
  kContinuation = 0,
  kText = 1,
  kBinary = 2,
  kClose = 8,
  kPing = 9,
  kPong = 10,
};

/// 1005 is never sent: it stands for a close frame without a code.
inline constexpr std::uint16_t kNormalClosure = 1000;
inline constexpr std::uint16_t kGoingAway = 1001;
inline constexpr std::uint16_t kProtocolError = 1002;
inline constexpr std::uint16_t kNoCode = 1005;
inline constexpr std::uint16_t kInvalidData = 1007;
inline constexpr std::uint16_t kTooBig = 1009;
inline constexpr std::uint16_t kInternalError = 1011;

/// Whether a close frame may carry it.
bool is_sendable_close_code(std::uint16_t code) noexcept;
/// The code that tells the other side of kFrame, kBadText or kMessageTooLong.
std::uint16_t close_code_for(const Error& error) noexcept;

/// A whole message, its fragments joined (kText, kBinary), or a control frame. Text and reasons are UTF-8.
struct FrameEvent {
  Opcode opcode = Opcode::kBinary;
  std::string data;
  std::uint16_t close_code = kNoCode;  ///< kClose only; data is the reason then
};

class FrameDecoder {
 public:
  /// own: whose side reads. A server takes masked frames only, a client unmasked ones.
  FrameDecoder(Role own, std::size_t max_message) : own_(own), max_message_(max_message) {}

  /// Takes bytes off the front until something is complete; nothing: all were taken. Memory grows with what arrives.
  /// Errors: kFrame, kBadText, kMessageTooLong (by the declared length, before anything of it is taken); the decoder is
  /// of no use afterwards. What follows a close frame is taken and dropped.
  Result<std::optional<FrameEvent>> next(ByteView& bytes);

 private:
  Result<void> take_header(ByteView& bytes);
  Result<void> on_header();
  Result<void> on_length(std::uint64_t length);
  Result<void> take_payload(ByteView& bytes);
  Result<std::optional<FrameEvent>> end_frame();
  Result<FrameEvent> end_control();
  bool in_control() const noexcept { return (static_cast<unsigned>(opcode_) & 8U) != 0; }

  Role own_;
  std::size_t max_message_;
  ByteArray<14> header_{};
  std::size_t header_size_ = 0;
  bool in_payload_ = false;
  bool closed_ = false;
  // The frame under way.
  bool fin_ = false;
  bool masked_ = false;
  Opcode opcode_ = Opcode::kBinary;
  std::uint64_t left_ = 0;
  ByteArray<4> mask_{};
  std::size_t mask_at_ = 0;
  std::string control_;
  // The message under way.
  std::optional<Opcode> message_opcode_;
  std::string message_;
  Utf8Check text_;
};

/// Appends one frame, FIN set. Clients mask with four bytes of rng; servers pass null.
void append_frame(std::string& out, Opcode opcode, ByteView payload, Rng* mask_rng);
/// A close frame; the reason is cut to what fits. kNoCode: an empty one.
void append_close(std::string& out, std::uint16_t code, std::string_view reason, Rng* mask_rng);

}  // namespace opwire::http
