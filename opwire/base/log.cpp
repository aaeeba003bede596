#include "opwire/base/log.hpp"

#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/stdout_color_sinks.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <atomic>
#include <cctype>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <utility>

namespace opwire::log {
namespace {

struct State {
  std::mutex mutex;  // configuration and capture only; writing takes spdlog's own lock
  std::shared_ptr<spdlog::logger> sink;
  std::map<std::string, Level, std::less<>> modules;
  std::atomic<Level> level{Level::kInfo};
  std::atomic<Level> lowest{Level::kInfo};  // the most talkative of all modules: the quick way out
  std::atomic<Format> format{Format::kText};
  bool capturing = false;
  std::string captured;
};

State& state() {
  static State instance;
  return instance;
}

std::optional<Level> level_named(std::string_view name) {
  std::string lower(name);
  for (char& c : lower) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  if (lower == "trace" || lower == "trce") return Level::kTrace;
  if (lower == "debug" || lower == "dbug") return Level::kDebug;
  if (lower == "info") return Level::kInfo;
  if (lower == "warn" || lower == "warning") return Level::kWarn;
  if (lower == "error" || lower == "eror" || lower == "crit") return Level::kError;
  if (lower == "off") return Level::kOff;
  return std::nullopt;
}

const char* name_of(Level level) {
  switch (level) {
    case Level::kTrace:
      return "TRACE";
    case Level::kDebug:
      return "DEBUG";
    case Level::kInfo:
      return "INFO";
    case Level::kWarn:
      return "WARN";
    case Level::kError:
      return "ERROR";
    case Level::kOff:
      return "OFF";
  }
  return "?";
}

spdlog::level::level_enum to_spdlog(Level level) {
  return static_cast<spdlog::level::level_enum>(level);
}

bool needs_quotes(std::string_view value) {
  if (value.empty()) return true;
  for (const unsigned char c : value) {
    if (c <= ' ' || c == '"' || c == '=' || c == '\\' || c >= 0x7f) return true;
  }
  return false;
}

// Values come from peers. Quotes, control characters and all that is not ASCII are written as JSON escapes, byte by
// byte: no terminal obeys them, and a line of JSON stays valid whatever the bytes are.
void append_quoted(std::string& out, std::string_view value) {
  static constexpr char kHex[] = "0123456789abcdef";
  out += '"';
  for (const unsigned char c : value) {
    if (c == '"' || c == '\\') {
      out += '\\';
      out += static_cast<char>(c);
    } else if (c < ' ' || c >= 0x7f) {
      out += "\\u00";
      out += kHex[c >> 4];
      out += kHex[c & 15];
    } else {
      out += static_cast<char>(c);
    }
  }
  out += '"';
}

constexpr std::size_t kUsualLine = 256;

std::string render_pairs(const char* module, std::string_view message, Fields fields) {
  std::string line;
  line.reserve(kUsualLine);
  line.append(message).append("  module=").append(module);
  for (const Field& field : fields) {
    line.append(" ").append(field.key).append("=");
    if (needs_quotes(field.value)) {
      append_quoted(line, field.value);
    } else {
      line += field.value;
    }
  }
  return line;
}

std::string render_logfmt(const char* module, Level level, std::string_view message, Fields fields) {
  std::string line = "lvl=";
  line.append(name_of(level)).append(" msg=");
  append_quoted(line, message);
  const std::string pairs = render_pairs(module, "", fields);
  return line.append(std::string_view(pairs).substr(1));
}

std::string render_json(const char* module, Level level, std::string_view message, Fields fields) {
  std::string line = "\"lvl\":\"";
  line.append(name_of(level)).append("\",\"msg\":");
  append_quoted(line, message);
  line.append(",\"module\":\"").append(module).append("\"");
  for (const Field& field : fields) {
    line.append(",\"").append(field.key).append("\":");
    if (field.bare) {
      line += field.value;
    } else {
      append_quoted(line, field.value);
    }
  }
  return line += '}';
}

std::string render(const char* module, Level level, std::string_view message, Fields fields) {
  switch (state().format) {
    case Format::kJson:
      return render_json(module, level, message, fields);
    case Format::kLogfmt:
      return render_logfmt(module, level, message, fields);
    case Format::kText:
    case Format::kTerminal:
      break;
  }
  return render_pairs(module, message, fields);
}

const char* pattern_of(Format format) {
  switch (format) {
    case Format::kJson:
      return "{\"t\":\"%Y-%m-%dT%H:%M:%S.%f%z\",%v";
    case Format::kLogfmt:
      return "t=%Y-%m-%dT%H:%M:%S.%f%z %v";
    case Format::kText:
    case Format::kTerminal:
      break;
  }
  return "%Y-%m-%d %H:%M:%S.%e %^%*%$ %v";
}

/// %*: the level as the other formats name it, in a column.
class LevelName final : public spdlog::custom_flag_formatter {
 public:
  void format(const spdlog::details::log_msg& message, const std::tm&, spdlog::memory_buf_t& to) override {
    const std::string_view name = name_of(static_cast<Level>(message.level));
    to.append(name.data(), name.data() + name.size());
    to.append(kPadding.data(), kPadding.data() + (kPadding.size() - std::min(kPadding.size(), name.size())));
  }
  std::unique_ptr<spdlog::custom_flag_formatter> clone() const override { return std::make_unique<LevelName>(); }

