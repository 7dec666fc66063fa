// Metrics over HTTP/1.0: one request a connection, GET /metrics. For the Unix socket run_dir/metrics and the addresses of
// server.listen_metrics.
#pragma once

#include <string>
#include <string_view>

#include "runtime/stream.h"
#include "runtime/task.h"

namespace courier {

class MetricsSource {
 public:
  virtual ~MetricsSource() = default;
  [[nodiscard]] virtual Task<std::string> metrics_text() = 0;
};

[[nodiscard]] Task<> metrics_session(Loop& loop, MetricsSource& source, StreamPtr stream);

// "GET /metrics HTTP/1.1" -> 200; another path 404, another method 405, anything else 400.
[[nodiscard]] int http_status(std::string_view request_line);

}  // namespace courier
