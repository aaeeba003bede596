// Structured logging: a message, then key=value pairs. spdlog is behind it and appears in no header.
//
//   log::Logger log{"gossipsub"};
//   log.info("peer joined", {{"peer", id.to_string()}, {"topic", topic}});
//
// A line that a peer can trigger goes through a log::Limit, so that nobody fills the disk from outside.
#pragma once

#include <concepts>
#include <initializer_list>
#include <string>
#include <string_view>

#include "opwire/base/result.hpp"
#include "opwire/base/time.hpp"

namespace opwire::log {

enum class Level : unsigned char { kTrace, kDebug, kInfo, kWarn, kError, kOff };
enum class Format : unsigned char { kText, kTerminal, kLogfmt, kJson };

struct Field {
  Field(std::string_view name, std::string_view text) : key(name), value(text) {}
  Field(std::string_view name, const char* text) : key(name), value(text) {}
  Field(std::string_view name, const Error& error) : key(name), value(error.message()) {}
  Field(std::string_view name, bool flag) : key(name), value(flag ? "true" : "false"), bare(true) {}
  template <class Number>
    requires(std::integral<Number> || std::floating_point<Number>)
  Field(std::string_view name, Number number)
      : key(name), value(std::to_string(number)), bare(number - number == 0) {}  // JSON has no infinity, no NaN

  std::string_view key;
  std::string value;
  bool bare = false;  ///< a number or truth value: JSON without quotes
};
using Fields = std::initializer_list<Field>;

/// Named after its module ("swarm", "gossipsub"); cheap to make, static storage for the name.
class Logger {
 public:
  explicit constexpr Logger(const char* module) noexcept : module_(module) {}

  bool enabled(Level level) const noexcept;
  void write(Level level, std::string_view message, Fields fields = {}) const;

  void trace(std::string_view message, Fields fields = {}) const { write(Level::kTrace, message, fields); }
  void debug(std::string_view message, Fields fields = {}) const { write(Level::kDebug, message, fields); }
  void info(std::string_view message, Fields fields = {}) const { write(Level::kInfo, message, fields); }
  void warn(std::string_view message, Fields fields = {}) const { write(Level::kWarn, message, fields); }
  void error(std::string_view message, Fields fields = {}) const { write(Level::kError, message, fields); }

 private:
  const char* module_;
};

/// At most one line per interval; tells how many were left out since.
class Limit {
 public:
  explicit constexpr Limit(Duration interval = std::chrono::seconds(10)) noexcept : interval_(interval) {}
  /// True when a line may be written now; then suppressed() is the number of those left out before it.
  bool admit(TimePoint now) noexcept;
  unsigned suppressed() const noexcept { return reported_; }

 private:
  Duration interval_;
  TimePoint next_{};
  unsigned left_out_ = 0;
  unsigned reported_ = 0;
};

/// Everything goes to stderr. Call before other threads log; the default is info, text.
struct Options {
  Options() = default;
  Level level = Level::kInfo;
  std::string modules;  ///< further "module=level" pairs, comma-separated
  Format format = Format::kText;
  bool color = false;
};
/// Errors: an unknown level or a malformed pair in `modules`; the text names it.
Result<void, std::string> configure(const Options& options);

/// "info" or "gossipsub=debug,info": the levels that --log.level takes. Go's names too (trace, debug, info, warn,
/// error, crit); upper or lower case.
Result<Options, std::string> parse_levels(std::string_view text);

/// Tests: collects lines instead of writing them, until destroyed. One at a time.
class Capture {
 public:
  Capture();
  ~Capture();
  Capture(const Capture&) = delete;
  Capture& operator=(const Capture&) = delete;
  std::string text() const;
};

}  // namespace opwire::log
