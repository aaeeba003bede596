// Prometheus' text format (0.0.4), written. A scrape is a thousand lines on the loop: nothing here goes through a
// stream or a locale.
#pragma once

#include <string>
#include <string_view>

#include "opwire/metrics/registry.hpp"

namespace opwire::metrics::text_format {

/// help: one line. kind: gauge, counter or histogram.
void append_head(std::string& out, std::string_view name, std::string_view help, std::string_view kind);
void append_sample(std::string& out, std::string_view name, const Labels& labels, double value);
/// Its count, its sum and its buckets, added up.
void append_histogram(std::string& out, std::string_view name, const Labels& labels, const Histogram& histogram);

}  // namespace opwire::metrics::text_format
