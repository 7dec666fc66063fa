// Log: one line per event, as text or JSON, to standard error, a file or journald. Events are told by probes
// (`probe.cc` of each daemon), with the session id and queue id always in the same fields.
// Passwords and message text never stand here.
//
// Text: `2026-01-05T10:00:01.123456Z info smtpd-mx[4711] message accepted session=Qx7 queue=0A-1 size=1234`; a value is
// quoted when it is empty or holds a space, a quote, `=`, a backslash or a control character. JSON: the same as one object
// a line: time, level, process, pid, event, then the fields. journald: the text as MESSAGE, each field as COURIER_<KEY>.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>

#include "base/descriptor.h"
#include "runtime/loop.h"

namespace courier {

enum class LogLevel { Debug, Info, Notice, Warning, Error };
[[nodiscard]] const char* to_string(LogLevel level);

// key=value of one event, made in the call that writes it: the value is not copied. Values are quoted and escaped where needed.
class LogField {
 public:
  LogField(std::string_view k, std::string_view v) : key(k), value(v) {}
  LogField(std::string_view k, const std::string& v) : key(k), value(v) {}
  LogField(std::string_view k, const char* v) : key(k), value(v) {}
  LogField(std::string_view k, std::int64_t v);
  LogField(std::string_view k, std::uint64_t v);
  LogField(std::string_view k, int v) : LogField(k, std::int64_t{v}) {}
  LogField(std::string_view k, bool v) : key(k), value(v ? "yes" : "no") {}
  LogField(const LogField&) = delete;
  LogField& operator=(const LogField&) = delete;

  const std::string_view key;
  const std::string_view value;

 private:
  char digits_[20];  // a number's
};

struct LogSettings {
  enum class Format : std::uint8_t { Text, Json } format = Format::Text;
  enum class Target : std::uint8_t { Stderr, File, Journald } target = Target::Stderr;
  std::string file = {}; // for Target::File; opened for appending, reopened by reopen()
  LogLevel level = LogLevel::Info;
};

// A Log is made once in main() and handed by reference to what uses it. Safe to call from any thread.
class Log {
 public:
  virtual ~Log() = default;
  // `event` is a fixed lower-case word or two: "message accepted". It is what one greps for.
  virtual void write(LogLevel level, std::string_view event, std::initializer_list<LogField> fields) = 0;
  // Target::File: opens the file of that name again, after it was moved away. On failure the old one is kept.
  virtual void reopen() = 0;
  // On the loop's thread, once: from now on its lines wait up to `longest` for others, which costs one write for all. A warning or an
  // error, and a line of another thread, goes out at once with those before it. What waits when the process is killed is lost; an
  // orderly end writes it. The loop outlives the log.
  virtual void gather(Loop&, Duration /*longest*/) {}
  // Writes to this file from now on (a log on an open descriptor, whose file the supervisor reopened).
  virtual void replace_file(Descriptor) {}

  void info(std::string_view event, std::initializer_list<LogField> fields = {}) { write(LogLevel::Info, event, fields); }
  void notice(std::string_view event, std::initializer_list<LogField> fields = {}) { write(LogLevel::Notice, event, fields); }
  void warning(std::string_view event, std::initializer_list<LogField> fields = {}) { write(LogLevel::Warning, event, fields); }
  void error(std::string_view event, std::initializer_list<LogField> fields = {}) { write(LogLevel::Error, event, fields); }
  void debug(std::string_view event, std::initializer_list<LogField> fields = {}) { write(LogLevel::Debug, event, fields); }
};

// `process` stands in every line.
[[nodiscard]] std::unique_ptr<Log> make_log(const LogSettings& settings, std::string process);
// The same on an open descriptor (a file that the supervisor opened before privileges were dropped), which it duplicates.
[[nodiscard]] std::unique_ptr<Log> make_log(const LogSettings& settings, std::string process, int descriptor);
// Keeps nothing; for tests.
[[nodiscard]] Log& no_log();

}  // namespace courier
