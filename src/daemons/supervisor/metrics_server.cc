#include "daemons/supervisor/metrics_server.h"

#include "base/text.h"
#include "daemons/supervisor/local_server.h"

namespace courier {

namespace {

std::string response(int status, const std::string& body) {
  const char* reason = status == 200 ? "OK" : status == 404 ? "Not Found" : status == 405 ? "Method Not Allowed" : "Bad Request";
  return "HTTP/1.0 " + std::to_string(status) + " " + reason + "\r\nContent-Type: text/plain; version=0.0.4; charset=utf-8\r\n" +
         (status == 405 ? "Allow: GET\r\n" : "") + "Content-Length: " + std::to_string(body.size()) + "\r\nConnection: close\r\n\r\n" +
         body;
}

}  // namespace

int http_status(std::string_view request_line) {
  const auto words = split(trim(request_line), ' ');
  if (words.size() != 3 || !words[2].starts_with("HTTP/1.")) return 400;
  if (words[0] != "GET") return 405;
  return words[1] == "/metrics" || words[1].starts_with("/metrics?") ? 200 : 404;
}

Task<> metrics_session(Loop& loop, MetricsSource& source, StreamPtr stream) {
  const Deadline deadline = loop.in(seconds(10));
  std::string rest;
  const std::string head = co_await read_until(*stream, rest, "\r\n\r\n", 8192, deadline);
  const int status = http_status(std::string_view(head).substr(0, head.find("\r\n")));
  std::string body = "see /metrics\n";
  if (status == 200) body = co_await source.metrics_text();
  const std::string text = response(status, body);
  if (co_await write_all(*stream, text, deadline)) stream->finish_writing();
}

}  // namespace courier