 private:
  static constexpr std::string_view kPadding = "     ";
};

std::shared_ptr<spdlog::logger> make_sink(Format format, bool color) {
  std::shared_ptr<spdlog::sinks::sink> sink;
  if (color) {
    sink = std::make_shared<spdlog::sinks::stderr_color_sink_mt>(spdlog::color_mode::always);
  } else {
    sink = std::make_shared<spdlog::sinks::stderr_sink_mt>();
  }
  auto logger = std::make_shared<spdlog::logger>("opwire", std::move(sink));
  auto formatter = std::make_unique<spdlog::pattern_formatter>();
  formatter->add_flag<LevelName>('*').set_pattern(pattern_of(format));
  logger->set_formatter(std::move(formatter));
  logger->set_level(spdlog::level::trace);
  return logger;
}

Result<void, std::string> add_level(Options& options, std::string_view item) {
  const std::size_t equals = item.find('=');
  const std::string_view name = equals == std::string_view::npos ? item : item.substr(equals + 1);
  const auto level = level_named(name);
  if (!level) return "unknown log level '" + std::string(name) + "' (trace, debug, info, warn, error, off)";
  if (equals == std::string_view::npos) {
    options.level = *level;
  } else {
    if (!options.modules.empty()) options.modules += ',';
    options.modules += item;
  }
  return {};
}

template <class Function>
Result<void, std::string> for_each_item(std::string_view text, Function function) {
  while (!text.empty()) {
    const std::size_t comma = std::min(text.find(','), text.size());
    if (comma > 0) OPW_TRYV(function(text.substr(0, comma)));
    text.remove_prefix(std::min(comma + 1, text.size()));
  }
  return {};
}

}  // namespace

Result<Options, std::string> parse_levels(std::string_view text) {
  Options options;
  OPW_TRYV(for_each_item(text, [&](std::string_view item) { return add_level(options, item); }));
  return options;
}

Result<void, std::string> configure(const Options& options) {
  std::map<std::string, Level, std::less<>> modules;
  Level lowest = options.level;
  OPW_TRYV(for_each_item(options.modules, [&](std::string_view item) -> Result<void, std::string> {
    const std::size_t equals = item.find('=');
    const auto level = equals == std::string_view::npos ? std::nullopt : level_named(item.substr(equals + 1));
    if (!level) return "'" + std::string(item) + "' is not module=level";
    modules[std::string(item.substr(0, equals))] = *level;
    lowest = std::min(lowest, *level);
    return {};
  }));
  State& s = state();
  const std::lock_guard lock(s.mutex);
  s.modules = std::move(modules);
  s.format = options.format;
  s.sink = make_sink(options.format, options.color);
  s.level = options.level;
  s.lowest = lowest;
  return {};
}

bool Logger::enabled(Level level) const noexcept {
  State& s = state();
  if (level < s.lowest.load(std::memory_order_relaxed)) return false;
  const std::lock_guard lock(s.mutex);  // levels may be changed while the program runs
  const auto found = s.modules.find(std::string_view(module_));
  return level >= (found == s.modules.end() ? s.level.load(std::memory_order_relaxed) : found->second);
}

void Logger::write(Level level, std::string_view message, Fields fields) const {
  if (!enabled(level)) return;
  State& s = state();
  const std::string line = render(module_, level, message, fields);
  std::shared_ptr<spdlog::logger> sink;
  {
    const std::lock_guard lock(s.mutex);
    if (s.capturing) {
      s.captured.append(line).append("\n");
      return;
    }
    if (!s.sink) s.sink = make_sink(s.format, false);
    sink = s.sink;
  }
  sink->log(to_spdlog(level), spdlog::string_view_t(line.data(), line.size()));
}

bool Limit::admit(TimePoint now) noexcept {
  if (now < next_) {
    ++left_out_;
    return false;
  }
  next_ = now + interval_;
  reported_ = std::exchange(left_out_, 0);
  return true;
}

Capture::Capture() {
  const std::lock_guard lock(state().mutex);
  OPW_CHECK(!state().capturing);
  state().capturing = true;
  state().captured.clear();
}

Capture::~Capture() {
  const std::lock_guard lock(state().mutex);
  state().capturing = false;
}

std::string Capture::text() const {
  const std::lock_guard lock(state().mutex);
  return state().captured;
}

}  // namespace opwire::log
