#include "opwire/metrics/text_format.hpp"

#include <charconv>
#include <cmath>

namespace opwire::metrics::text_format {
namespace {

constexpr double kExact = 9007199254740992;  // up to here every whole number is itself
constexpr int kDigits = 16;                  // so that 0.1 is shown as 0.1

void append_number(std::string& out, double value) {
  if (std::isnan(value)) {
    out += "NaN";
  } else if (std::isinf(value)) {
    out += value > 0 ? "+Inf" : "-Inf";
  } else {
    char digits[32];
    const bool whole = std::abs(value) <= kExact && value == std::trunc(value);
    const auto end =
        whole ? std::to_chars(std::begin(digits), std::end(digits), static_cast<std::int64_t>(value))
              : std::to_chars(std::begin(digits), std::end(digits), value, std::chars_format::general, kDigits);
    out.append(digits, end.ptr);
  }
}

void append_escaped(std::string& out, std::string_view text) {
  for (const char letter : text) {
    if (letter == '\n') {
      out += "\\n";
      continue;
    }
    if (letter == '\\' || letter == '"') out += '\\';
    out += letter;
  }
}

void append_labels(std::string& out, const Labels& labels) {
  for (const auto& [name, value] : labels) {
    out += name;
    out += "=\"";
    append_escaped(out, value);
    out += "\",";
  }
}

/// name{labels}, with what one more label needs.
std::string series_of(std::string_view name, const Labels& labels) {
  std::string series(name);
  series += '{';
  append_labels(series, labels);
  return series;
}

void append_line(std::string& out, std::string_view name, std::string_view suffix, const Labels& labels, double value) {
  out += name;
  out += suffix;
  if (!labels.empty()) {
    out += '{';
    append_labels(out, labels);
    out.back() = '}';
  }
  out += ' ';
  append_number(out, value);
  out += '\n';
}

}  // namespace

void append_head(std::string& out, std::string_view name, std::string_view help, std::string_view kind) {
  ((((((out += "# HELP ") += name) += ' ') += help) += "\n# TYPE ") += name) += ' ';
  (out += kind) += '\n';
}

void append_sample(std::string& out, std::string_view name, const Labels& labels, double value) {
  append_line(out, name, "", labels, value);
}

void append_histogram(std::string& out, std::string_view name, const Labels& labels, const Histogram& histogram) {
  std::uint64_t all = 0;
  for (const std::uint64_t count : histogram.counts()) all += count;
  append_line(out, name, "_count", labels, static_cast<double>(all));
  append_line(out, name, "_sum", labels, histogram.sum());
  const std::string series = series_of(std::string(name) + "_bucket", labels) + "le=\"";
  std::uint64_t so_far = 0;
  for (std::size_t i = 0; i < histogram.counts().size(); ++i) {
    so_far += histogram.counts()[i];
    out += series;
    append_number(out, i < histogram.bounds().size() ? histogram.bounds()[i] : HUGE_VAL);
    out += "\"} ";
    append_number(out, static_cast<double>(so_far));
    out += '\n';
  }
}

}  // namespace opwire::metrics::text_format
