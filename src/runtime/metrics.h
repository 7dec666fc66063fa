// Metrics: counters, gauges and histograms with help text, written in the Prometheus text format. One thread, no locks:
// a daemon's metrics belong to its loop. The supervisor collects them over the control channel and serves them.
#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <vector>

namespace courier {

class Counter {
 public:
  void add(std::uint64_t n = 1) { value_ += n; }
  [[nodiscard]] std::uint64_t value() const { return value_; }

 private:
  std::uint64_t value_ = 0;
};

class Gauge {
 public:
  void set(std::int64_t v) { value_ = v; }
  void add(std::int64_t n) { value_ += n; }
  [[nodiscard]] std::int64_t value() const { return value_; }

 private:
  std::int64_t value_ = 0;
};

// Counts observations (seconds) in buckets.
class Histogram {
 public:
  explicit Histogram(std::vector<double> upper_bounds) : bounds_(std::move(upper_bounds)), counts_(bounds_.size() + 1) {}
  void observe(double seconds);

 private:
  friend class Metrics;
  std::vector<double> bounds_;
  std::vector<std::uint64_t> counts_;
  double sum_ = 0;
};

class Metrics {
 public:
  // References stay valid as long as the Metrics. `labels` is written as is: `reason="relay"`. Name as Prometheus wants
  // it: courier_smtpd_messages_accepted_total.
  Counter& counter(std::string_view name, std::string_view help, std::string_view labels = {});
  Gauge& gauge(std::string_view name, std::string_view help, std::string_view labels = {});
  Histogram& histogram(std::string_view name, std::string_view help, std::vector<double> upper_bounds);
  // The exposition text, HELP and TYPE once a name.
  [[nodiscard]] std::string text() const;

 private:
  enum class Kind { Counter, Gauge, Histogram };
  struct Entry {
    Kind kind;
    std::string name, help, labels;
    Counter counter;
    Gauge gauge;
    Histogram histogram{{}};
  };
  static void append_samples(std::string& out, const Entry& e);
  Entry& entry(Kind kind, std::string_view name, std::string_view help, std::string_view labels);
  std::deque<Entry> entries_;
};

}  // namespace courier
