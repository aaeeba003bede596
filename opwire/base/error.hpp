// What went wrong, as a small value.
//
// Each library names its errors in its own errors.hpp, as constants of ErrorKind: the name for logs and metrics, a text
// for people, and what a peer that caused it has to expect. An Error points at one of them. So the table of errors and
// consequences is the sum of the errors.hpp files, each beside the code that can raise them.
#pragma once

#include <string>
#include <string_view>

namespace opwire {

/// The smallest sensible reaction to an error that a peer caused.
enum class Consequence : unsigned char {
  kLocal,            ///< not a peer's doing: ours, the machine's or the user's
  kIgnore,           ///< drop what was sent, remember nothing
  kPenalise,         ///< drop it and report it to whoever keeps score (p2p/core PeerEvents)
  kResetStream,      ///< reset the one stream it came on
  kCloseConnection,  ///< the connection cannot go on
};

std::string_view to_string(Consequence consequence) noexcept;

struct ErrorKind {
  const char* name;  ///< stable, "library.what_was_wrong"
  const char* text;  ///< a clause for people: "frame is longer than the limit"
  Consequence consequence = Consequence::kLocal;
};

/// Cheap to copy: a kind, and where known a static context and the system's error number.
class Error {
 public:
  // NOLINTNEXTLINE(google-explicit-constructor): a kind is the usual way to make an error
  constexpr Error(const ErrorKind& kind, const char* context = nullptr, int system_error = 0) noexcept
      : kind_(&kind), context_(context), system_error_(system_error) {}

  constexpr const ErrorKind& kind() const noexcept { return *kind_; }
  constexpr std::string_view name() const noexcept { return kind_->name; }
  constexpr Consequence consequence() const noexcept { return kind_->consequence; }
  /// errno where the system refused something, else 0.
  constexpr int system_error() const noexcept { return system_error_; }
  constexpr bool is(const ErrorKind& kind) const noexcept { return kind_ == &kind; }

  /// "frame is longer than the limit (yamux data)", with the system's own words where it has some.
  std::string message() const;

  friend constexpr bool operator==(const Error& a, const Error& b) noexcept { return a.kind_ == b.kind_; }

 private:
  const ErrorKind* kind_;
  const char* context_;  // static text
  int system_error_;
};

namespace errors {
// Those that every layer can meet.
inline constexpr ErrorKind kCancelled{"cancelled", "cancelled"};
inline constexpr ErrorKind kClosed{"closed", "closed on this side"};
inline constexpr ErrorKind kTimeout{"timeout", "took too long"};
inline constexpr ErrorKind kEndOfStream{"end_of_stream", "the stream ended early", Consequence::kResetStream};
inline constexpr ErrorKind kReset{"reset", "the other side reset the stream"};
inline constexpr ErrorKind kSystem{"system", "the system refused"};
inline constexpr ErrorKind kLimit{"limit", "a limit of this side was reached"};
}  // namespace errors

}  // namespace opwire
