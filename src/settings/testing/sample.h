// One setting of every type and kind of rule, for the tests of this folder.
#pragma once

#include "base/text.h"
#include "settings/table.h"

namespace courier::testing {

struct SampleSettings {
  bool greet = true;
  std::int64_t max_recipients = 1000;
  std::int64_t max_message_size = 10 << 20;
  Duration command_timeout = minutes(5);
  std::string log_format = "text";
  std::string program = "/bin/true";
  std::vector<std::string> networks = {"127.0.0.0/8"};

  static std::string no_open_relay(std::string_view value) { return value == "0.0.0.0/0" ? "would relay mail for everyone" : ""; }
  void visit(SettingVisitor& v) {
    v.flag({.key = "greet", .help = "Whether to greet."}, greet);
    v.number({.key = "max_recipients", .help = "Recipients in one message.", .unit = "recipients", .min = 1, .max = 100'000},
             max_recipients);
    v.size({.key = "max_message_size", .help = "Largest message.", .min = 1024, .max = 1LL << 40}, max_message_size);
    v.duration({.key = "command_timeout", .help = "Wait for a command.", .min = 1, .max = 3600}, command_timeout);
    v.text({.key = "log_format", .help = "Form of the log.", .choices = {"text", "json"}, .restart = true}, log_format);
    v.text({.key = "program", .help = "What to run.", .root_only = true}, program);
    v.list({.key = "networks", .help = "Who may relay.", .check = no_open_relay}, networks);
  }
};

struct OtherSettings {
  std::int64_t workers = 2;
  void visit(SettingVisitor& v) { v.number({.key = "workers", .help = "Processes.", .min = 1, .max = 64}, workers); }
};

struct Sample {
  SampleSettings smtpd;
  OtherSettings pool;
  [[nodiscard]] SettingTables tables() {
    return {setting_table("smtpd", "Takes mail.", smtpd), setting_table("imap.pool", "Works.", pool)};
  }
};

}  // namespace courier::testing
