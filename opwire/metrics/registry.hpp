// The numbers of a process, in Prometheus' text format (0.0.4).
//
//   metrics::Registry registry;
//   registry.gauge("op_node_default_p2p_peer_count", "Connected peers", [&] { return double(network.size()); });
//   metrics::Histogram& age = registry.histogram("opwire_block_age_seconds", "...", {.1, .5, 1, 2});
//   age.observe(0.3);
//   registry.text();
//
// Most numbers are counted by whoever has them and are read here when somebody asks. All on the loop. What a reader
// refers to outlives the registry.
//
// Series are bounded: of one name at most kMaxSeries; further ones are left out, and counted in
// opwire_metrics_left_out. So a label may come from peers, but they cannot fill the scraper's memory with it.
#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace opwire::metrics {

inline constexpr std::size_t kMaxSeries = 128;

/// Name and value, in the order in which they are shown.
using Labels = std::vector<std::pair<std::string, std::string>>;

/// What happened so far in ranges of size: a count for each upper bound, of all that is not above it.
class Histogram {
 public:
  /// bounds: rising.
  explicit Histogram(std::vector<double> bounds);

  /// What is no finite number is left out.
  void observe(double value) noexcept;
  /// What somebody else has counted, in the same bounds: one for each, and one for what is above all.
  void set(std::span<const std::uint64_t> counts, double sum);

  const std::vector<double>& bounds() const noexcept { return bounds_; }
  /// One for each bound, and one for what is above all; not added up.
  const std::vector<std::uint64_t>& counts() const noexcept { return counts_; }
  double sum() const noexcept { return sum_; }

 private:
  std::vector<double> bounds_;
  std::vector<std::uint64_t> counts_;
  double sum_ = 0;
};

/// Where a reader of many series puts them.
class Series {
 public:
  /// Labels that a series has already: the values are added.
  void add(Labels labels, double value);
  void add(Labels labels, const Histogram& histogram);

 private:
  friend class Registry;
  struct One {
    Labels labels;
    double value = 0;
    const Histogram* histogram = nullptr;
  };
  std::vector<One> all_;
  std::uint64_t left_out_ = 0;
};

using ReadNumber = std::function<double()>;
using ReadSeries = std::function<void(Series&)>;

class Registry {
 public:
  Registry() = default;
  Registry(const Registry&) = delete;
  Registry& operator=(const Registry&) = delete;

  // A name is [a-zA-Z_:][a-zA-Z0-9_:]*, a label's [a-zA-Z_][a-zA-Z0-9_]*, and a name is given once: anything else is a
  // broken invariant. A help is one line; labels' values are any text.
  void gauge(std::string name, std::string help, ReadNumber read);
  void counter(std::string name, std::string help, ReadNumber read);
  void gauges(std::string name, std::string help, ReadSeries read);
  void counters(std::string name, std::string help, ReadSeries read);
  /// Kept by the registry, without labels.
  Histogram& histogram(std::string name, std::string help, std::vector<double> bounds);
  /// Of histograms that somebody else keeps, until text() has returned.
  void histograms(std::string name, std::string help, ReadSeries read);

  /// Called at the beginning of every text(), in this order: for what many numbers are read from.
  void before_reading(std::function<void()> prepare) { preparations_.push_back(std::move(prepare)); }

  /// All names, with their types, and what there is of each. A name of which there is nothing yet stands alone.
  std::string text() const;
  std::vector<std::string> names() const;

 private:
  enum class Kind : unsigned char { kGauge, kCounter, kHistogram };
  struct Family {
    std::string name;
    std::string help;
    Kind kind;
    ReadSeries read;
  };
  static const char* kind_name(Kind kind) noexcept;
  void add(Family family);

  std::vector<Family> families_;
  std::vector<std::function<void()>> preparations_;
  std::deque<Histogram> histograms_;
  mutable std::size_t last_size_ = 0;  // of text()
};

}  // namespace opwire::metrics
