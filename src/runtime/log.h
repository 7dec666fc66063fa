// Log: one line per event, as text or JSON, to standard error, a file or journald. Events are told by probes
// (`probe.cc` of each daemon), with the session id and queue id always in the same fields.
// Passwords and message text never stand here.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>

namespace courier {

enum class LogLevel { Debug, Info, Notice, Warning, Error };
[[nodiscard]] const char* to_string(LogLevel level);

// key=value of one event. Values are quoted and escaped where needed.
struct LogField {
  std::string_view key;
  std::string value;
  LogField(std::string_view k, std::string_view v) : key(k), value(v) {}
  LogField(std::string_view k, const std::string& v) : key(k), value(v) {}
  LogField(std::string_view k, const char* v) : key(k), value(v) {}
  LogField(std::string_view k, std::int64_t v);
  LogField(std::string_view k, std::uint64_t v);
  LogField(std::string_view k, int v);
  LogField(std::string_view k, bool v);
};

struct LogSettings {
  enum class Format : std::uint8_t { Text, Json } format = Format::Text;
  enum class Target : std::uint8_t { Stderr, File, Journald } target = Target::Stderr;
  std::string file;      // for Target::File; opened for appending, reopened by reopen()
  LogLevel level = LogLevel::Info;
};

// A Log is made once in main() and handed by reference to what uses it. Safe to call from any thread.
class Log {
 public:
  virtual ~Log() = default;
  // `event` is a fixed lower-case word or two: "message accepted". It is what one greps for.
  virtual void write(LogLevel level, std::string_view event, std::initializer_list<LogField> fields) = 0;
  virtual void reopen() = 0;

  void info(std::string_view event, std::initializer_list<LogField> fields = {}) { write(LogLevel::Info, event, fields); }
  void notice(std::string_view event, std::initializer_list<LogField> fields = {}) { write(LogLevel::Notice, event, fields); }
  void warning(std::string_view event, std::initializer_list<LogField> fields = {}) { write(LogLevel::Warning, event, fields); }
  void error(std::string_view event, std::initializer_list<LogField> fields = {}) { write(LogLevel::Error, event, fields); }
  void debug(std::string_view event, std::initializer_list<LogField> fields = {}) { write(LogLevel::Debug, event, fields); }
};

// `process` stands in every line.
[[nodiscard]] std::unique_ptr<Log> make_log(const LogSettings& settings, std::string process);
// The same on an open descriptor (a file that the supervisor opened before privileges were dropped).
[[nodiscard]] std::unique_ptr<Log> make_log(const LogSettings& settings, std::string process, int descriptor);
// Keeps nothing; for tests.
[[nodiscard]] Log& no_log();

}  // namespace courier
