#include "runtime/metrics.h"

#include <gtest/gtest.h>

namespace courier {
namespace {

TEST(Metrics, WritesTheExpositionFormat) {
  Metrics metrics;
  Counter& relay = metrics.counter("courier_refused_total", "Refused, by reason.", "reason=\"relay\"");
  metrics.gauge("courier_sessions", "Open\nsessions.").set(-3);
  metrics.counter("courier_refused_total", "Refused, by reason.", "reason=\"size\"").add(2);
  relay.add();
  relay.add();
  EXPECT_EQ(metrics.text(),
            "# HELP courier_refused_total Refused, by reason.\n"
            "# TYPE courier_refused_total counter\n"
            "courier_refused_total{reason=\"relay\"} 2\n"
            "courier_refused_total{reason=\"size\"} 2\n"
            "# HELP courier_sessions Open\\nsessions.\n"
            "# TYPE courier_sessions gauge\n"
            "courier_sessions -3\n");
}

TEST(Metrics, HistogramBucketsAreCumulativeAndIncludeTheirBound) {
  Metrics metrics;
  Histogram& h = metrics.histogram("courier_commit_seconds", "Commit.", {0.01, 0.1});
  h.observe(0.01);
  h.observe(0.0625);
  h.observe(7);
  EXPECT_EQ(metrics.text(),
            "# HELP courier_commit_seconds Commit.\n"
            "# TYPE courier_commit_seconds histogram\n"
            "courier_commit_seconds_bucket{le=\"0.01\"} 1\n"
            "courier_commit_seconds_bucket{le=\"0.1\"} 2\n"
            "courier_commit_seconds_bucket{le=\"+Inf\"} 3\n"
            "courier_commit_seconds_sum 7.0725\n"
            "courier_commit_seconds_count 3\n");
}

TEST(Metrics, TheSameNameAndLabelsAreTheSameMetric) {
  Metrics metrics;
  Counter& first = metrics.counter("a_total", "A.");
  for (int i = 0; i < 100; ++i) metrics.gauge("g" + std::to_string(i), "G.");
  EXPECT_EQ(&metrics.counter("a_total", "A."), &first);
}

}  // namespace
}  // namespace courier
