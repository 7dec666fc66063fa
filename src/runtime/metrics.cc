#include "runtime/metrics.h"

#include <charconv>

#include "base/check.h"

namespace courier {

namespace {

std::string number(double value) {
  char text[32];
  const auto end = std::to_chars(text, text + sizeof text, value);
  return {text, end.ptr};
}

// HELP text: backslash and line feed are escaped (Prometheus exposition format).
std::string help_text(std::string_view help) {
  std::string out;
  for (const char c : help) {
    if (c == '\\') {
      out += "\\\\";
    } else if (c == '\n') {
      out += "\\n";
    } else {
      out += c;
    }
  }
  return out;
}

void append_sample(std::string& out, const std::string& name, std::string_view labels, const std::string& value) {
  out += name;
  if (!labels.empty()) {
    out += '{';
    out += labels;
    out += '}';
  }
  out += ' ' + value + '\n';
}

}  // namespace

void Histogram::observe(double seconds) {
  std::size_t bucket = 0;
  while (bucket < bounds_.size() && seconds > bounds_[bucket]) ++bucket;
  ++counts_[bucket];
  sum_ += seconds;
}

Metrics::Entry& Metrics::entry(Kind kind, std::string_view name, std::string_view help, std::string_view labels) {
  for (Entry& e : entries_) {
    if (e.name != name || e.labels != labels) continue;
    CHECK(e.kind == kind);
    return e;
  }
  return entries_.emplace_back(Entry{kind, std::string(name), std::string(help), std::string(labels), {}, {}, Histogram({})});
}

Counter& Metrics::counter(std::string_view name, std::string_view help, std::string_view labels) {
  return entry(Kind::Counter, name, help, labels).counter;
}

Gauge& Metrics::gauge(std::string_view name, std::string_view help, std::string_view labels) {
  return entry(Kind::Gauge, name, help, labels).gauge;
}

Histogram& Metrics::histogram(std::string_view name, std::string_view help, std::vector<double> upper_bounds) {
  Entry& e = entry(Kind::Histogram, name, help, {});
  if (e.histogram.bounds_.empty()) e.histogram = Histogram(std::move(upper_bounds));
  return e.histogram;
}

void Metrics::append_samples(std::string& out, const Entry& e) {
  switch (e.kind) {
    case Kind::Counter: append_sample(out, e.name, e.labels, std::to_string(e.counter.value())); break;
    case Kind::Gauge: append_sample(out, e.name, e.labels, std::to_string(e.gauge.value())); break;
    case Kind::Histogram: {
      const Histogram& h = e.histogram;
      std::uint64_t total = 0;
      for (std::size_t i = 0; i < h.counts_.size(); ++i) {
        total += h.counts_[i];
        const std::string bound = i < h.bounds_.size() ? number(h.bounds_[i]) : "+Inf";
        append_sample(out, e.name + "_bucket", "le=\"" + bound + "\"", std::to_string(total));
      }
      append_sample(out, e.name + "_sum", {}, number(h.sum_));
      append_sample(out, e.name + "_count", {}, std::to_string(total));
    }
  }
}

std::string Metrics::text() const {
  constexpr const char* types[] = {"counter", "gauge", "histogram"};
  std::string out;
  for (std::size_t i = 0; i < entries_.size(); ++i) {
    const Entry& first = entries_[i];
    bool seen = false;
    for (std::size_t j = 0; j < i && !seen; ++j) seen = entries_[j].name == first.name;
    if (seen) continue;
    out += "# HELP " + first.name + ' ' + help_text(first.help) + '\n';
    out += "# TYPE " + first.name + ' ' + types[static_cast<int>(first.kind)] + '\n';
    for (std::size_t j = i; j < entries_.size(); ++j) {
      if (entries_[j].name == first.name) append_samples(out, entries_[j]);
    }
  }
  return out;
}

}  // namespace courier
