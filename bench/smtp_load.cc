// smtp_load: sends COUNT messages over SESSIONS parallel connections and prints one line of JSON.
//   smtp_load --port P [--count 5000] [--sessions 10] [--size 4096] [--users 100] [--to user%d@example.test]
//             [--from sender@load.test] [--per-connection 1]
// Recipient %d goes round from 1 to USERS.
#include <algorithm>
#include <atomic>
#include <mutex>
#include <thread>

#include "client.h"

namespace {

std::string message(int size) {
  std::string text =
      "From: sender@load.test\r\nTo: undisclosed-recipients:;\r\nSubject: load\r\n"
      "Date: Mon, 05 Jan 2026 10:00:00 +0000\r\nMessage-ID: <load@load.test>\r\n\r\n";
  while (static_cast<int>(text.size()) + 66 <= size) text += std::string(64, 'x') + "\r\n";
  if (const int rest = size - static_cast<int>(text.size()); rest > 2)
    text += std::string(static_cast<std::size_t>(rest - 2), 'y') + "\r\n";
  return text + ".\r\n";
}

struct Totals {
  std::atomic<int> next{0}, accepted{0}, failed{0};
  std::mutex mutex;
  std::vector<double> latencies;
  std::string first_error;
};

void send_one(bench::Client& client, const std::string& from, const std::string& to, const std::string& text) {
  client.send("MAIL FROM:<" + from + ">\r\n");
  client.smtp("250");
  client.send("RCPT TO:<" + to + ">\r\n");
  client.smtp("250");
  client.send("DATA\r\n");
  client.smtp("354");
  client.send(text);
  client.smtp("250");
}

void session(const bench::Options& options, Totals& totals) {
  const int port = options.number("port", 10025);
  const int count = options.number("count", 5000);
  const int users = options.number("users", 100);
  const int per_connection = options.number("per-connection", 1);
  const std::string to = options.text("to", "user%d@example.test");
  const std::string from = options.text("from", "sender@load.test");
  const std::string text = message(options.number("size", 4096));
  std::vector<double> latencies;
  for (;;) {
    int begun = 0;
    try {
      const double start = bench::now();
      int number = totals.next++;
      if (number >= count) break;
      begun = 1;
      bench::Client client(port);
      client.smtp("220");
      client.send("EHLO load.test\r\n");
      client.smtp("250");
      for (int i = 0;;) {
        send_one(client, from, bench::numbered(to, number % users + 1), text);
        ++totals.accepted;
        begun = 0;
        if (++i == per_connection || (number = totals.next++) >= count) break;
        begun = 1;
      }
      client.send("QUIT\r\n");
      client.smtp("221");
      latencies.push_back(bench::now() - start);
    } catch (const std::exception& e) {
      totals.failed += begun;
      const std::lock_guard lock(totals.mutex);
      if (totals.first_error.empty()) totals.first_error = e.what();
    }
  }
  const std::lock_guard lock(totals.mutex);
  totals.latencies.insert(totals.latencies.end(), latencies.begin(), latencies.end());
}

double percentile(std::vector<double>& values, double part) {
  if (values.empty()) return 0;
  std::sort(values.begin(), values.end());
  return values[static_cast<std::size_t>(part * static_cast<double>(values.size() - 1))] * 1e3;
}

}  // namespace

int main(int argc, char** argv) {
  const bench::Options options(argc, argv);
  Totals totals;
  const double start = bench::now();
  std::vector<std::thread> threads;
  for (int i = 0; i < options.number("sessions", 10); ++i) threads.emplace_back([&] { session(options, totals); });
  for (auto& thread : threads) thread.join();
  const double seconds = bench::now() - start;
  std::printf("{\"accepted\":%d,\"failed\":%d,\"seconds\":%.3f,\"p50_ms\":%.2f,\"p99_ms\":%.2f,\"error\":\"%s\"}\n", totals.accepted.load(),
              totals.failed.load(), seconds, percentile(totals.latencies, 0.5), percentile(totals.latencies, 0.99),
              totals.first_error.c_str());
  return totals.failed > 0 ? 1 : 0;
}
