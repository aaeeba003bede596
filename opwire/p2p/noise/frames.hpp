// Transport messages: two bytes of length (big-endian), ciphertext, tag.
#pragma once

#include <optional>
#include <span>
#include <vector>

#include "opwire/p2p/noise/cipher_state.hpp"

namespace opwire::noise {

inline constexpr std::size_t kLengthSize = 2;
/// Plaintext of a frame that we make. Go's frames hold up to 65,519; this is a multiple of 128, which the cipher is
/// fastest with, and what a yamux data frame of ours fills.
inline constexpr std::size_t kMaxPlaintext = 65'408;
inline constexpr std::size_t kFrameOverhead = kLengthSize + kTagSize;
inline constexpr std::size_t kMaxFrame = kLengthSize + 65'535;

/// Cuts pieces into frames and seals them. A piece that fits a frame whole is not cut, so that the receiver finds
/// payloads in one part.
class FrameSealer {
 public:
  explicit FrameSealer(CipherState cipher) : cipher_(std::move(cipher)) {}

  /// Seals as many frames as out holds; takes what it sealed off pieces (their views shrink). Returns the bytes of out
  /// that are used. out must hold a frame of full size, or of all the pieces. Errors: kNonceExhausted.
  Result<std::size_t> seal(std::span<ByteView>& pieces, MutableByteView out);

 private:
  /// Moves the next frame's parts from pieces to parts_; returns their size.
  std::size_t cut(std::span<ByteView>& pieces);

  CipherState cipher_;
  std::vector<ByteView> parts_;
};

/// Opens frames in place.
class FrameOpener {
 public:
  explicit FrameOpener(CipherState cipher) : cipher_(std::move(cipher)) {}

  struct Opened {
    MutableByteView text;  ///< inside data
    std::size_t used;      ///< bytes of data that the frame took
  };
  /// Opens the frame at the front; nothing if it is not whole yet. Errors (final): kFrameTooShort, kNonceExhausted,
  /// crypto kDecryptFailed.
  Result<std::optional<Opened>> open(MutableByteView data);

 private:
  CipherState cipher_;
};

}  // namespace opwire::noise
