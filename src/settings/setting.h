// How a setting is declared: once, as a member with its default, and one line in `visit` with key, help, unit and range.
// From that come the TOML loader, `courier config explain`, the example file, the reference manual and the binary slice
// that a daemon is started with.
//
//   struct SmtpdSettings {
//     std::int64_t max_recipients = 1000;
//     Duration command_timeout = minutes(5);
//     void visit(SettingVisitor& v);
//   };
//   void SmtpdSettings::visit(SettingVisitor& v) {
//     v.number({.key = "max_recipients", .help = "Recipients accepted in one message.", .min = 1, .max = 100'000}, max_recipients);
//     v.duration({.key = "command_timeout", .help = "...", .min = 1, .max = 3600}, command_timeout);   // range in seconds
//   }
//
// In courier.toml each struct is a table ([smtpd]). A new setting names, in its help, the person who will change it and why.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"

namespace courier {

struct SettingRule {
  const char* key;
  const char* help;
  const char* unit = "";                 // what a number counts
  std::int64_t min = 0;
  std::int64_t max = std::numeric_limits<std::int64_t>::max();
  std::initializer_list<const char*> choices = {};  // for text: nothing else is allowed
  bool restart = false;                  // a change waits for a restart of the daemon
  bool root_only = false;                // names a program, user, path, socket or listener: counts only from root's files
  // Beyond type and range: the fault in words, or empty. For text and for every entry of a list.
  std::string (*check)(std::string_view value) = nullptr;
};

class SettingVisitor {
 public:
  virtual ~SettingVisitor() = default;
  virtual void flag(const SettingRule& rule, bool& value) = 0;
  virtual void number(const SettingRule& rule, std::int64_t& value) = 0;
  // Bytes; written as 10240, "64K", "10M", "2G" (powers of 1024).
  virtual void size(const SettingRule& rule, std::int64_t& value) = 0;
  // Written as seconds or "90s", "5m", "4h", "1d", "1w", "1h30m"; min and max in seconds.
  virtual void duration(const SettingRule& rule, Duration& value) = 0;
  virtual void text(const SettingRule& rule, std::string& value) = 0;
  virtual void list(const SettingRule& rule, std::vector<std::string>& value) = 0;
};

// The binary slice: values only, in the order of visit. Both ends are of one build.
class SettingsEncoder final : public SettingVisitor {
 public:
  void flag(const SettingRule& rule, bool& value) override;
  void number(const SettingRule& rule, std::int64_t& value) override;
  void size(const SettingRule& rule, std::int64_t& value) override;
  void duration(const SettingRule& rule, Duration& value) override;
  void text(const SettingRule& rule, std::string& value) override;
  void list(const SettingRule& rule, std::vector<std::string>& value) override;
  std::string bytes;
};
class SettingsDecoder final : public SettingVisitor {
 public:
  explicit SettingsDecoder(std::string_view bytes) : bytes_(bytes) {}
  void flag(const SettingRule& rule, bool& value) override;
  void number(const SettingRule& rule, std::int64_t& value) override;
  void size(const SettingRule& rule, std::int64_t& value) override;
  void duration(const SettingRule& rule, Duration& value) override;
  void text(const SettingRule& rule, std::string& value) override;
  void list(const SettingRule& rule, std::vector<std::string>& value) override;
  [[nodiscard]] bool complete() const;

 private:
  template <class T>
  void get(T& value);
  std::string_view bytes_;
  bool ok_ = true;
};

template <class Settings>
[[nodiscard]] std::string encode_settings(const Settings& settings) {
  SettingsEncoder encoder;
  const_cast<Settings&>(settings).visit(encoder);
  return std::move(encoder.bytes);
}
template <class Settings>
[[nodiscard]] bool decode_settings(std::string_view bytes, Settings& settings) {
  SettingsDecoder decoder(bytes);
  settings.visit(decoder);
  return decoder.complete();
}

}  // namespace courier
